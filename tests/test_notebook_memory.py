"""What is in a kernel's memory becomes a dataset, equal to what it was made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from datasets import Dataset, DatasetDict, IterableDataset, IterableDatasetDict

from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets.operations import add_dataset
from mistudio_ext.datasets.schema import AddDataset
from mistudio_ext.notebook import workspace
from mistudio_ext.notebook.workspace import Workspace as Notebook
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making
from tests.support.work import do_next

ROWS = [{"id": number, "body": f"text {number} é\n\U0001f600", "tags": ["x", None]} for number in range(25)]


@pytest.fixture
def notebook(ws: Workspace) -> Notebook:
    return Notebook(ws)


def added(notebook: Notebook, source: Any, **options: Any) -> str:
    """As `add_dataset` does it, but for the lane: the job is done here."""
    with workspace._fields(notebook._core, source, options) as fields:
        started = add_dataset(notebook._core, checked(AddDataset, fields | options))
    job = do_next(notebook._core, "io")
    if job.error is not None:
        raise MiStudioError(job.error.message, job.error.error.hint)
    return started.object


def there(notebook: Notebook, collection: str) -> list[str]:
    folder = notebook._core.root / collection
    return os.listdir(folder) if folder.exists() else []


def stored(notebook: Notebook, source: Any, **options: Any) -> list[tuple[str, str, Any]]:
    id = added(notebook, source, **options)
    assert there(notebook, "uploads") == []
    found = making.rows(notebook._core.folder(id) / "data")
    others = [each and json.loads(each) for each in found["other"]]
    return list(zip(found["text"], found["split"], others, strict=True))


def of(rows: list[dict[str, Any]], split: str = "train") -> list[tuple[str, str, Any]]:
    return [(row["body"], split, {name: row[name] for name in row if name != "body"}) for row in rows]


def batches() -> Iterator[pa.RecordBatch]:
    yield from pa.Table.from_pylist(ROWS).to_batches(max_chunksize=4)


def generated() -> Iterator[dict[str, Any]]:
    yield from ROWS


TABLE = pa.Table.from_pylist(ROWS)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (ROWS, "list of 25 rows"),
        (tuple(ROWS), "tuple of 25 rows"),
        (generated(), "generator"),
        (pd.DataFrame(ROWS), "DataFrame (3 columns)"),
        (TABLE, "Table"),
        (pa.RecordBatchReader.from_batches(TABLE.schema, batches()), "RecordBatchReader"),
        (Dataset.from_list(ROWS), "Dataset (3 columns)"),
        (IterableDataset.from_generator(generated), "IterableDataset"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rows_of_every_kind_are_equal_to_what_they_were(notebook: Notebook, source: Any, name: str) -> None:
    assert stored(notebook, source) == of(ROWS)
    [made] = notebook.datasets()
    record = notebook._core.catalog.get(made.id)
    assert (record["source"]["kind"], record["source"]["name"], record["name"]) == ("memory", name, name)
    assert record["source"]["path"] is None


@pytest.mark.parametrize(
    "source",
    [
        iter(["a", "b", "c"]),
        np.array(["a", "b", "c"]),
        pd.Series(["a", "b", "c"]),
        pd.Series(["a", "b", "c"], name="body"),
        {"a": 1, "b": 2, "c": 3}.keys(),
    ],
    ids=["iterator", "numpy", "series", "named", "keys"],
)
def test_texts_of_every_kind(notebook: Notebook, source: Any) -> None:
    assert stored(notebook, source) == [(text, "train", None) for text in "abc"]


def test_splits_are_kept(notebook: Notebook) -> None:
    several = DatasetDict({"train": Dataset.from_list(ROWS[:9]), "mine": Dataset.from_list(ROWS[9:])})
    assert stored(notebook, several) == of(ROWS[:9]) + of(ROWS[9:], "mine")
    assert stored(notebook, Dataset.from_list(ROWS, split="test")) == of(ROWS, "test")
    streams = IterableDatasetDict({name: each.to_iterable_dataset() for name, each in several.items()})
    assert stored(notebook, streams) == of(ROWS[:9]) + of(ROWS[9:], "mine")
    assert {each.name for each in notebook.datasets()} == {
        "DatasetDict (2 splits)", "Dataset (3 columns)", "IterableDatasetDict (2 splits)",
    }  # fmt: skip


def test_splits_may_have_different_columns(notebook: Notebook) -> None:
    several = DatasetDict({"a": Dataset.from_list([{"body": "x", "n": 1}]), "b": Dataset.from_list([{"body": "y"}])})
    assert stored(notebook, several) == [("x", "a", {"n": 1}), ("y", "b", {"n": None})]
    clash = DatasetDict({"a": Dataset.from_list([{"body": "x"}]), "b": Dataset.from_list([{"body": [1]}])})
    refused(notebook, clash, "cannot be written as one table")


def test_a_selected_shuffled_or_formatted_dataset_comes_as_it_is_seen(notebook: Notebook) -> None:
    whole = Dataset.from_list(ROWS)
    for seen in (
        whole.select([7, 3, 3]),
        whole.shuffle(seed=1),
        whole.filter(lambda row: row["id"] % 2),
        whole.select(range(24, -1, -2)),
    ):
        expected = of([dict(row) for row in seen])
        assert stored(notebook, seen) == expected
        assert stored(notebook, seen.with_format("numpy", columns=["id"])) == expected


def test_a_chosen_column_of_a_frame_and_what_pandas_calls_missing(notebook: Notebook) -> None:
    frame = pd.DataFrame(
        {
            "title": ["t", "u", None, np.nan, pd.NA],
            "body": ["a", "b", "c", 5, b"bytes"],
            "n": [1.5, np.nan, np.inf, 2, 3],
            "day": pd.to_datetime(["2020-01-01", None, None, None, None]),
            "kind": pd.Categorical(["x", "y", None, "x", "x"]),
            7: [np.int64(1), (1, 2), {"a": np.float32(0.5)}, None, Path("p")],
        }
    )
    rows = stored(notebook, frame, columns="body")
    assert [text for text, _, _ in rows] == ["a", "b", "c", "bytes"]
    assert rows[0][2] == {"title": "t", "n": 1.5, "day": "2020-01-01 00:00:00", "kind": "x", "7": 1}
    assert rows[1][2] == {"title": "u", "n": None, "day": None, "kind": "y", "7": [1, 2]}
    assert rows[2][2] == {"title": None, "n": "Infinity", "day": None, "kind": None, "7": {"a": 0.5}}
    [made] = notebook.datasets()
    facts = notebook._core.catalog.get(made.id)["facts"]
    assert (facts["bad_rows"], facts["bad_examples"]) == (1, ["line 4: “body” is a number, not a text"])
    assert [text for text, _, _ in stored(notebook, frame, columns=["title", "body"], separator=" ")] == [
        "t a",
        "u b",
        "c",
        "bytes",
    ]


def test_conversations_come_from_memory_too(notebook: Notebook) -> None:
    rows = [{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}] * 3
    for source in (rows, Dataset.from_list(rows), pd.DataFrame(rows), TABLE.from_pylist(rows)):
        assert [text for text, _, _ in stored(notebook, source)] == ["user: q\n\nassistant: a"] * 3


def test_values_without_a_form_in_json(notebook: Notebook) -> None:
    row = {"text": "a", "b": b"caf\xc3\xa9", "n": np.float32(0.5), "l": np.arange(3), "nan": float("nan"), "p": Path("x")}
    assert stored(notebook, [row]) == [("a", "train", {"b": "café", "n": 0.5, "l": [0, 1, 2], "nan": "NaN", "p": "x"})]
    assert stored(notebook, [{"text": "half \ud800"}]) == [("half \ufffd", "train", None)]


def refused(notebook: Notebook, source: Any, match: str, **options: Any) -> None:
    before = there(notebook, "datasets"), len(notebook.jobs())
    with pytest.raises(MiStudioError, match=match) as caught:
        notebook.add_dataset(source, **options)
    assert caught.value.hint
    assert there(notebook, "uploads") == [], "nothing is left"
    assert (there(notebook, "datasets"), len(notebook.jobs())) == before


def test_what_cannot_be_added_says_so_and_leaves_nothing(notebook: Notebook) -> None:
    circle: dict[str, Any] = {"text": "a"}
    circle["again"] = circle
    for source, match in [
        ({"a": 1}, "A dict cannot be added"),
        (b"bytes", "A bytes cannot be added"),
        ({"a", "b"}, "A set cannot be added"),
        (7, "An int cannot be added"),
        (None, "A NoneType cannot be added"),
        ([3, None], "None of the items is a text or a row .* item 0 is an int"),
        ([circle], "Row 0 cannot be written as JSON"),
        ([{"text": "a", (1, 2): "b"}], "Row 0 cannot be written as JSON"),
        ([], "empty"),
        (pd.DataFrame([["a", "b"]], columns=["x", "x"]), "Two columns of the DataFrame are called “x”"),
        (Dataset.from_dict({"text": ["a"], "_split": ["b"]}), "has a column called “_split”"),
    ]:
        refused(notebook, source, match)
    refused(notebook, pd.DataFrame({"a": ["x"]}), "no parameter “column”", column="a")
    refused(notebook, [{"text": "a"}], "messages are in one column", rows="messages", columns=["a", "b"])


def test_a_hole_among_texts_is_a_bad_row(notebook: Notebook) -> None:
    for source in (["a", None, 3, "b", b"x"], [{"text": "a"}, None, object(), {"text": "b"}, [1]]):
        id = added(notebook, source)
        assert making.rows(notebook._core.folder(id) / "data")["text"] == ["a", "b"]
        facts = notebook._core.catalog.get(id)["facts"]
        assert (facts["samples"], facts["bad_rows"]) == (2, 3)
    with pytest.raises(MiStudioError, match=r"no usable text in list of 1 row\. 1 row was bad, such as line 1: "):
        added(notebook, [{"text": ""}], columns="text")


def test_frames_without_text_say_what_they_have(notebook: Notebook) -> None:
    for source in (pd.DataFrame({"n": [1]}), Dataset.from_dict({"n": [1]}), [{"n": 1}], pd.Series([1, 2], name="n")):
        with pytest.raises(MiStudioError, match=r"has no column with text\. It has: “n”"):
            added(notebook, source)
    with pytest.raises(MiStudioError, match=r"The column “n” of .* holds numbers, not text"):
        added(notebook, Dataset.from_dict({"n": [1], "text": ["a"]}), columns="n")
    with pytest.raises(MiStudioError, match="There is no usable text"):
        added(notebook, pa.table({"text": pa.array([], pa.string())}))


def test_through_a_lane_and_with_a_name_of_its_own(notebook: Notebook) -> None:
    made = notebook.add_dataset(pd.DataFrame(ROWS), name="mine", tags=["x"])
    rows = making.rows(notebook._core.folder(made.id) / "data")
    assert (made.name, made.tags, rows["text"]) == ("mine", ["x"], [row["body"] for row in ROWS])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_interrupted_on_the_way_nothing_is_left(notebook: Notebook, error: type[BaseException]) -> None:
    def rows() -> Iterator[str]:
        yield "a"
        raise error

    with pytest.raises(error):
        notebook.add_dataset(rows())
    assert there(notebook, "uploads") == there(notebook, "datasets") == notebook.datasets() == []


def test_what_is_generated_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    code = f"""
import resource, sys
from mistudio_ext.workspace.workspace import Workspace
from mistudio_ext.notebook import in_memory
core = Workspace.open({str(tmp_path / "w")!r})
def texts():
    for _ in range(200):
        yield "x" * 2**20
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with in_memory.handed_over(core, texts(), {{}}) as fields:
    assert core.folder(fields["upload"]).joinpath("content").stat().st_size > 200 * 2**20
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
assert grown < 50, grown
assert not {{"pandas", "datasets", "pyarrow", "numpy"}} & set(sys.modules)
"""
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
    )
