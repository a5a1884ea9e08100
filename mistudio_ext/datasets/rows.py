"""Rows: one sample a row, or several for a long one, cut as `transformers` cuts, with what the tokenizer adds around.

The texts are encoded whole, and cut here: so a long sample with a large stride is never in memory as rows all at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..contract.errors import BadRequest
from .encoded import Encoded, Flags, Ids, Numbers, Roles, spread
from .tokenizing_schema import TokenizeOptions

# Rows come in parts of so many tokens, which bounds memory.
PART_TOKENS = 2**21


@dataclass(frozen=True)
class Around:
    """What the tokenizer writes before a text, between two, and after them."""

    before: tuple[int, ...] = ()
    between: tuple[int, ...] = ()
    after: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return len(self.before) + len(self.between) + len(self.after)


@dataclass(frozen=True)
class Rows:
    """Rows in columns, their `ids` one after the other. The sample's tokens begin at `starts[i]` in row i, with its token
    number `offsets[i]`; of a pair, that is the first text's."""

    ids: Ids
    roles: Roles | None
    lengths: Numbers
    samples: Numbers
    starts: Numbers
    offsets: Numbers
    # Whether it is the first row of its sample, and how many of the sample's tokens are in no row at all.
    leads: Flags
    dropped: Numbers

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True)
class Cut:
    """Which part of which sample's texts each row holds."""

    sample: Numbers
    lead: Flags
    dropped: Numbers
    first: tuple[Numbers, Numbers]
    second: tuple[Numbers, Numbers]


@dataclass(frozen=True)
class RowMaker:
    """`left`: this tokenizer cuts at the left end. `first_favored`: where both texts of a pair are cut, the first one keeps
    the odd token (so with tokenizers in plain Python); else the longer or second one does."""

    options: TokenizeOptions
    around: Around
    left: bool = False
    first_favored: bool = False
    # How long rows will be made by padding.
    width: int = 0

    def check(self) -> None:
        """Refuse what could hold no text."""
        cuts, size, stride = self.options.truncation != "none", self.around.size, self.options.stride
        if cuts and self.options.max_length <= size:
            raise BadRequest(
                f"The {size} special tokens that the tokenizer adds leave no room for text in a row of"
                f" {self.options.max_length:,} tokens.",
                "Choose a larger length, or no special tokens.",
                field="max_length",
            )
        if cuts and stride is not None and stride >= self.options.max_length - size:
            raise BadRequest(
                f"A stride of {stride:,} leaves nothing new for a further row: beside the tokenizer's special tokens a row"
                f" has room for {self.options.max_length - size:,} tokens.",
                "Choose a smaller stride.",
                field="stride",
            )

    def problems(self, first: Numbers, second: Numbers | None) -> dict[int, str]:
        """Samples of these lengths that cannot be cut as asked for, and why; `transformers` refuses them too."""
        if second is None or self.options.truncation not in ("only_first", "only_second"):
            return {}
        over = self._over(first, second, np.zeros(len(first), np.bool_))
        kept = (first if self.options.truncation == "only_first" else second) - over
        which = "first" if self.options.truncation == "only_first" else "second"
        short = (over > 0) & (kept <= 0)
        stride = self.options.stride
        narrow = (over > 0) & ~short & (kept <= (-1 if stride is None else stride))
        return {int(at): f"cutting the {which} text alone does not make it short enough" for at in np.flatnonzero(short)} | {
            int(at): f"beside the other text there is no room for more than the stride of {stride}"
            for at in np.flatnonzero(narrow)
        }

    def make(self, samples: Numbers, first: Encoded, second: Encoded | None) -> Iterator[Rows]:
        """Part after part, the same ones each time. A row without any token is none."""
        chats = first.chats if first.chats is not None else np.zeros(len(samples), np.bool_)
        cut = self._cut(first.lengths, second.lengths if second else None, chats)
        # A row's five pieces, each a stretch of one long array.
        nothing = Encoded(np.empty(0, np.int32), np.zeros(len(samples), np.int64))
        pair = second or nothing
        around = np.array([*self.around.before, *self.around.between, *self.around.after], np.int32)
        source = np.concatenate([first.ids, pair.ids, around])
        roles = None
        if first.roles is not None:
            roles = np.concatenate([first.roles, np.zeros(len(source) - len(first.roles), np.int8)])
        begin = [np.cumsum(each.lengths) - each.lengths for each in (first, pair)]
        begin[1] += len(first.ids)
        fixed = len(first.ids) + len(pair.ids)
        plain = (~chats[cut.sample]).astype(np.int64)
        before, between, after = (len(each) for each in (self.around.before, self.around.between, self.around.after))
        starts = np.stack(
            [
                np.full(len(plain), fixed),
                begin[0][cut.sample] + cut.first[0],
                np.full(len(plain), fixed + before),
                begin[1][cut.sample] + cut.second[0],
                np.full(len(plain), fixed + before + between),
            ],
            axis=1,
        )
        sizes = np.stack([plain * before, cut.first[1], plain * between, cut.second[1], plain * after], axis=1)
        lengths = sizes.sum(axis=1)
        for low, high in _parts(np.maximum(lengths, self.width)):
            part = np.flatnonzero(lengths[low:high]) + low
            if not len(part):
                continue
            index = spread(starts[part].ravel(), sizes[part].ravel())
            yield Rows(
                ids=source[index],
                roles=None if roles is None else roles[index],
                lengths=lengths[part],
                samples=samples[cut.sample[part]],
                starts=sizes[part, 0],
                offsets=cut.first[0][part],
                leads=cut.lead[part],
                dropped=cut.dropped[part],
            )

    def _over(self, first: Numbers, second: Numbers, chats: Flags) -> Numbers:
        """How many tokens each sample has too many for one row."""
        if self.options.truncation == "none":
            return np.zeros(len(first), np.int64)
        over: Numbers = np.maximum(first + second + np.where(chats, 0, self.around.size) - self.options.max_length, 0)
        return over

    def _cut(self, first: Numbers, second: Numbers | None, chats: Flags) -> Cut:
        pair = second if second is not None else np.zeros(len(first), np.int64)
        over = self._over(first, pair, chats)
        if second is not None and self.options.truncation == "longest_first":
            keep_first, keep_second = self._halves(first, pair, over)
        elif second is not None and self.options.truncation == "only_second":
            keep_first, keep_second = first, pair - over
        else:
            keep_first, keep_second = first - over, pair
        counts = np.ones(len(first), np.int64)
        of_second = self.options.truncation == "only_second"
        stride = self.options.stride
        if stride is not None:
            step = np.maximum((keep_second if of_second else keep_first) - stride, 1)
            counts += -(-over // step)
        sample = np.repeat(np.arange(len(first)), counts)
        part = spread(np.zeros(len(first), np.int64), counts)
        steps = np.zeros(len(sample), np.int64)
        if stride is not None:
            steps = part * step[sample]
        none = np.zeros(len(sample), np.int64)
        return Cut(
            sample=sample,
            lead=part == 0,
            dropped=over[sample] if stride is None else none,
            first=self._stretch(first[sample], keep_first[sample], none if of_second else steps),
            second=self._stretch(pair[sample], keep_second[sample], steps if of_second else none),
        )

    def _stretch(self, whole: Numbers, keep: Numbers, steps: Numbers) -> tuple[Numbers, Numbers]:
        """Where a row's part of a text begins, and how long it is."""
        if self.left:
            stop = whole - steps
            start = np.maximum(stop - keep, 0)
            return start, stop - start
        return steps, np.minimum(steps + keep, whole) - steps

    def _halves(self, first: Numbers, second: Numbers, over: Numbers) -> tuple[Numbers, Numbers]:
        """The longer text is cut down to the other, then both to half of what there is room for."""
        room = first + second - over
        shortest = np.minimum(first, second)
        shorter = np.minimum(shortest, room // 2)
        halved = shortest > room // 2
        first_has_more = (halved | (first > second)) if self.first_favored else first > second
        return np.where(first_has_more, room - shorter, shorter), np.where(first_has_more, shorter, room - shorter)


def _parts(lengths: Numbers) -> Iterator[tuple[int, int]]:
    number = (np.cumsum(lengths) - lengths) // PART_TOKENS
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(lengths)]
    for low, high in itertools.pairwise(edges):
        if high > low:
            yield low, high
