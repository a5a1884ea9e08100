"""Which columns hold the text, and what of each row becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets.operations import add_dataset, get_dataset
from mistudio_ext.datasets.reading_schema import ReadOptions
from mistudio_ext.datasets.schema import AddDataset
from mistudio_ext.workspace.workspace import Workspace
from tests.datasets.test_formats import of
from tests.support import written
from tests.support.hostile import HOSTILE
from tests.support.work import do_next


@pytest.mark.parametrize("form", [".jsonl", ".json", ".csv", ".parquet", ".arrow"])
@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"title": "t", "text": "b"}, "b"),
        ({"body": "b", "n": 3}, "b"),
        ({"id": "17", "score": "1e5", "body": "b"}, "b"),
        ({"only": "b"}, "b"),
    ],
)
def test_the_column_that_is_found(tmp_path: Path, form: str, row: Any, text: str) -> None:
    (found,) = of(tmp_path, f"a{form}", written.FORMS[form]([row]))
    assert (found.text, found.problem) == (text, None)


@pytest.mark.parametrize("form", [".jsonl", ".json", ".csv", ".parquet", ".arrow"])
def test_more_than_one_are_named_and_none_is_chosen(tmp_path: Path, form: str) -> None:
    with pytest.raises(BadRequest) as caught:
        of(tmp_path, f"a{form}", written.FORMS[form]([{"title": "t", "body": "b", "n": 1}]))
    assert (caught.value.field, caught.value.code) == ("columns", "no_column")
    assert caught.value.message == f"a{form} has no column “text”, but 2 others with text: “title”, “body”."


@pytest.mark.parametrize("form", [".jsonl", ".parquet"])
def test_no_text_at_all_says_what_there_is(tmp_path: Path, form: str) -> None:
    with pytest.raises(BadRequest) as caught:
        of(tmp_path, f"a{form}", written.FORMS[form]([{"n": 1, "tags": ["x"]}]))
    assert str(caught.value) == f"a{form} has no column with text. It has: “n”, “tags”."


@pytest.mark.parametrize("form", [".csv", ".parquet", ".arrow"])
def test_a_column_that_is_not_there_is_refused_where_the_file_says_so(tmp_path: Path, form: str) -> None:
    for field, options in {"columns": {"columns": ["b", "text"]}, "split_column": {"split_column": "b"}}.items():
        with pytest.raises(BadRequest, match="has no column “b”") as caught:
            of(tmp_path, f"a{form}", written.FORMS[form]([{"text": "t"}]), **options)
        assert caught.value.field == field
    for rows in ("messages", "sharegpt", "alpaca"):
        with pytest.raises(BadRequest) as caught:
            of(tmp_path, f"a{form}", written.FORMS[form]([{"text": "t"}]), rows=rows)
        assert caught.value.field == "rows"


@pytest.mark.parametrize(("value", "many"), [(3, "numbers"), (True, "true and false"), (["a"], "lists"), ({"a": 1}, "objects")])
def test_a_column_of_another_kind_is_refused(tmp_path: Path, value: Any, many: str) -> None:
    for name in ("text", "body"):
        with pytest.raises(BadRequest, match=f"The column “{name}” of a.parquet holds {many}, not text"):
            of(tmp_path, "a.parquet", written.parquet([{name: value}]), columns=[name])


@pytest.mark.parametrize("form", [".jsonl", ".csv", ".parquet"])
def test_several_are_joined_in_the_order_given(tmp_path: Path, form: str) -> None:
    rows = [
        {"n": "1", "title": "T", "body": "B"},
        {"n": "2", "title": None, "body": "B"},
        {"n": "3", "title": "T", "body": None},
        {"n": "4", "title": None, "body": None},
        {"n": "5", "title": " ", "body": ""},
    ]
    found = of(tmp_path, f"a{form}", written.FORMS[form](rows), columns=["body", "title"], separator=" | ")
    assert [row.text for row in found] == ["B | T", "B", "T", "", ""]
    assert [row.problem for row in found] == [None] * 3 + ["“body”, “title” are empty"] * 2
    assert [json.loads(row.other or "null") for row in found[:3]] == [{"n": "1"}, {"n": "2"}, {"n": "3"}]


def test_one_of_several_may_be_absent_but_not_of_another_kind(tmp_path: Path) -> None:
    rows = [{"a": "A"}, {"b": "B"}, {"a": "A", "b": 3}, {"c": "C"}]
    found = of(tmp_path, "a.jsonl", written.jsonl(rows), columns=["a", "b"])
    assert [row.text for row in found] == ["A", "B", "", ""]
    assert [row.problem for row in found] == [None, None, "“b” is a number, not a text", "“a”, “b” are empty"]


def test_the_first_rows_decide_together(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"body": None, "n": 1}, {"n": 2}, {"body": "b", "n": 3}]
    assert [row.text for row in of(tmp_path, "a.jsonl", b"{broken\n" + written.jsonl(rows))] == ["", "", "", "b"]


def test_hostile_names_of_columns_are_shown_as_text(tmp_path: Path) -> None:
    rows = [dict.fromkeys(HOSTILE, "x")]
    with pytest.raises(BadRequest) as caught:
        of(tmp_path, "a.jsonl", written.jsonl(rows))
    assert len(str(caught.value)) < 1500
    (row,) = of(tmp_path, "a.jsonl", written.jsonl(rows), columns=[HOSTILE[0], HOSTILE[4]], separator="+")
    assert row.text == "x+x"
    assert set(json.loads(row.other or "")) == set(HOSTILE) - {HOSTILE[0], HOSTILE[4]}
    (row,) = of(tmp_path, "b.jsonl", b'{"\\ud800": "x", "\\udfff": "y", "text": "t"}')
    assert (row.text, row.repaired) == ("t", True)
    with pytest.raises(BadRequest, match="has no column with text"):
        of(tmp_path, "c.jsonl", b'{"\\ud800": "half a name is no name"}')
    (row,) = of(tmp_path, "d.csv", b"caf\xe9\nx\n")
    assert row.text == "x"
    (row,) = of(tmp_path, "d.csv", b"caf\xe9\nx\n", columns=["caf\ufffd"])
    assert row.text == "x"


@pytest.mark.parametrize("columns", [[], [""], ["\ud800"], "a\udfff", ["a", "a"], ["x" * 201], ["a"] * 51, 7, [7], {"a": 1}])
def test_columns_that_cannot_be_are_refused(columns: Any) -> None:
    with pytest.raises(BadRequest, match="columns"):
        checked(ReadOptions, {"columns": columns})


def test_one_column_may_be_given_alone() -> None:
    assert checked(ReadOptions, {"columns": "body"}).columns == ["body"]


def test_what_was_found_is_remembered_with_the_dataset(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(written.table([{"part": "x", "title": "T", "body": "B"}]))
    started = add_dataset(ws, checked(AddDataset, {"path": str(path), "columns": ["title", "body"], "split_column": "part"}))
    assert do_next(ws, "io").state == "succeeded"
    dataset = get_dataset(ws, started.object)
    assert dataset.facts is not None
    assert (dataset.facts.columns, dataset.facts.rows, dataset.facts.splits) == (["title", "body"], "text", {"x": 1})
    assert dataset.source.reading is not None
    assert (dataset.source.reading.columns, dataset.source.reading.split_column) == (["title", "body"], "part")
