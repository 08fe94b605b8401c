"""Train D and a critic here, on the two distributions that the page shows, and lay both over the exact curves."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.figures import trained as figures
from gan_core.lessons.players import (
    CLIPPING_CHOICES,
    DISCRIMINATOR_CHOICES,
    FREE,
    PENALTY_CHOICES,
    Choice,
    Pair,
    Smoothness,
    TrainedCritic,
    TrainedDiscriminator,
    read_critic,
    read_discriminator,
)
from gan_core.runs.engine import EngineError, UnknownRun
from pages.components import in_url
from pages.components.comparison.players_training import Result, Wish, train
from pages.components.i18n import language, say, t
from pages.components.in_url import Kept, number, one_of

GOOD = 0.05  # max |D - D*| that counts as "on D*"
KEPT, RESULT = "players", "trained_players"

SMOOTHNESS: dict[Smoothness, str] = {
    "gradient_penalty": "gradient penalty (WGAN-GP)",
    "weight_clipping": "weight clipping (WGAN)",
}
WEIGHTS, CLIPS = ("0.1", "0.3", "1", "3", "10", "30", "100"), ("0.01", "0.03", "0.1", "0.3", "1")
_SEED = number("critic_seed", 0, 0, 2**32 - 1)
FIELDS = {
    "critic_smoothness": one_of("critic_smoothness", tuple(SMOOTHNESS)),
    "critic_lambda": one_of("critic_lambda", WEIGHTS, "10"),
    "critic_c": one_of("critic_c", CLIPS, "0.1"),
    "critic_free": Kept(True, lambda text: text != "no", lambda free: "yes" if free else "no"),
    "critic_seed": Kept(0, lambda text: int(_SEED.read(text)), str),
}

PURPOSE = (
    "So far the best D and the best critic were formulas. Here two real networks learn them: G stands still, and D "
    "gets 500 updates. The lower pictures show the slopes, which are what G learns from: that of D fades where D is "
    "sure, that of the critic does not."
)
FREE_HELP = (
    "A slope of -1 costs the penalty as little as a slope of +1, and to turn round, a critic has to pass slope 0, "
    "which costs most. Without free updates about one critic in three stays the wrong way round: try other seeds."
)
REACHED = "D lies on D\\*."
NOT_YET = "D does not lie on D\\* yet: where D\\* is so steep, 500 updates are not enough."
LOCKED = (
    "This critic is locked the wrong way round: it gives fakes the higher score, so its estimate is negative. A slope "
    "of -1 costs the penalty as little as +1, and on the way from one to the other it would have to pass 0. "
    "Give it its free updates, or take another seed."
)
NOT_BEST = (
    "This critic stays well below the best one. Where mass has to move to both sides, the best critic turns its slope "
    "from +1 to -1, and the penalty makes it hard to pass 0; where p_g is narrow, 500 updates are few."
)
PENALTY_STORY = (
    "**The penalty makes the critic too steep.** A little more slope than 1 costs only λ (slope - 1)², and it "
    "gains distance; so the best critic has slope 1 + |θ| / 2λ if it is a straight line, and its estimate is "
    "|θ| (1 + |θ| / 2λ), not |θ|. The larger λ, the nearer to W1. Divided by the mean slope, the estimate comes "
    "near W1."
)
CLIPPING_STORY = (
    "**Clipping bounds the weights, not the slope.** The critic then measures K · W1, and K, its slope, depends on "
    "c, on the number of layers and on their width: with c = 0.01 it is almost flat, with c = 1 hundreds of "
    "times too steep. So the estimate itself says little; divided by the mean slope, it comes near W1. The picture "
    "shows the critic divided by its mean slope."
)


@st.fragment
def panel(normals: Callable[[], Pair]) -> None:
    """For the real points and the fakes that `normals` gives at the moment of the training."""
    st.markdown(t(PURPOSE))
    try:
        wish = _wish(normals())
    except ConfigError as error:
        st.info(say(error))
        return
    result: Result | None = st.session_state.get(RESULT)
    label = t("Train for 500 updates") if result is None or result.wish == wish else t("Train with these settings")
    if st.button(label, key="train_players", icon=":material/model_training:"):
        try:
            result = st.session_state[RESULT] = train(wish)
        except (EngineError, UnknownRun):
            st.error(t("The training did not come to its end. Please try again."))
    if result:
        said = _said(result.wish)
        if result.wish != wish:
            st.info(t("The picture below belongs to other settings: {settings}.").format(settings=said))
        else:
            st.caption(t("Trained with {settings}.").format(settings=said))
        _show(result)


def _wish(pair: Pair) -> Wish:
    in_url.begin(KEPT, FIELDS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        smoothness: Smoothness | None = st.segmented_control(
            t("How the critic is kept smooth"),
            tuple(SMOOTHNESS),
            wrap=True,
            format_func=lambda name: t(SMOOTHNESS[name]),
            key=_key("critic_smoothness"),
            required=True,
        )
        if smoothness == "weight_clipping":
            strength = st.select_slider(t("Clip value c"), CLIPS, key=_key("critic_c"), width=220)
            free = 0
        else:
            strength = st.select_slider(t("Weight of the penalty λ"), WEIGHTS, key=_key("critic_lambda"), width=220)
            label, help = t("First 10 updates without penalty"), t(FREE_HELP)
            free = FREE * st.toggle(label, key=_key("critic_free"), help=help)
        seed = st.number_input(t("Seed"), 0, 2**32 - 1, key=_key("critic_seed"), width=120)
    in_url.end(KEPT, FIELDS)
    return Wish(pair, smoothness or "gradient_penalty", float(strength), int(seed), free)


def _key(name: str) -> str:
    return in_url.key_of(KEPT, name)


def _said(wish: Wish) -> str:
    pair = wish.pair
    strength = f"{'c' if wish.is_clipped else 'λ'} = {wish.strength:g}"
    return (
        f"θ = {pair.theta:g}, sd(p_data) = {pair.sd_p:g}, sd(p_g) = {pair.sd_q:g}, {t(SMOOTHNESS[wish.smoothness])}, "
        f"{strength}, {t('Seed')} {wish.seed}"
    )


@dataclass(frozen=True)
class Drawn:
    """What is read off a result, and its pictures."""

    discriminator: TrainedDiscriminator
    critic: TrainedCritic
    left: go.Figure
    right: go.Figure


@lru_cache(maxsize=32)
def _drawn(result: Result, language: str) -> Drawn:
    """Once for each result: the page is run again whenever one of its many sliders moves."""
    pair, (_, config) = result.wish.pair, result.wish.configs
    discriminator = read_discriminator(pair, result.discriminator)
    critic = read_critic(pair, config, result.critic)
    left = figures.discriminator(pair, discriminator, t)
    return Drawn(discriminator, critic, left, figures.critic(pair, critic, result.wish.is_clipped, t))


def _show(result: Result) -> None:
    drawn, plain = _drawn(result, language()), {"displayModeBar": False}
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{t('The discriminator')}**")
        st.plotly_chart(drawn.left, key="players_d", config=plain)
        _judge_discriminator(drawn.discriminator)
    with right:
        st.markdown(f"**{t('The critic')}**")
        st.plotly_chart(drawn.right, key="players_f", config=plain)
        _judge_critic(drawn.critic, result.wish)
    st.caption(t("Two networks, 500 updates each, {seconds:.1f} seconds.").format(seconds=result.seconds))
    _settings(result.wish.is_clipped)


def _judge_discriminator(trained: TrainedDiscriminator) -> None:
    rows = (
        ("max |D - D\\*|", f"{trained.gap:.3f}"),
        ("V(D, G)", f"{trained.v:.5f}"),
        ("2 JS - log 4", f"{trained.bound:.5f}"),
        (t("slope in the middle of p_g"), _short(trained.slope_at_fakes)),
    )
    _numbers(rows)
    reached = t(REACHED) if trained.gap < GOOD else t(NOT_YET)
    why = t("The difference is taken where 99 % of p_data or 99 % of p_g lie. No D can lift V above 2 JS - log 4.")
    st.markdown(f"{reached} {why}")


def _judge_critic(trained: TrainedCritic, wish: Wish) -> None:
    estimate, slope, clipped = trained.estimate, trained.mean_slope, wish.is_clipped
    rows = [(t("critic's estimate"), _short(estimate)), (t("exact W1"), _short(trained.best.estimate))]
    if not clipped:
        if wish.pair.sd_p == wish.pair.sd_q:  # else no straight line is the best critic
            formula = "|θ| (1 + |θ| / 2λ)" if wish.pair.sd_p == 1 else "|θ| (1 + |θ| / 2λσ)"
            rows.append((t("{formula}, straight critic").format(formula=formula), _short(trained.line)))
        rows.append((t("best critic under the penalty"), _short(trained.optimum.estimate)))
    rows.append((t("mean slope K"), _short(slope)))
    rows.append((t("estimate / K"), _short(estimate / slope) if slope > 0 else "–"))
    rows.append((t("slope in the middle of p_g"), _short(trained.slope_at_fakes)))
    _numbers(rows)
    if trained.is_locked:
        st.warning(t(LOCKED))
    elif not clipped and estimate < 0.9 * trained.optimum.estimate:
        st.warning(t(NOT_BEST))
    else:
        st.markdown(t(CLIPPING_STORY if clipped else PENALTY_STORY))
    if not clipped and wish.pair.sd_p != 1:
        st.caption(t("The critic learns in units of σ, the standard deviation of p_data: so λσ stands in place of λ."))


def _numbers(rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
    names, values = zip(*rows, strict=True)
    st.table({t("number"): names, t("value"): values}, border="horizontal", hide_index=True, hide_header=True)


def _short(value: float) -> str:
    """Four digits; never with a point at the end, which a table would take for the number of an item."""
    text = f"{value:.2e}" if value and not 1e-3 <= abs(value) < 1e4 else f"{value:#.4g}"
    return text.rstrip(".")


def _settings(clipped: bool) -> None:
    """The rows that make these two runs, with their reasons."""
    tables = {
        "The discriminator": DISCRIMINATOR_CHOICES,
        "The critic": CLIPPING_CHOICES if clipped else PENALTY_CHOICES,
    }
    with st.expander(t("The settings of the two networks, and why"), icon=":material/tune:"):
        for title, choices in tables.items():
            st.markdown(f"**{t(title)}**\n" + "".join(map(_row, choices)))
        st.caption(t("The mean slope K is taken at points between real and fake, where the gradient penalty looks."))


def _row(choice: Choice) -> str:
    return f"\n- {t(ToyConfig.about(choice.field).label)} = `{choice.value}`. {t(choice.reason)}"
