"""JS against Wasserstein: what each measure says of two distributions that move apart, and what a GAN learns."""

import streamlit as st

from gan_core.figures import divergences
from gan_core.figures.distributions import distributions
from gan_core.lessons.players import Pair
from gan_core.theory.divergence import families
from gan_core.theory.divergence.families import FAMILIES, PLACES, RANGES, Situation
from pages.components import in_url
from pages.components.chart import chart
from pages.components.comparison import dirac_panel, race, trained_players
from pages.components.comparison.formulas import formula_cards
from pages.components.comparison.what_to_see import what_to_see
from pages.components.i18n import say, t
from pages.components.in_url import key_of

PAGE = "divergences"
LABELS = {
    "gaussian": "Two normals",
    "dirac": "Two parallel lines",
    "uniform": "Two intervals",
    "piles": "Two piles",
    "classes": "Dog, cat, bird",
}
SEATS = {
    "line": "on a line, dog first: 0, 1, 2",
    "between": "on a line, dog in the middle",
    "equal": "all equally far: cost 0 or 1",
}
VIEWS = {
    "value": "values",
    "gradient": "the generator's gradient",
    "gap": "log 2 - JS",
}
FORMULAS = f"{PAGE}_formulas"
FIELDS = {
    "family": in_url.one_of("family", FAMILIES),
    "show": in_url.one_of("show", tuple(VIEWS)),
    **{
        family: in_url.number(family, default, *RANGES[family])
        for family, default in zip(FAMILIES, (4.0, 1.0, 0.5, 1.0, 1.0), strict=True)
    },
    "sd_p": in_url.number("sd_p", 1.0, 0.1, 3.0),
    "sd_q": in_url.number("sd_q", 1.0, 0.1, 3.0),
    "width": in_url.number("width", 1.0, 0.2, 4.0),
    "places": in_url.one_of("places", tuple(PLACES)),
}


def choose(name: str, label: str, names: dict[str, str]) -> str:
    """A row of buttons."""
    chosen = st.segmented_control(
        label,
        list(names),
        format_func=lambda choice: t(names[choice]),
        key=key_of(PAGE, name),
        required=True,
        wrap=True,
        label_visibility="collapsed",
    )
    return chosen or next(iter(names))


def situation_of(family: str) -> Situation:
    """The sliders of the family."""
    match family:
        case "dirac":
            return families.dirac(_theta("dirac", t("θ: where the line of p_g stands"), 0.1))
        case "uniform":
            theta = _theta("uniform", t("θ: shift of p_g"), 0.05)
            return families.uniform(theta, _width("width", t("width of p_g"), 0.2, 4.0))
        case "piles":
            return families.piles(round(_theta("piles", t("θ: shift of p_g, in whole cells"), 1.0)))
        case "classes":
            theta = _theta("classes", t("θ: from even shares (0) to nothing but dogs (1)"), 0.05)
            places = st.selectbox(
                t("Where the classes sit"),
                list(PLACES),
                format_func=lambda name: t(SEATS[name]),
                key=key_of(PAGE, "places"),
            )
            return families.classes(theta, places)
    theta = _theta("gaussian", t("θ: mean of p_g"), 0.1)
    sd_p = _width("sd_p", t("standard deviation of p_data"), 0.1, 3.0)
    return families.gaussian(theta, sd_p, _width("sd_q", t("standard deviation of p_g"), 0.1, 3.0))


def _theta(family: str, label: str, step: float) -> float:
    low, high = RANGES[family]
    return st.slider(
        label, low, high, step=step, format={1.0: "%d", 0.1: "%.1f"}.get(step, "%.2f"), key=key_of(PAGE, family)
    )


def _width(name: str, label: str, low: float, high: float) -> float:
    return st.slider(label, low, high, step=0.1, format="%.1f", key=key_of(PAGE, name))


def curves(situation: Situation, show: str) -> None:
    """The curves over theta that the student asked for."""
    if show == "gradient" and situation.family == "classes":
        st.info(t("Classes cannot be shifted a little: there is no slope. Choose another pair of distributions."))
        return
    if show == "gradient" and situation.family in ("dirac", "piles"):
        st.caption(
            t(
                "The losses of probabilities have no slope here: D* is known at single points only, and jumps from one "
                "to the next."
            )
        )
    if show == "gap" and (situation.curves.js_gap == 0).any():
        st.caption(t("Nothing is drawn where JS is exactly log 2: the gap is 0, and its logarithm is not defined."))
    figure = {"value": divergences.values, "gradient": divergences.gradients, "gap": divergences.gap}[show]
    chart(figure(situation, t), f"{PAGE}_curves", t(VIEWS[show]))


@st.fragment
def compare(family: str) -> None:
    """Sliders, pictures and formulas: what is drawn anew when a slider moves."""
    controls, pictures = st.columns([2, 5], gap="medium")
    with controls:
        show = choose("show", t("Curves"), VIEWS)
        situation = situation_of(family)
        st.info(say(what_to_see(situation)))
    with pictures:
        chart(distributions(situation, t), f"{PAGE}_distributions", t("Two distributions"))
        curves(situation, show)
    in_url.end(PAGE, FIELDS)
    st.caption(
        t(
            "The small print: the losses of probabilities fail here because D is *perfect*; an unfinished D still has "
            "a slope. And W1 shows the way only if the critic is nearly the best one, which has to be trained."
        )
    )
    label, icon = t("The formulas, with the numbers of now"), ":material/function:"
    with st.expander(label, icon=icon, key=FORMULAS, on_change="rerun") as cards:
        if cards.open:  # a dozen formulas take longer to set than both pictures to draw
            formula_cards(situation)


def normals() -> Pair:
    """The two that the sliders show now."""
    return Pair(*(float(st.session_state[key_of(PAGE, name)]) for name in ("gaussian", "sd_p", "sd_q")))


in_url.begin(PAGE, FIELDS)
dirac_panel.begin()
st.header(t("Why did the loss of the GAN have to change?"))
st.markdown(
    t(
        "A generator learns only from how D's answer changes when its fakes move a little. The best D of the original "
        "GAN measures **JS**, which goes flat when fakes and data no longer overlap; the critic of a WGAN measures "
        "**W1**, which keeps pointing home: move θ and see."
    )
)
family = choose("family", t("Two distributions"), LABELS)
compare(family)
if family == "gaussian":
    st.subheader(t("Train D and critic here"))
    trained_players.panel(normals)
st.subheader(t("In training"))
race.panel()
st.subheader(t("The smallest GAN: does it come to rest?"))
dirac_panel.dirac_panel()
in_url.end(PAGE, FIELDS)
