"""A plan as a sequence of steps that carry blocks of earth from cell to cell."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gan_core.theory.transport.piles import Numbers
from gan_core.theory.transport.plans import Move, Plan

MOST_STEPS = 120  # more would take too long to watch: then a step carries all blocks of its move


@dataclass(frozen=True)
class Block:
    """Earth that stays together and began in the cell `origin`."""

    origin: int
    mass: Fraction


@dataclass(frozen=True)
class Step:
    """The `blocks`, by their numbers, that go from one end of the move with the number `move` to the other."""

    move: int
    blocks: tuple[int, ...]


@dataclass(frozen=True)
class Replay:
    """All `blocks`, each pile from the bottom to the top, and the `steps` in which they move."""

    blocks: tuple[Block, ...]
    steps: tuple[Step, ...]


def direct_replay(plan: Plan, unit: Fraction) -> Replay:
    """Each move goes straight to its destination, in the plan's order.

    `unit` is the mass of a block; 0 makes one block of each move. What moves first lies on top.
    """
    away = [move for move in plan.moves if not move.stays]
    in_piles = sorted(range(len(plan.moves)), key=lambda index: _height(plan.moves[index], index))
    blocks: list[Block] = []
    carried: dict[Move, tuple[int, ...]] = {}
    for index in in_piles:
        move = plan.moves[index]
        parts = [Block(move.origin, mass) for mass in _parts(move.mass, unit)]
        carried[move] = tuple(range(len(blocks) + len(parts) - 1, len(blocks) - 1, -1))
        blocks += parts
    return Replay(tuple(blocks), _in_turn([Step(number, carried[move]) for number, move in enumerate(away)], unit))


def relay_replay(p: Numbers, relay: Sequence[Move], unit: Fraction) -> Replay:
    """Neighbours hand on what they have, what came first goes first; the final places are those of `fifo` if every
    pile has enough of its own."""
    blocks = [Block(cell, mass) for cell, pile in enumerate(p) for mass in _parts(pile, unit)]
    queues = [deque(n for n in reversed(range(len(blocks))) if blocks[n].origin == cell) for cell in range(len(p))]
    steps: list[Step] = []
    for number, move in enumerate(relay):
        steps.append(Step(number, ()))
        carried: list[int] = []
        wanted = move.mass
        while wanted:
            block = queues[move.origin].popleft()
            if blocks[block].mass > wanted:
                queues[move.origin].appendleft(_split(block, wanted, blocks, steps))
            wanted -= blocks[block].mass
            carried.append(block)
        steps[-1] = Step(number, tuple(carried))
        queues[move.destination].extend(carried)
    return Replay(tuple(blocks), _in_turn(steps, unit))


def _split(block: int, mass: Fraction, blocks: list[Block], steps: list[Step]) -> int:
    """Leave `mass` in the block; the rest becomes a block of its own that went wherever the block has been."""
    rest = len(blocks)
    blocks.append(Block(blocks[block].origin, blocks[block].mass - mass))
    blocks[block] = Block(blocks[block].origin, mass)
    for at, step in enumerate(steps):
        if block in step.blocks:
            steps[at] = Step(step.move, (*step.blocks, rest))
    return rest


def _height(move: Move, index: int) -> tuple[int, bool, int]:
    """Piles from left to right; in each of them what stays is at the bottom and what moves first is on top."""
    return move.origin, not move.stays, -index


def _parts(mass: Fraction, unit: Fraction) -> Iterator[Fraction]:
    if not unit:
        yield from [mass] if mass else []
        return
    yield from [unit] * int(mass / unit)


def _in_turn(steps: list[Step], unit: Fraction) -> tuple[Step, ...]:
    """A step for each block of one unit, if that does not take too long."""
    single = [Step(step.move, (block,)) for step in steps for block in step.blocks]
    return tuple(single if unit and len(single) <= MOST_STEPS else steps)
