"""One colour and one line style for each actor, on every page. Okabe and Ito's colours: safe for colour-blind eyes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    colour: str
    dash: str  # the second cue, where colours cannot be told apart

    def faint(self, opacity: float) -> str:
        red, green, blue = (int(self.colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgba({red}, {green}, {blue}, {opacity})"


REAL = Actor("#0072b2", "dot")
GENERATOR = Actor("#d55e00", "solid")
DISCRIMINATOR = Actor("#009e73", "solid")
OPTIMAL = Actor("#cc79a7", "dash")
GRADIENT = Actor("#e69f00", "solid")
FLOOR = Actor("#8a8a8a", "dashdot")  # what sampling noise alone would show

# Fills for what comes from the cells 1, 2, 3, ..., again from the start when they run out; each also carries its
# position as black text. The "light" scheme of Paul Tol (Colour Schemes, SRON/EPS/TN/09-002, 2021), without its grey.
ORIGINS = ("#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00")

# Lines that stand for no actor: three plans of one problem. Tol's "medium-contrast" scheme.
PLANS = ("#6699cc", "#994455", "#997700")

# Losses, on the curves, in the race and in the smallest GAN: none of the actors' colours, for these are not players.
VIOLET, ROSE, OLIVE, CYAN, BROWN = "#8467cf", "#c2476b", "#8f8f2b", "#2c9fb8", "#a2714a"
LOSSES = {
    "minimax": Actor(ROSE, "solid"),
    "non_saturating": Actor(CYAN, "dashdot"),
    "wasserstein": Actor(VIOLET, "dash"),
    "r1": Actor(OLIVE, "longdashdot"),
    "wgan_clipping": Actor(VIOLET, "dash"),
    "wgan_gp": Actor(BROWN, "dot"),
}
# For presets beside them. From Tol's "vibrant" and "muted" schemes.
SPARE = (
    Actor("#33a1de", "solid"),
    Actor("#aa3377", "dash"),
    Actor("#999933", "dot"),
    Actor("#cc6677", "dashdot"),
)
