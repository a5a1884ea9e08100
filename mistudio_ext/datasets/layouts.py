"""The two layouts of a tokenization: what each makes of a batch of encoded samples, and what it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..contract.errors import BadRequest
from . import blocks
from .blocks import Padding
from .encode import Batch
from .encoded import Numbers
from .pack import Blocks, Packer, held_out
from .rows import Around, RowMaker
from .tokenizer import Tokenizer
from .tokenizing_schema import TokenizeOptions

State = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What is written, and what it adds to the counts; `peaks` are those of which the largest counts."""

    columns: list[dict[str, Any]]
    sums: dict[str, int]
    peaks: dict[str, int]


class Packed:
    """Full blocks, of which those held out are packed apart."""

    pad_id = None

    def __init__(self, options: TokenizeOptions, tokenizer: Tokenizer, *, roles: bool):
        begin = tokenizer.begin if options.special_tokens else None
        if options.max_length <= (begin is not None):
            raise BadRequest(
                "A block of one token would hold the begin token alone.", "Choose a longer block.", field="max_length"
            )
        self.share = options.eval_share
        self.roles = roles
        self.schema = blocks.schema(mask=False, roles=roles)
        self.packers = {kept: Packer(options.max_length, begin, tokenizer.end, roles) for kept in (False, True)}
        # Samples come in order, so one that goes on in the next block is counted once.
        self.last = {False: -1, True: -1}

    def state(self) -> State:
        return {str(kept): {**packer.state(), "last": self.last[kept]} for kept, packer in self.packers.items()}

    def restore(self, state: State) -> None:
        for kept, packer in self.packers.items():
            packer.restore(state[str(kept)])
            self.last[kept] = state[str(kept)]["last"]

    @property
    def left_over(self) -> int:
        return sum(len(packer.left) for packer in self.packers.values())

    def problems(self, _batch: Batch) -> dict[int, str]:
        return {}

    def parts(self, batch: Batch, samples: Numbers) -> Iterator[Part]:
        """All of a batch is one part: the packers stand where they stood, or behind it."""
        apart = held_out(samples, self.share)
        made = {kept: packer.add(samples[apart == kept], batch.first.of(apart == kept)) for kept, packer in self.packers.items()}
        found = {kept: each for kept, each in made.items() if len(each)}
        sums = dict.fromkeys(("blocks", "held_out_blocks", "tokens", "samples", "held_out_samples"), 0)
        for kept, each in found.items():
            for name, count in (("blocks", len(each)), ("samples", self._new_samples(each, kept))):
                sums[name] += count
                sums[f"held_out_{name}"] += count * kept
            sums["tokens"] += each.ids.size
        columns = [blocks.of_blocks(each, kept, roles=self.roles) for kept, each in found.items()]
        longest = max((each.ids.shape[1] for each in found.values()), default=0)
        largest = max((int(each.ids.max()) for each in found.values()), default=-1)
        yield Part(columns, sums, {"longest": longest, "largest_id": largest})

    def _new_samples(self, made: Blocks, kept: bool) -> int:
        count = int((np.unique(made.samples) > self.last[kept]).sum())
        self.last[kept] = int(made.samples[-1])
        return count


class InRows:
    """A sample a row, or several; each row says whether it is held out."""

    left_over = 0

    def __init__(self, options: TokenizeOptions, tokenizer: Tokenizer, *, roles: bool):
        self.options = options
        self.roles = roles
        width = options.max_length if options.padding == "max_length" else 0
        self.padding = Padding(width, tokenizer.pad, tokenizer.pads_left)
        # Rows that wait for the longest one have nothing to mask yet.
        self.mask = options.attention_mask and options.padding != "longest"
        self.schema = blocks.schema(mask=self.mask, roles=roles)
        around = tokenizer.around(pair=options.second is not None) if options.special_tokens else Around()
        self.maker = RowMaker(options, around, tokenizer.cuts_left, tokenizer.backend is None, width)
        self.maker.check()

    def state(self) -> State:
        return {}

    def restore(self, state: State) -> None:
        pass

    def problems(self, batch: Batch) -> dict[int, str]:
        return self.maker.problems(batch.first.lengths, batch.second.lengths if batch.second else None)

    def parts(self, batch: Batch, samples: Numbers) -> Iterator[Part]:
        for rows in self.maker.make(samples, batch.first, batch.second):
            apart = held_out(rows.samples, self.options.eval_share)
            columns = blocks.of_rows(rows, apart, self.padding, mask=self.mask, roles=self.roles)
            padding = len(columns["input_ids"].values) - len(rows.ids)
            sums = {
                "blocks": len(rows),
                "held_out_blocks": int(apart.sum()),
                "tokens": len(rows.ids),
                "padding_tokens": padding,
                "samples": int(rows.leads.sum()),
                "held_out_samples": int((rows.leads & apart).sum()),
                "truncated_samples": int((rows.leads & (rows.dropped > 0)).sum()),
                "dropped_tokens": int(rows.dropped.sum()),
            }
            largest = int(max(rows.ids.max(), self.padding.id if padding else 0))
            yield Part([columns], sums, {"longest": int(rows.lengths.max()), "largest_id": largest})

    @property
    def pad_id(self) -> int | None:
        return self.padding.id if self.padding.width else None


def of(options: TokenizeOptions, tokenizer: Tokenizer, *, roles: bool) -> Packed | InRows:
    return (Packed if options.layout == "packed" else InRows)(options, tokenizer, roles=roles)
