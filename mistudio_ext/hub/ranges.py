"""Which bytes of a file are there: half-open ranges, sorted, none touching the next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

Range = tuple[int, int]


class Ranges:
    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.total = 0

    def __iter__(self) -> zip[Range]:
        return zip(self._starts, self._ends, strict=True)

    def add(self, start: int, end: int) -> None:
        if start >= end:
            return
        # Everything that overlaps or touches the new range becomes one with it.
        first = bisect_left(self._ends, start)
        last = bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self.total -= sum(self._ends[first:last]) - sum(self._starts[first:last])
        self._starts[first:last], self._ends[first:last] = [start], [end]
        self.total += end - start

    def missing(self, start: int, end: int) -> list[Range]:
        """What of this range is not there yet."""
        gaps: list[Range] = []
        index = bisect_right(self._ends, start)
        while start < end:
            next_start = self._starts[index] if index < len(self._starts) else end
            if start < next_start:
                gaps.append((start, min(next_start, end)))
            start = self._ends[index] if index < len(self._ends) else end
            index += 1
        return gaps

    def clear(self) -> None:
        self._starts, self._ends, self.total = [], [], 0
