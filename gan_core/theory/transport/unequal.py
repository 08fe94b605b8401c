"""Piles of different mass: what is to become of the difference. Nothing is done about it unless somebody chooses."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from gan_core.fields import ConfigError, Note
from gan_core.theory.transport.piles import Numbers, Piles, exact, text_of
from gan_core.theory.transport.problem import Transport
from gan_core.theory.transport.shares import cheapest_shares

ROUNDING = Fraction(1, 10**9)  # relative difference of two totals that is taken for rounding


@dataclass(frozen=True)
class Settlement:
    """The part of a problem that is transported, and the rest.

    `transport` is solved as usual; `left` [cells] stays unmoved in P, `missing` [cells] unfilled in Q. Each unit of
    the two costs `penalty`. `notes` say what was done to the masses.
    """

    transport: Transport
    left: Numbers
    missing: Numbers
    penalty: Fraction = Fraction(0)
    notes: tuple[Note, ...] = ()

    @property
    def cost(self) -> Fraction:
        """W1 of what is transported, and the penalty for the rest."""
        return self.transport.w1 + self.penalty * (sum(self.left) + sum(self.missing))


def as_it_is(piles: Piles) -> Settlement:
    """Equal masses need no choice; totals that differ by less than 1e-9 are made equal, and that is noted.

    Raises ConfigError if they differ by more, and if there is no mass at all.
    """
    p, q = piles.totals
    if not p and not q:
        raise ConfigError("p", "There is no earth to move: every mass is 0.")
    nothing = (Fraction(0),) * len(piles.positions)
    if p == q or not is_rounding(piles):
        return Settlement(Transport(piles), nothing, nothing)
    scaled = Piles(piles.positions, piles.p, tuple(mass * p / q for mass in piles.q))
    note = Note.of("The totals differ by rounding only: Q was scaled to the total {total} of P.", total=text_of(p))
    return Settlement(Transport(scaled), nothing, nothing, notes=(note,))


def is_rounding(piles: Piles) -> bool:
    """Whether the totals are equal, or so nearly that somebody must have rounded them."""
    p, q = piles.totals
    return abs(p - q) <= ROUNDING * max(p, q)


def normalise(piles: Piles) -> Settlement:
    """Both piles divided by their totals: two probability distributions. What SciPy does without being asked."""
    totals = _positive_totals(piles)
    p, q = (tuple(mass / total for mass in pile) for pile, total in zip((piles.p, piles.q), totals, strict=True))
    return as_it_is(Piles(piles.positions, p, q))


def partial(piles: Piles) -> Settlement:
    """The smaller mass is moved, onto the places (or out of the places) that make it cheapest; the rest stays."""
    _positive_totals(piles)
    farther_than_any = piles.positions[-1] - piles.positions[0] + 1
    return _share(piles, farther_than_any, Fraction(0))


def penalised(piles: Piles, penalty: Fraction) -> Settlement:
    """Each unit may stay, at the cost of `penalty` for what is left over in P and again for what is missing in Q.

    Moving a unit over the distance d saves two penalties, so nothing moves farther than 2 * penalty; perhaps nothing
    moves at all.
    """
    if penalty < 0:
        raise ConfigError(
            "penalty",
            "The penalty must be a number from 0 to 1,000,000,000,000; {value} is not.",
            value=text_of(penalty),
        )
    return _share(piles, penalty, penalty)


def _share(piles: Piles, dear: Fraction, penalty: Fraction) -> Settlement:
    """Share out as if each unit left over cost `dear`; it is charged `penalty`."""
    a, b = cheapest_shares(piles, dear)
    left = tuple(mass - moved for mass, moved in zip(piles.p, a, strict=True))
    missing = tuple(mass - filled for mass, filled in zip(piles.q, b, strict=True))
    return Settlement(Transport(Piles(piles.positions, a, b)), left, missing, penalty)


def _positive_totals(piles: Piles) -> tuple[Fraction, Fraction]:
    totals = piles.totals
    if not any(totals):
        raise ConfigError("p", "There is no earth to move: every mass is 0.")
    for field, total in zip("PQ", totals, strict=True):
        if not total:
            raise ConfigError(field.lower(), "{name} has no mass at all: every mass is 0.", name=field)
    return totals


CHOICES: dict[str, Callable[[Piles], Settlement]] = {"": as_it_is, "normalise": normalise, "partial": partial}


def settle(piles: Piles, choice: str) -> Settlement:
    """What `choice` makes of different masses: "" (they must be equal), "normalise", "partial" or "penalty:K".

    Equal masses are moved as they are, whatever the choice.
    """
    rule = _rule(choice)
    return as_it_is(piles) if is_rounding(piles) else rule(piles)


def _rule(choice: str) -> Callable[[Piles], Settlement]:
    if choice in CHOICES:
        return CHOICES[choice]
    kind, colon, text = choice.partition(":")
    if kind == "penalty" and colon:
        penalty = exact(text, "penalty", 0)
        return lambda piles: penalised(piles, penalty)
    raise ConfigError(
        "unequal", "Unequal masses: {value} must be one of normalise, partial, penalty:K.", value=choice[:40]
    )
