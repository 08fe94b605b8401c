"""A card for each measure: its formula, the same with the numbers of now, and where it comes from."""

from dataclasses import dataclass
from math import isfinite, isnan, sqrt

import streamlit as st

from gan_core.theory.distributions import Uniform
from gan_core.theory.divergence.discrete import Discrete
from gan_core.theory.divergence.families import Situation
from pages.components.i18n import t


@dataclass(frozen=True)
class Card:
    """`measure`: a field of `Comparison` or `Gradients`. `formula` is LaTeX, `source` a sentence."""

    measure: str
    title: str
    formula: str
    source: str


DISTANCES = (
    Card(
        "w1",
        "Wasserstein distance W1",
        r"\min_{\text{plans}} E\,|x-y| = \int |F_p - F_q|\,dx",
        "The mean way of the mass in the best plan, in the unit of x. F are the distribution functions, Z is a "
        "standard normal number. Arjovsky, Chintala and Bottou 2017 (WGAN), eq. 1.",
    ),
    Card(
        "w2",
        "Wasserstein distance W2",
        r"\sqrt{\min_{\text{plans}} E\,(x-y)^2}",
        "The root of the least mean squared way: long ways count more. For normals: Olkin and Pukelsheim 1982.",
    ),
    Card(
        "js",
        "Jensen-Shannon divergence JS",
        r"\tfrac12 \mathrm{KL}(p \,\|\, m) + \tfrac12 \mathrm{KL}(q \,\|\, m), \quad m = \tfrac12(p+q)",
        "With the factor 1/2 and the natural logarithm (nats): at most log 2 = 0.693147. The WGAN paper leaves out the "
        "1/2, and SciPy's jensenshannon returns the root. Goodfellow et al. 2014, theorem 1.",
    ),
    Card(
        "kl",
        "KL(p_data ‖ p_g)",
        r"\int p \log \frac{p}{q}\,dx",
        "Infinite as soon as real data lies where p_g is 0: it punishes what is left out. Kullback and Leibler 1951.",
    ),
    Card(
        "kl_reverse",
        "KL(p_g ‖ p_data)",
        r"\int q \log \frac{q}{p}\,dx",
        "Infinite as soon as fakes lie where p_data is 0: it punishes the impossible, not what is left out.",
    ),
    Card(
        "tv",
        "Total variation",
        r"\tfrac12 \int |p-q|\,dx",
        "The largest difference between the two in the probability of any event, from 0 to 1.",
    ),
    Card(
        "hellinger2",
        "Squared Hellinger distance",
        r"1 - \int \sqrt{p\,q}\,dx",
        "From 0 to 1, too: never above total variation, and its root never below total variation / √2.",
    ),
)
SLOPES = (
    Card(
        "saturating",
        "Slope of the minimax loss",
        r"E_q \left[ \frac{d}{dx} \log(1 - D^*) \right]",
        "What G is told: the mean slope at its fakes. For densities without edges it is 2 dJS/dθ, and vanishes with "
        "it. Arjovsky and Bottou 2017.",
    ),
    Card(
        "non_saturating",
        "Slope of the non-saturating loss",
        r"E_q \left[ \frac{d}{dx} (-\log D^*) \right]",
        "For two equal normals θ/σ² less the minimax slope: it grows with the distance. Goodfellow et al. 2014, "
        "section 3; Arjovsky and Bottou 2017.",
    ),
    Card(
        "wasserstein",
        "Slope of the Wasserstein loss",
        r"E_q \left[ \frac{d}{dx} (-f^*) \right] = \frac{dW_1}{d\theta}",
        "f* is the best critic, of slope at most 1. A real critic has to be near it: WGAN trains it five times for "
        "each update of G. Arjovsky, Chintala and Bottou 2017, theorem 3.",
    ),
)


def formula_cards(situation: Situation) -> None:
    """Two in a row, below each other on a phone. p is p_data, q is p_g."""
    cards = DISTANCES if situation.family == "classes" else DISTANCES + SLOPES
    for first in range(0, len(cards), 2):
        for column, card in zip(st.columns(2), cards[first : first + 2], strict=False):
            with column.container(border=True, height="stretch"):
                formula = rf"$\displaystyle {card.formula}$"
                st.markdown(f"**{t(card.title)}**\n\n{formula}\n\n{_now(card.measure, situation)}")
                st.caption(t(card.source))


def _now(measure: str, situation: Situation) -> str:
    """The numbers of now in the closed form of the family, where it has one, and the value."""
    value = {**vars(situation.now), **vars(situation.now.gradients)}[measure]
    if isnan(value):
        return t("now: **not defined**; D\\* jumps or is 0 at the fakes")
    steps = {"gaussian": _of_normals, "uniform": _of_intervals}.get(situation.family, _of_points)(measure, situation)
    if measure == "js" and value > 0:
        steps = rf"\log 2 - {number(situation.now.js_gap)}"
    line = rf"$\displaystyle {steps} = $ **{_plain(value)}**" if steps else f"$=$ **{_plain(value)}**"
    return f"{line} ($\\sqrt{{\\mathrm{{JS}}}} = {number(sqrt(value))}$)" if measure == "js" else line


def _of_normals(measure: str, situation: Situation) -> str:
    """LaTeX of the closed form for N(0, s^2) and N(theta, r^2), without its value; empty if there is none."""
    s, r, theta = f"{situation.p.sd:g}", f"{situation.q.sd:g}", f"{situation.theta:g}"
    equal, difference = s == r, f"({r} - {s})"
    return {
        "w1": rf"|{theta}|" if equal else rf"E\,|{theta} + {difference}\,Z|",
        "w2": rf"\sqrt{{({theta})^2 + {difference}^2}}",
        "kl": rf"\log\frac{{{r}}}{{{s}}} + \frac{{{s}^2 + ({theta})^2}}{{2 \cdot {r}^2}} - \frac12",
        "kl_reverse": rf"\log\frac{{{s}}}{{{r}}} + \frac{{{r}^2 + ({theta})^2}}{{2 \cdot {s}^2}} - \frac12",
        "tv": rf"\mathrm{{erf}} \frac{{|{theta}|}}{{2\sqrt2 \cdot {s}}}" if equal else "",
        "hellinger2": rf"1 - \sqrt{{\frac{{2 \cdot {s} \cdot {r}}}{{{s}^2 + {r}^2}}}}\,"
        rf"e^{{-({theta})^2 / 4({s}^2 + {r}^2)}}",
    }.get(measure, "")


def _of_intervals(measure: str, situation: Situation) -> str:
    """LaTeX of the closed form for two uniform distributions, without its value; empty where it is not finite."""
    p, q = situation.p, situation.q
    assert isinstance(p, Uniform) and isinstance(q, Uniform)
    width_p, width_q = p.high - p.low, q.high - q.low
    w, v, theta = f"{width_p:g}", f"{width_q:g}", f"{situation.theta:g}"
    both, widening = max(0.0, min(p.high, q.high) - max(p.low, q.low)), abs(width_q - width_p)
    nested, change = 2 * abs(situation.theta) < widening, f"{widening:.3g}"
    return {
        "w1": rf"\frac{{{change}^2/4 + ({theta})^2}}{{{change}}}" if nested else rf"|{theta}|",
        "w2": rf"\sqrt{{({theta})^2 + {change}^2/12}}",
        "kl": rf"\log\frac{{{v}}}{{{w}}}" if isfinite(situation.now.kl) else "",
        "kl_reverse": rf"\log\frac{{{w}}}{{{v}}}" if isfinite(situation.now.kl_reverse) else "",
        "tv": rf"1 - \frac{{{both:.3g}}}{{\max({w}, {v})}}",
        "hellinger2": rf"1 - \frac{{{both:.3g}}}{{\sqrt{{{w} \cdot {v}}}}}",
    }.get(measure, "")


def _of_points(measure: str, situation: Situation) -> str:
    """LaTeX of the sum over up to three points, without its value; empty where it is longer or there is none."""
    p, q = situation.p, situation.q
    if measure in ("w1", "w2") and situation.family in ("dirac", "piles"):
        return rf"|{situation.theta:g}|"
    if not isinstance(p, Discrete) or not isinstance(q, Discrete) or p.positions.tolist() != q.positions.tolist():
        return ""
    pairs = [(f"{a:.3g}", f"{b:.3g}") for a, b in zip(p.masses, q.masses, strict=True)]
    return {
        "kl": " + ".join(rf"{a}\log\tfrac{{{a}}}{{{b}}}" for a, b in pairs),
        "kl_reverse": " + ".join(rf"{b}\log\tfrac{{{b}}}{{{a}}}" for a, b in pairs),
        "tv": rf"\tfrac12 ({' + '.join(f'|{a} - {b}|' for a, b in pairs)})",
    }.get(measure, "")


def number(value: float) -> str:
    """LaTeX with up to six digits."""
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _plain(value: float) -> str:
    return f"{value:.6g}" if isfinite(value) else "∞"
