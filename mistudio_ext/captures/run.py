"""Running a model over batches of text: sizes that fit, halved when memory runs out, and rows checked before they are kept."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contract.errors import BadRequest, MiStudioError
from ..models.hook_points import HookPoint
from ..models.load import is_out_of_memory
from .forward import read_activations
from .plan import Batch, Block
from .schema import Dtype

if TYPE_CHECKING:
    from torch import Tensor

LARGEST_BATCH = 512
# Growing goes on while a batch of twice the size gains at least this much.
WORTH_IT = 1.1
FLOAT16_MAX = 65504.0
Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Captured:
    """Rows of one batch that are kept, by hook point, in the model's own precision, where the model is; `index` says which
    token each row is of."""

    vectors: dict[str, Tensor]
    index: dict[str, Numbers]

    def __len__(self) -> int:
        return len(self.index["sample"])


class Reader:
    """Keeps in mind the number of blocks that fit into memory together."""

    def __init__(self, model: Any, points: list[HookPoint], size: int):
        self.model, self.points, self.size = model, points, size

    def read(self, batch: Batch) -> Iterator[Captured]:
        """The rows of a batch, in its order; in more than one part where it does not fit in one."""
        blocks = batch.blocks
        while blocks:
            part = blocks[: self.size]
            found = self._try(part)
            if found is not None:
                blocks = blocks[len(part) :]
                yield found
            elif len(part) == 1:
                raise MiStudioError(
                    "The memory does not suffice for a single sequence.",
                    "Choose a smaller precision or a tokenization with shorter blocks, or free memory.",
                    code="memory",
                )
            else:
                # By now the error is gone, and with it what it held.
                free_memory()
                self.size = len(part) // 2

    def _try(self, blocks: list[Block]) -> Captured | None:
        try:
            return self.read_blocks(blocks)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return None

    def read_blocks(self, blocks: list[Block]) -> Captured:
        import torch

        lengths = np.array([len(block.ids) for block in blocks])
        mask = np.arange(lengths.max()) < lengths[:, None]
        ids = np.zeros(mask.shape, np.int64)
        ids[mask] = np.concatenate([block.ids for block in blocks])
        kept = np.concatenate([block.kept for block in blocks])
        found = read_activations(self.model, self.points, torch.from_numpy(ids), torch.from_numpy(mask))
        # Rows come for each token that is no padding, in the order of the mask.
        places = torch.from_numpy(np.flatnonzero(kept))
        rows = {name: tensor.index_select(0, places.to(tensor.device)) for name, tensor in found.rows.items()}
        return Captured(rows, _index(blocks, lengths, kept))


def _index(blocks: list[Block], lengths: Numbers, kept: Numbers) -> dict[str, Numbers]:
    counts = np.array([block.rows for block in blocks])
    positions = np.arange(len(kept)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return {
        "sample": np.concatenate([block.samples for block in blocks])[kept],
        "block": np.repeat([block.number for block in blocks], counts),
        "position": positions[kept].astype(np.int32),
        "token": np.concatenate([block.ids for block in blocks])[kept].astype(np.int32),
        "held_out": np.repeat([block.held_out for block in blocks], counts),
        "counted": np.concatenate([block.counted for block in blocks])[kept],
    }


def stored(hook: str, rows: Tensor, dtype: Dtype) -> Tensor:
    """In the precision that is kept, or the sentence that says why that cannot be."""
    import torch

    largest = require_finite(hook, rows)
    if dtype == "float16" and largest > FLOAT16_MAX:
        raise BadRequest(
            f"A value of {largest:,.0f} at {hook} is more than float16 can hold ({FLOAT16_MAX:,.0f}).",
            "Store as bfloat16 or float32.",
            field="dtype",
            code="float16_overflow",
        )
    return rows.to(getattr(torch, dtype))


def require_finite(hook: str, rows: Tensor) -> float:
    """The largest absolute value, where all of them are numbers."""
    # Not-a-number spreads to both.
    low, high = (float(each) for each in rows.aminmax()) if rows.numel() else (0.0, 0.0)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise MiStudioError(
            f"The model gave not-a-number or infinity at {hook}.",
            "Load the model in float32 or bfloat16, and look whether its weights are whole.",
            code="not_finite",
        )
    return max(-low, high)


def fitting_size(model: Any, points: list[HookPoint], blocks: list[Block]) -> int:
    """A batch size that fits and beyond which nothing is gained, found by running the longest blocks."""
    blocks = sorted(blocks, key=lambda block: -len(block.ids))
    reader = Reader(model, points, 1)
    # The first pass of all pays for what is made once.
    next(reader.read(Batch(0, blocks[:1])))
    best, speed, size = 1, 0.0, 1
    while size <= min(LARGEST_BATCH, len(blocks)):
        reader.size = size
        started = time.perf_counter()
        parts = sum(1 for _ in reader.read(Batch(0, blocks[:size])))
        if parts > 1:
            # Half of what fits, for the longest need not be the last that memory is wanted for.
            return max(1, best // 2)
        now = size / (time.perf_counter() - started)
        if now < speed * WORTH_IT:
            break
        best, speed, size = size, now, size * 2
    return best


def free_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
