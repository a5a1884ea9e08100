"""Datasets made of datasets: cleaned, put in order, split; and what is left of them when they are interrupted."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import derive, deriving, jobs, live, shards
from mistudio_ext.datasets.arrange import sizes_of
from mistudio_ext.datasets.deriving_schema import (
    ArrangeDataset,
    ArrangeOptions,
    CleanDataset,
    CleaningPreview,
    CleanRules,
    PreviewCleaning,
)
from mistudio_ext.datasets.operations import get_dataset
from mistudio_ext.datasets.schema import Dataset
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.context import JobContext
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.jobs.schema import Started
from mistudio_ext.workspace import dependencies
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making
from tests.support.work import do_next, read

SPLITS = ("train", "test", "other")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many batches and many files, of few rows."""
    monkeypatch.setattr(derive, "BATCH_ROWS", 7)
    monkeypatch.setattr(shards, "SHARD_BYTES", 1500)


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, Any]]:
    chance = random.Random(0)
    words = ["<b>bold</b>", "plain", "two  blanks", "é", "e\u0301", "zero\u200bwidth", "lorem", "12"]
    return [
        {"text": " ".join(chance.choices(words, k=chance.randint(1, 6))), "split": SPLITS[chance.randrange(3)], "n": number}
        for number in range(300)
    ]


@pytest.fixture
def dataset(ws: Workspace, rows: list[dict[str, Any]], tmp_path: Path) -> str:
    return read_rows(ws, rows, tmp_path)


def read_rows(ws: Workspace, rows: list[dict[str, Any]], folder: Path) -> str:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    has_splits = "split" in rows[0]
    return read(ws, path=str(path), **({"split_column": "split"} if has_splits else {}))


def clean(ws: Workspace, id: str, **rules: object) -> Started:
    return deriving.clean_dataset(ws, id, checked(CleanDataset, rules))


def arrange(ws: Workspace, id: str, **options: object) -> Started:
    return deriving.arrange_dataset(ws, id, checked(ArrangeDataset, options))


def stored(ws: Workspace, id: str) -> dict[str, list[Any]]:
    return making.rows(ws.folder(id) / "data")


def done(ws: Workspace, started: Started) -> Dataset:
    job = do_next(ws, "cpu")
    assert job.state == "succeeded", job.error
    assert not list((ws.root / "jobs" / "scratch").iterdir())
    return get_dataset(ws, started.object)


def test_a_cleaned_dataset(ws: Workspace, dataset: str, rows: list[dict[str, Any]]) -> None:
    started = clean(ws, dataset, strip_html=True, collapse_blanks=True, drop_pattern="lorem", drop_duplicates=True)
    made = done(ws, started)
    expected, known, counts = [], set(), Counter()
    for row in rows:
        text = row["text"].replace("<b>", "").replace("</b>", "")
        counts["strip_html"] += text != row["text"]
        collapsed = " ".join(text.split())
        counts["collapse_blanks"] += collapsed != text
        counts["drop_pattern"] += "lorem" in collapsed
        if "lorem" in collapsed:
            continue
        counts["drop_duplicates"] += collapsed in known
        if collapsed not in known:
            known.add(collapsed)
            expected.append((collapsed, row["split"], row["n"]))
    columns = stored(ws, made.id)
    other = [json.loads(each)["n"] for each in columns["other"]]
    assert list(zip(columns["text"], columns["split"], other, strict=True)) == expected
    assert made.facts
    assert {each.rule: each.changed + each.dropped for each in made.facts.rules} == counts
    assert made.facts.splits == Counter(split for _, split, _ in expected)
    assert (made.facts.samples, made.facts.characters) == (len(expected), sum(len(text) for text, _, _ in expected))
    derived = made.source.derived
    assert derived
    assert (derived.dataset, derived.cleaned and derived.cleaned.drop_pattern) == (dataset, "lorem")
    assert made.name == "rows · cleaned"
    # The same text has the same fingerprint, wherever it came from.
    again = read_rows(ws, [{"text": text, "split": split, "n": n} for text, split, n in expected], ws.root)
    facts = get_dataset(ws, again).facts
    assert facts
    assert facts.fingerprint == made.facts.fingerprint


def test_conversations_keep_their_form(ws: Workspace, tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "<p>Hi</p>"}, {"role": "assistant", "content": "Hello"}]
    rows = [{"messages": turns, "n": 1}, {"messages": [{"role": "user", "content": "<br>"}], "n": 2}]
    id = read_rows(ws, rows, tmp_path)
    made = done(ws, clean(ws, id, strip_html=True))
    columns = stored(ws, made.id)
    assert [json.loads(each) for each in columns["messages"]] == [[turns[0] | {"content": "Hi"}, turns[1]]]
    assert columns["text"] == ["user: Hi\n\nassistant: Hello"]
    assert made.facts
    assert (made.facts.conversations, made.facts.rows) == (1, "messages")
    arranged = done(ws, arrange(ws, id))
    assert sorted(stored(ws, arranged.id)["messages"]) == sorted(stored(ws, id)["messages"])


def test_rules_that_leave_nothing(ws: Workspace, dataset: str) -> None:
    started = clean(ws, dataset, min_characters=1000)
    job = do_next(ws, "cpu")
    assert (job.state, job.error and job.error.message) == ("failed", "The rules drop every sample.")
    assert get_dataset(ws, started.object).state == "failed"


def test_what_is_refused_at_once(ws: Workspace, dataset: str) -> None:
    with pytest.raises(BadRequest, match="No rule"):
        clean(ws, dataset)
    with pytest.raises(BadRequest, match="pattern cannot be used") as caught:
        clean(ws, dataset, drop_pattern="(")
    assert caught.value.field == "drop_pattern"
    with pytest.raises(BadRequest, match="no split “nowhere”"):
        arrange(ws, dataset, only="nowhere")
    with pytest.raises(BadRequest, match="Nothing would be left"):
        arrange(ws, dataset, validation_share=0.5, test_share=0.5)
    waiting = clean(ws, dataset, strip_html=True).object
    with pytest.raises(Conflict, match="not ready"):
        arrange(ws, waiting)


def test_a_shuffled_dataset_has_the_same_samples(ws: Workspace, dataset: str) -> None:
    before, first = stored(ws, dataset), done(ws, arrange(ws, dataset, seed=3))
    after = stored(ws, first.id)
    assert after["text"] != before["text"]
    assert sorted(after["other"]) == sorted(before["other"])
    whole = dict(zip(before["other"], zip(before["text"], before["split"], strict=True), strict=True))
    assert [whole[each] for each in after["other"]] == list(zip(after["text"], after["split"], strict=True))
    assert stored(ws, done(ws, arrange(ws, dataset, seed=3)).id) == after
    assert stored(ws, done(ws, arrange(ws, dataset, seed=4)).id) != after
    # What a seed means is for ever: this was written down when it was made.
    assert [json.loads(each)["n"] for each in after["other"][:8]] == [186, 20, 166, 258, 225, 104, 280, 202]


def test_a_part_in_its_old_order(ws: Workspace, dataset: str, rows: list[dict[str, Any]]) -> None:
    made = done(ws, arrange(ws, dataset, only="test", shuffle=False, limit=20))
    assert stored(ws, made.id)["text"] == [row["text"] for row in rows if row["split"] == "test"][:20]
    assert made.facts
    assert made.facts.splits == {"test": 20}


def test_splits_have_exactly_their_shares(ws: Workspace, dataset: str) -> None:
    made = done(ws, arrange(ws, dataset, shuffle=False, validation_share=0.1, test_share=0.05))
    columns = stored(ws, made.id)
    assert Counter(columns["split"]) == {"train": 255, "validation": 30, "test": 15}
    assert made.facts
    assert made.facts.splits == Counter(columns["split"])
    assert columns["text"] == stored(ws, dataset)["text"]
    places = [number for number, split in enumerate(columns["split"]) if split == "validation"]
    assert max(places) - min(places) > 150, "at random places"


@pytest.mark.parametrize("samples", [1, 2, 3, 7, 10, 99, 1001, 10**8 + 1])
@pytest.mark.parametrize("shares", [["0.1", "0.2"], ["0.3", "0"], ["0.15", "0.15"], ["0.9", "0.05"], ["0.333", "0.333"]])
def test_shares_are_by_largest_remainder(samples: int, shares: list[str]) -> None:
    exact = [samples * Fraction(each) for each in shares]
    exact.insert(0, samples - sum(exact))
    whole = [int(each) for each in exact]
    ranked = sorted(range(3), key=lambda number: (whole[number] - exact[number], number))
    for number in ranked[: samples - sum(whole)]:
        whole[number] += 1
    assert sizes_of(samples, [float(each) for each in shares]) == whole


KINDS = [
    ("clean", {"strip_html": True, "drop_duplicates": True, "min_characters": 4}),
    ("arrange", {"seed": 1, "validation_share": 0.2}),
]


@pytest.mark.parametrize(("kind", "options"), KINDS)
@pytest.mark.parametrize("after", [2, 20, 35])
def test_a_pause_changes_nothing(ws: Workspace, dataset: str, kind: str, options: dict[str, Any], after: int) -> None:
    begin = {"clean": clean, "arrange": arrange}[kind]
    whole = done(ws, begin(ws, dataset, **options))
    started = begin(ws, dataset, **options)
    assert do_next(ws, "cpu", request="pause", after=after).state == "paused"
    assert get_dataset(ws, started.object).state == "working"
    resume_job(ws, str(started.job))
    made = done(ws, started)
    assert stored(ws, made.id) == stored(ws, whole.id)
    assert made.facts
    assert whole.facts
    # Only the files are cut elsewhere.
    assert made.facts.model_dump(exclude={"bytes"}) == whole.facts.model_dump(exclude={"bytes"})


class Crash(BaseException):
    """As sudden as the end of a process: nothing is saved on the way out."""


class Crashing(JobContext):
    def __init__(self, ws: Workspace, claimed: queue.Claimed, after: int):
        super().__init__(ws, claimed.id, claimed.attempt, claimed.object)
        self._after = after

    def progress(self, *arguments: object, **figures: object) -> None:
        self._after -= 1
        if self._after < 0:
            raise Crash
        super().progress(*arguments, **figures)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_crash_changes_nothing(ws: Workspace, dataset: str, kind: str, options: dict[str, Any]) -> None:
    begin = {"clean": clean, "arrange": arrange}[kind]
    whole = done(ws, begin(ws, dataset, **options))
    started = begin(ws, dataset, **options)
    claimed = queue.claim(ws, "cpu", "test", os.getpid())
    assert claimed
    function = getattr(jobs, kind)
    params = checked({"clean": CleanRules, "arrange": ArrangeOptions}[kind], claimed.params)
    for after in (3, 8, 12, 4):
        with pytest.raises(Crash):
            function(Crashing(ws, claimed, after), params)
    facts = function(Crashing(ws, claimed, 10**6), params)
    claimed.lock.release()
    assert whole.facts
    assert facts.model_dump(exclude={"bytes"}) == whole.facts.model_dump(exclude={"bytes"})
    assert stored(ws, started.object) == stored(ws, whole.id)
    assert not making.leftovers(ws.folder(started.object) / "data")


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_cancel_leaves_nothing(ws: Workspace, dataset: str, kind: str, options: dict[str, Any]) -> None:
    started = {"clean": clean, "arrange": arrange}[kind](ws, dataset, **options)
    assert do_next(ws, "cpu", request="cancel", after=10).state == "cancelled"
    assert get_dataset(ws, started.object).state == "failed"
    assert not (ws.folder(started.object) / "data").exists()
    assert not list((ws.root / "jobs" / "scratch").iterdir())


def test_a_source_that_was_deleted_meanwhile_is_a_sentence(ws: Workspace, dataset: str) -> None:
    started = clean(ws, dataset, strip_html=True)
    assert "in use" in _refusal(ws, dataset)
    ws.catalog.remove([dataset])
    job = do_next(ws, "cpu")
    assert job.error
    assert "was deleted" in job.error.message
    assert get_dataset(ws, started.object).state == "failed"


def _refusal(ws: Workspace, id: str) -> str:
    with pytest.raises(Conflict) as caught:
        dependencies.delete(ws, id)
    return caught.value.message


def preview(ws: Workspace, id: str, **params: object) -> CleaningPreview:
    request = deriving.preview_cleaning(ws, id, checked(PreviewCleaning, params))
    return live.preview_cleaning(**request.params)


def test_a_preview_shows_what_cleaning_would_do(ws: Workspace, dataset: str) -> None:
    rules = {"strip_html": True, "collapse_blanks": True, "drop_pattern": "lorem"}
    shown = preview(ws, dataset, samples=2000, shown=100, **rules)
    made = done(ws, clean(ws, dataset, **rules))
    assert made.facts
    assert shown.rules == made.facts.rules
    assert (shown.looked_at, shown.looked_at - shown.dropped) == (300, made.facts.samples)
    texts = stored(ws, dataset)["text"]
    assert len(shown.samples) == 100
    for each in shown.samples:
        assert texts[each.row].startswith(each.before)
        assert (each.after is None) == ("lorem" in texts[each.row])
        assert each.after is None or each.after == " ".join(texts[each.row].replace("<b>", "").replace("</b>", "").split())
    few = preview(ws, dataset, samples=5, strip_html=True)
    assert few.looked_at == 5
    with pytest.raises(BadRequest, match="No rule"):
        preview(ws, dataset)
    with pytest.raises(BadRequest, match="pattern cannot be used"):
        preview(ws, dataset, drop_pattern="[")


def test_a_preview_shows_the_place_of_the_first_change(ws: Workspace) -> None:
    id = read(ws, texts=["a" * 5000 + "<b>x</b>" + "b" * 5000, "\u202e" + "c" * 100])
    found = preview(ws, id, strip_html=True, strip_control=True)
    first, second = found.samples
    assert first.before.startswith("…" + "a" * 60 + "<b>x</b>bb")
    assert first.after
    assert first.after.startswith("…" + "a" * 60 + "xbb")
    assert len(first.before) < 1000
    assert (second.before, second.after, second.rules) == ("\u202e" + "c" * 100, "c" * 100, ["strip_control"])


def test_a_dataset_of_old_has_no_messages(ws: Workspace, dataset: str) -> None:
    """As versions before conversations wrote it."""
    data = ws.folder(dataset) / "data"
    expected = stored(ws, dataset)["text"]
    for file in data.glob("*.arrow"):
        table = pa.ipc.open_stream(file.read_bytes()).read_all().drop_columns(["messages"])
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    assert stored(ws, done(ws, clean(ws, dataset, strip_control=True)).id)["messages"] == [None] * 300
    assert stored(ws, done(ws, arrange(ws, dataset, shuffle=False)).id)["text"] == expected
