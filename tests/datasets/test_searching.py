"""Searching in texts and choosing a split: against a look at every row."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest

from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets import searching, shards
from mistudio_ext.datasets.samples import get_sample, list_shards, read_samples
from mistudio_ext.datasets.schema import ReadSamples, SampleHead
from mistudio_ext.datasets.searching import snippet
from mistudio_ext.workspace.workspace import Workspace
from tests.support.work import read

WORDS = ["École", "ÉCOLE", "école", "a.b", "aXb", "(x|y)*", "σίσυφος", "ΣΊΣΥΦΟΣ", "日本語", "x\x00y", "<b>", "\\d", "%_"]
ROWS = [
    {"text": " ".join(random.Random(number).choices(WORDS, k=4)), "split": "test" if number % 7 == 0 else "train", "n": number}
    for number in range(400)
]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 10)
    monkeypatch.setattr(shards, "SHARD_BYTES", 1000)
    monkeypatch.setattr(searching, "STEP", 4)
    monkeypatch.setattr(searching, "ENOUGH_SECONDS", 60.0)


@pytest.fixture
def dataset(ws: Workspace, tmp_path: Path) -> str:
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return read(ws, path=str(tmp_path / "rows.jsonl"), columns=["text"], split_column="split")


def found(ws: Workspace, id: str, **params: object) -> tuple[list[SampleHead], int]:
    """All hits, page after page, and how many rows were looked through in all."""
    heads: list[SampleHead] = []
    row: int | None = 0
    looked = 0
    while row is not None:
        page = read_samples(ws, id, ReadSamples.model_validate(params | {"offset": row}))
        heads += page.samples
        assert page.next is None or page.next > row
        looked += page.looked_through
        row = page.next
    return heads, looked


SEARCHES = ["école", "A.B", "axb", "(X|y)*", "ΣΊΣΥΦΟΣ", "本", "x\x00y", "<B>", "\\D", "%_", "b (x", "no"]


def test_every_hit_is_found_once(ws: Workspace, dataset: str) -> None:
    for search, split, limit in [*product(SEARCHES, [None], [13]), *product(["école", "no"], [None, "test"], [1, 500])]:
        heads, looked = found(ws, dataset, search=search, split=split, limit=limit)
        fits = [row for row in ROWS if search.lower() in str(row["text"]).lower() and split in (None, row["split"])]
        assert [(each.row, each.text, each.split) for each in heads] == [(row["n"], row["text"], row["split"]) for row in fits]
        assert looked == len(ROWS)


def test_a_split(ws: Workspace, dataset: str) -> None:
    fits = [(row["n"], str(row["text"])[:5], len(str(row["text"]))) for row in ROWS if row["split"] == "test"]
    for limit in (1, 10, 500):
        heads, _ = found(ws, dataset, split="test", limit=limit, characters=5)
        assert [(each.row, each.text, each.length) for each in heads] == fits
    assert read_samples(ws, dataset, ReadSamples(split="test")).total == len(fits)
    behind = read_samples(ws, dataset, ReadSamples(split="test", offset=len(ROWS)))
    assert (behind.samples, behind.total, behind.next) == ([], len(fits), None)


def test_an_answer_looks_through_so_much_and_says_where_to_go_on(
    ws: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "ENOUGH_BYTES", 1)
    page = read_samples(ws, dataset, ReadSamples(search="nowhere"))
    assert (page.samples, page.next, page.looked_through, page.total) == ([], 4, 4, 400)
    assert found(ws, dataset, search="nowhere") == ([], 400)
    monkeypatch.setattr(searching, "ENOUGH_SECONDS", 0.0)
    assert read_samples(ws, dataset, ReadSamples(split="test", offset=1)).next == 5


def test_pages_say_where_to_go_on(ws: Workspace, dataset: str) -> None:
    assert found(ws, dataset, limit=150)[1] == 400
    page = read_samples(ws, dataset, ReadSamples(offset=395))
    assert (len(page.samples), page.next, page.total) == (5, None, 400)
    assert read_samples(ws, dataset, ReadSamples(offset=400, search="e")).next is None


def test_the_place_around_a_hit(ws: Workspace) -> None:
    places = (0, 3, 50, 5000)
    id = read(ws, texts=["é" * at + "NEEDLE" + "語" * 5000 for at in places])
    for characters in (1, 4, 20, 400):
        heads = read_samples(ws, id, ReadSamples(search="needle", characters=characters)).samples
        for at, head in zip(places, heads, strict=True):
            assert head.length == at + 5006
            assert len(head.text) <= characters
            assert "NEEDLE" in head.text or characters < 20
            assert head.text.startswith("é" * min(at, characters) if at <= characters // 4 else "…")
            assert "\ufffd" not in head.text


def test_a_snippet_is_cut_between_characters() -> None:
    text = "aé語😀" * 50
    for characters in range(1, 30):
        for start in range(len(text)):
            byte = len(text[:start].encode())
            cut = snippet(text.encode(), byte, characters)
            assert len(cut) <= characters
            assert cut.removeprefix("…") in text


def test_a_sample_says_all_of_itself(ws: Workspace, tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Hi\u202e"}, {"role": "assistant", "content": "<b>Hello</b>"}]
    (tmp_path / "chat.jsonl").write_text(json.dumps({"messages": turns, "n": 3}))
    id = read(ws, path=str(tmp_path / "chat.jsonl"))
    sample = get_sample(ws, id, "0")
    assert (sample.id, sample.other) == (f"{id}/0", {"n": 3})
    assert sample.messages
    assert [each.model_dump() for each in sample.messages] == turns
    assert read_samples(ws, id, ReadSamples(search="hello</B>")).samples[0].row == 0


def test_a_dataset_of_old_reads(ws: Workspace, dataset: str) -> None:
    """As versions before conversations wrote it."""
    for file, _ in list_shards(ws.folder(dataset) / "data"):
        table = pa.ipc.open_stream(file.read_bytes()).read_all().drop_columns(["messages"])
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    assert get_sample(ws, dataset, "3").messages is None
    assert len(found(ws, dataset, search="école")[0]) > 100
