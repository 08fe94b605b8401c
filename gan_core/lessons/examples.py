"""Piles to begin with, each chosen for what it shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """`piles` as `gan_core.calculator.lists_in` reads them."""

    name: str
    title: str
    reason: str
    piles: str


EXAMPLES = {
    example.name: example
    for example in [
        Example(
            "three_plans",
            "Three plans, one cost",
            "Three plans of cost 8, a worked example from courses on WGAN: `1*1+3*1+1*1+3*1`, `1*3+2*1+3*1` and "
            "`1*2+(1*1+1*2)+3*1`, with total mass 14. The source prints the plans, not the piles: these piles are a "
            "reconstruction that has the same plans.",
            "3 4 1 1 5 / 2 2 3 5 2",
        ),
        Example(
            "lil_log",
            "Lil'Log's example",
            "From Lilian Weng's article on WGAN (2017): flows 2, 2 and -1, so W1 = 5.",
            "3 2 1 4 / 1 2 4 3",
        ),
        Example(
            "squares",
            "Squares are not distances",
            "Here the mean squared way, 2, differs from the mean way, 4/3. In the two examples before, both happen to "
            "be equal: a program that squares by mistake would pass them.",
            "1 2 0 0 3 / 0 0 2 4 0",
        ),
        Example(
            "shift",
            "A shift by three",
            "The same pile three cells further on: W1 is 3 for each unit of mass. For Jensen-Shannon, a shift by 3 and "
            "a shift by 300 are the same.",
            "1 3 1 0 0 0 / 0 0 0 1 3 1",
        ),
        Example(
            "many_plans",
            "112 optimal plans",
            "A shift by one. All can move by one cell, or one can jump over the others: the cost is the same.",
            "3 3 3 3 0 / 0 3 3 3 3",
        ),
        Example(
            "gaps",
            "Uneven gaps",
            "Positions need not be 0, 1, 2, ...: a flow costs its mass times the gap that it crosses.",
            "0 1 2.5 6 / 4 1 0 2 / 0 2 3 2",
        ),
        Example(
            "unequal",
            "Unequal masses",
            "14 units cannot become 10. Somebody has to decide what happens to the rest.",
            "3 4 1 1 5 / 2 2 3 1 2",
        ),
    ]
}
