"""The frames of one run that are kept: the last seconds whole, and everything before thinned out evenly."""

from collections import deque
from itertools import pairwise

RECENT = 120  # frames kept one by one: four seconds at full rate
THINNED = 300  # at most so many of the older ones


class History:
    """Frames are numbered from 0. Whoever asks for those after number n gets each newer frame that is still there."""

    def __init__(self) -> None:
        self.next_number = 0
        self._recent: deque[tuple[int, bytes]] = deque()
        self._thinned: list[tuple[int, bytes]] = []
        self._stride = 1

    @classmethod
    def of(cls, frames: list[tuple[int, bytes]]) -> "History":
        """Go on from stored frames."""
        history = cls()
        history._thinned, history._recent = list(frames[:-RECENT]), deque(frames[-RECENT:])
        history.next_number = frames[-1][0] + 1 if frames else 0
        gaps = [after - before for (before, _), (after, _) in pairwise(frames[:-RECENT])]
        history._stride = max(gaps, default=1)
        return history

    def add(self, frame: bytes) -> None:
        self._recent.append((self.next_number, frame))
        self.next_number += 1
        if len(self._recent) > RECENT:
            number, old = self._recent.popleft()
            if not self._thinned or number - self._thinned[-1][0] >= self._stride:
                self._thinned.append((number, old))
        if len(self._thinned) > THINNED:
            self._thinned = self._thinned[::2]
            self._stride *= 2

    def after(self, number: int) -> list[tuple[int, bytes]]:
        return [frame for frame in (*self._thinned, *self._recent) if frame[0] > number]

    def clear(self) -> None:
        """Forget the frames; numbers go on, so nobody takes a new frame for an old one."""
        self._recent.clear()
        self._thinned, self._stride = [], 1
