"""Arrow files of ours as the ecosystem's own object."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from typing import Any

from ..datasets.samples import list_shards


def load(folder: Path, columns: dict[str, str]) -> Any:
    """A memory-mapped `datasets.Dataset` of all shards in a folder; `columns` are the types where there is no shard."""
    # Not an import statement: importing our package must never lead to this library.
    with warnings.catch_warnings():
        # Its progress bars look for widgets when they are imported; nothing here shows one.
        warnings.filterwarnings("ignore", message="IProgress not found")
        library = importlib.import_module("datasets")
    shards = [library.Dataset.from_file(str(file)) for file, rows in list_shards(folder) if rows]
    if not shards:
        value = library.Value
        lists = ("input_ids", "samples", "starts", "offsets")
        features = {name: library.Sequence(value(kind)) if name in lists else value(kind) for name, kind in columns.items()}
        return library.Dataset.from_dict({name: [] for name in columns}, features=library.Features(features))
    return library.concatenate_datasets(shards) if len(shards) > 1 else shards[0]
