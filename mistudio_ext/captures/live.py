"""What the live lane answers for captures."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..contract.models import checked
from .context import places
from .schema import ReadVectors, VectorPage, VectorRow
from .vectors import Stored


def vectors(folder: str, tokenization: str, params: dict[str, Any]) -> VectorPage:
    asked = checked(ReadVectors, params)
    stored = Stored(Path(folder))
    hook = asked.hook or next(iter(stored.hooks))
    read = stored[hook]
    among = stored.rows_of(asked.sample) if asked.sample is not None else None
    total = len(stored) if among is None else len(among)
    rows = np.arange(min(asked.offset, total), min(asked.offset + asked.limit, total))
    if among is not None:
        rows = among[rows]
    numbers = read[rows]
    norms = np.sqrt((numbers.astype(np.float64) ** 2).sum(1))
    return VectorPage(
        hook=hook,
        rows=[
            VectorRow(**asdict(place), norm=float(norm), values=values.tolist())
            for place, norm, values in zip(
                places(stored, rows, Path(tokenization)), norms, numbers[:, : asked.values], strict=True
            )
        ],
        total=total,
    )
