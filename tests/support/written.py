"""Rows written to files of every kind, by the libraries that others write them with."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Rows = list[dict[str, Any]]

COMPRESSIONS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
}


def jsonl(rows: Rows) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def json_list(rows: Rows) -> bytes:
    return json.dumps(rows, indent=1).encode()


def table(rows: Rows, delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def parquet(rows: Rows, **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file, **options)
    return file.getvalue()


def arrow(rows: Rows, *, stream: bool = True, batch: int = 7) -> bytes:
    file = io.BytesIO()
    whole = pa.Table.from_pylist(rows)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(file, whole.schema) as writer:
        writer.write_table(whole, max_chunksize=batch)
    return file.getvalue()


FORMS = {
    ".jsonl": jsonl,
    ".ndjson": jsonl,
    ".json": json_list,
    ".csv": table,
    ".tsv": lambda rows: table(rows, "\t"),
    ".parquet": lambda rows: parquet(rows, row_group_size=5),
    ".arrow": arrow,
}


def written(name: str, rows: Rows) -> bytes:
    """As the ending of the name says."""
    compression = next((each for each in COMPRESSIONS if each and name.endswith(each)), "")
    form = next(each for each in FORMS if name.removesuffix(compression).endswith(each))
    packed: bytes = COMPRESSIONS[compression](FORMS[form](rows))
    return packed
