"""Datasets and tokenizations made through real jobs, and what came out of them, to be compared."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from mistudio_ext.datasets import operations, tokenizations
from mistudio_ext.datasets.samples import list_shards, open_shard
from mistudio_ext.datasets.schema import AddDataset
from mistudio_ext.datasets.tokenizing_schema import TokenizeDataset
from mistudio_ext.jobs.schema import Started
from mistudio_ext.lanes.perform import perform
from mistudio_ext.models.operations import add_model
from mistudio_ext.models.schema import AddModel
from mistudio_ext.saes.operations import import_sae
from mistudio_ext.saes.schema import ImportSae
from mistudio_ext.workspace.workspace import Workspace
from tests.support import waiting


def add(ws: Workspace, path: Path, **options: Any) -> Started:
    return perform(ws, operations.add_dataset, AddDataset(path=str(path), **options))  # type: ignore[no-any-return]


def dataset(ws: Workspace, path: Path) -> str:
    """A dataset, read to its end."""
    started = add(ws, path)
    job = waiting.for_job(ws, str(started.job))
    assert job.state == "succeeded", job
    return started.object


def tokenize(ws: Workspace, id: str, tokenizer: Path, **options: Any) -> Started:
    params = TokenizeDataset(tokenizer=str(tokenizer), **({"max_length": 32} | options))
    return perform(ws, tokenizations.tokenize_dataset, id, params)  # type: ignore[no-any-return]


def model(ws: Workspace, path: Path) -> str:
    """A model's folder, linked and looked at."""
    started: Started = perform(ws, add_model, AddModel(path=str(path)))
    job = waiting.for_job(ws, str(started.job))
    assert job.state == "succeeded", job
    return started.object


def sae(ws: Workspace, path: Path) -> str:
    """An SAE's folder, taken over."""
    started: Started = perform(ws, import_sae, ImportSae(path=str(path)))
    job = waiting.for_job(ws, str(started.job))
    assert job.state == "succeeded", job
    return started.object


def rows(folder: Path) -> dict[str, list[Any]]:
    """Every row that is stored in a folder of Arrow files, column by column."""
    columns: dict[str, list[Any]] = {}
    for file, count in list_shards(folder):
        table = open_shard(file, count)
        assert table.num_rows == count
        for name in table.column_names:
            columns.setdefault(name, []).extend(table.column(name).to_pylist())
    return columns


def digest(folder: Path) -> dict[str, Any]:
    """Of every column, over all rows: for data that is too large to be compared as Python's objects."""
    import pyarrow as pa

    tables = [open_shard(*each) for each in list_shards(folder)]
    whole = pa.concat_tables(tables).combine_chunks()
    sink = hashlib.sha256()
    for batch in whole.to_batches(max_chunksize=10_000):
        for column in batch.columns:
            for buffer in pa.concat_arrays([column]).buffers():
                sink.update(b"-" if buffer is None else buffer)
    return {"rows": whole.num_rows, "columns": whole.column_names, "digest": sink.hexdigest()}


def leftovers(folder: Path) -> list[str]:
    """Files that no index names: what a crash left and nobody removed."""
    named = {"index.json", *(file.name for file, _ in list_shards(folder))}
    return [each.name for each in folder.iterdir() if each.name not in named]
