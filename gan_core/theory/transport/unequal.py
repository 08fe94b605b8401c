"""Piles of different mass: what is to become of the difference. Nothing is done about it unless somebody chooses."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from gan_core.fields import ConfigError
from gan_core.theory.transport.piles import Masses, Piles, exact
from gan_core.theory.transport.problem import Transport


@dataclass(frozen=True)
class Settlement:
    """The part of a problem that is transported, and the rest.

    `transport` is solved as usual; `left` [cells] stays unmoved in P, `missing` [cells] unfilled in Q. Each unit of
    the two costs `penalty`.
    """

    transport: Transport
    left: Masses
    missing: Masses
    penalty: Fraction = Fraction(0)

    @property
    def cost(self) -> Fraction:
        """W1 of what is transported, and the penalty for the rest."""
        return self.transport.w1 + self.penalty * (sum(self.left) + sum(self.missing))


def as_it_is(piles: Piles) -> Settlement:
    """Equal masses need no choice. Raises ConfigError if they differ."""
    nothing = (Fraction(0),) * len(piles.positions)
    return Settlement(Transport(piles), nothing, nothing)


def normalise(piles: Piles) -> Settlement:
    """Both piles divided by their totals: two probability distributions. What SciPy does without being asked."""
    totals = _positive_totals(piles)
    p, q = (tuple(mass / total for mass in pile) for pile, total in zip((piles.p, piles.q), totals, strict=True))
    return as_it_is(Piles(piles.positions, p, q))


def partial(piles: Piles) -> Settlement:
    """The smaller mass is moved, onto the places (or out of the places) that make it cheapest; the rest stays."""
    _positive_totals(piles)
    return _share(piles, None, Fraction(0))


def penalised(piles: Piles, penalty: Fraction) -> Settlement:
    """Each unit may stay, at the cost of `penalty` for what is left over in P and again for what is missing in Q.

    Moving a unit over the distance d saves two penalties, so nothing moves farther than 2 * penalty.
    """
    if penalty < 0:
        raise ConfigError(
            "penalty", "The penalty must be a number from 0 to 1,000,000,000,000; {value} is not.", value=str(penalty)
        )
    return _share(piles, penalty, penalty)


def _share(piles: Piles, limit: Fraction | None, penalty: Fraction) -> Settlement:
    from gan_core.theory.transport.programs import cheapest_shares  # scipy.optimize takes half a second to import

    a, b = cheapest_shares(piles, limit)
    if not any(a):
        raise ConfigError(
            "penalty", "With a penalty of {value} nothing is moved: every way costs more.", value=str(penalty)
        )
    left = tuple(mass - moved for mass, moved in zip(piles.p, a, strict=True))
    missing = tuple(mass - filled for mass, filled in zip(piles.q, b, strict=True))
    return Settlement(Transport(Piles(piles.positions, a, b)), left, missing, penalty)


def _positive_totals(piles: Piles) -> tuple[Fraction, Fraction]:
    totals = piles.totals
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
    p, q = piles.totals
    return as_it_is(piles) if p == q else rule(piles)


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
