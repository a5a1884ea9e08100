"""The tokenizing job against a reference in plain Python; interrupted, failed, retried."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mistudio_ext.contract.errors import Unreadable
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets import shards, tokenize
from mistudio_ext.datasets.pack import held_out
from mistudio_ext.datasets.samples import list_shards
from mistudio_ext.datasets.tokenizations import delete_tokenization, get_tokenization, tokenize_dataset
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.datasets.tokenizing_schema import TokenizationFacts, TokenizeDataset
from mistudio_ext.jobs.control import cancel_job, resume_job, retry_job
from mistudio_ext.jobs.log import read_log
from mistudio_ext.jobs.schema import ReadLog
from mistudio_ext.workspace.schema import DeleteObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support.tokenizer import SENTENCES, make_tokenizer
from tests.support.work import do_next, read, tokenized


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few hundred samples are many batches, saves and files."""
    monkeypatch.setattr(reading, "BATCH_ROWS", 17)
    monkeypatch.setattr(tokenize, "SAVE_EVERY", 4)
    monkeypatch.setattr(shards, "SHARD_BYTES", 4000)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("begin") / "begin", adds_begin=True)


def some_texts(count: int, seed: int = 0) -> list[str]:
    chance = random.Random(seed)
    words = [*" ".join(SENTENCES).split(), "日本", "</s>", "\n"]
    return ["a " + " ".join(chance.choices(words, k=chance.choice([0, 1, 5, 40]))) for _ in range(count)]


def rows_of(ws: Workspace, id: str) -> list[dict[str, Any]]:
    """The blocks as others read them."""
    import datasets

    folder = ws.folder_of(ws.catalog.get(id)) / "blocks"
    return [row for file, _ in list_shards(folder) for row in datasets.Dataset.from_file(str(file)).to_list()]


def reference(texts: list[str], folder: Path, length: int, begin: int | None, share: float) -> dict[str, Any]:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(folder))
    apart = held_out(np.arange(len(texts)), share)
    blocks: dict[bool, list[list[int]]] = {}
    members: dict[bool, list[set[int]]] = {}
    left = 0
    for kept in (False, True):
        stream = [
            (id, row)
            for row, text in enumerate(texts)
            if apart[row] == kept
            for id in [*theirs(text, add_special_tokens=False)["input_ids"], theirs.eos_token_id]
        ]
        first = [] if begin is None else [begin]
        room = length - len(first)
        cuts = [stream[at : at + room] for at in range(0, len(stream) - room + 1, room)]
        blocks[kept] = [[*first, *(id for id, _ in cut)] for cut in cuts]
        members[kept] = [{row for _, row in cut} for cut in cuts]
        left += len(stream) - room * len(cuts)
    return {"blocks": blocks, "members": members, "left": left, "vocabulary": len(theirs)}


@pytest.mark.parametrize(
    ("adds_begin", "special", "length", "share"),
    [
        (False, True, 32, 0.05),
        (True, True, 32, 0.3),
        (True, False, 32, 0.3),
        (True, True, 2, 0.1),
        (False, True, 1, 0.0),
        (False, True, 500, 0.5),
    ],
)
def test_blocks_and_facts_are_the_references(
    ws: Workspace, tokenizer_folder: Path, beginning: Path, adds_begin: bool, special: bool, length: int, share: float
) -> None:
    folder = beginning if adds_begin else tokenizer_folder
    texts = some_texts(300)
    options = {"max_length": length, "special_tokens": special, "eval_share": share}
    id = tokenized(ws, read(ws, texts=texts), folder, **options)
    expected = reference(texts, folder, length, 0 if adds_begin and special else None, share)
    rows = rows_of(ws, id)
    for kept in (False, True):
        mine = [row for row in rows if row["held_out"] == kept]
        assert [row["input_ids"] for row in mine] == expected["blocks"][kept]
        assert [set(row["samples"]) for row in mine] == expected["members"][kept]
    seen = {kept: set().union(*expected["members"][kept]) for kept in (False, True)}
    assert not seen[False] & seen[True]
    facts = get_tokenization(ws, id).facts
    count = len(rows)
    assert facts is not None
    assert facts.model_dump(exclude={"bytes", "warnings"}) == {
        "blocks": count,
        "tokens": count * length,
        "held_out_blocks": len(expected["blocks"][True]),
        "samples": len(seen[False]) + len(seen[True]),
        "held_out_samples": len(seen[True]),
        "dropped_tokens": expected["left"],
        "padding_tokens": 0,
        "truncated_samples": 0,
        "bad_samples": 0,
        "longest": length,
        "pad_id": None,
        "largest_id": max(id for blocks in expected["blocks"].values() for block in blocks for id in block),
        "vocabulary": expected["vocabulary"],
    }
    assert facts.bytes > 0
    assert all((row["first"], row["length"]) == (0, length) for row in rows)
    assert not {"attention_mask", "roles"} & {name for row in rows for name in row}


def test_every_token_is_found_in_its_sample(ws: Workspace, beginning: Path) -> None:
    texts = some_texts(120)
    id = tokenized(ws, read(ws, texts=texts), beginning, max_length=16, eval_share=0.2)
    own = Tokenizer(ws.folder_of(ws.catalog.get(id)) / "tokenizer")
    tokens = [[*own.encode_one(text, special_tokens=False), own.end] for text in texts]
    found = 0
    for row in rows_of(ws, id):
        assert row["input_ids"][0] == own.begin
        assert row["starts"][0] == 1
        edges = [*row["starts"], 16]
        for sample, offset, (start, stop) in zip(row["samples"], row["offsets"], itertools.pairwise(edges), strict=True):
            assert row["input_ids"][start:stop] == tokens[sample][offset : offset + stop - start]
            found += stop - start
    facts = get_tokenization(ws, id).facts
    assert facts is not None
    assert found + facts.dropped_tokens == sum(map(len, tokens))


def outcome(ws: Workspace, id: str) -> tuple[list[dict[str, Any]], TokenizationFacts]:
    facts = get_tokenization(ws, id).facts
    assert facts is not None
    return rows_of(ws, id), facts.model_copy(update={"bytes": 0})


def test_interrupted_anywhere_the_result_is_the_same(ws: Workspace, beginning: Path) -> None:
    dataset = read(ws, texts=some_texts(400, seed=3))
    whole = outcome(ws, tokenized(ws, dataset, beginning, max_length=24, eval_share=0.2))
    delete_tokenization(ws, ws.catalog.all("tokenizations")[0]["id"], DeleteObject())
    started = tokenize_dataset(ws, dataset, options(beginning, max_length=24, eval_share=0.2))
    rounds = 0
    while (job := do_next(ws, "cpu", request="pause", after=2 + rounds % 3)).state == "paused":
        assert get_tokenization(ws, started.object).state == "working"
        resume_job(ws, job.id)
        rounds += 1
    assert job.state == "succeeded"
    assert rounds >= 5
    assert outcome(ws, started.object) == whole
    assert not ws.scratch(job.id).exists()


def test_what_was_not_saved_is_done_again(ws: Workspace, beginning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane that dies between two saves: what the index does not name does not count."""
    dataset = read(ws, texts=some_texts(400, seed=4))
    whole = outcome(ws, tokenized(ws, dataset, beginning, max_length=24))
    delete_tokenization(ws, ws.catalog.all("tokenizations")[0]["id"], DeleteObject())
    started = tokenize_dataset(ws, dataset, options(beginning, max_length=24))
    job = do_next(ws, "cpu", request="pause", after=7)
    folder = ws.scratch(job.id) / "blocks"
    saved = json.loads((folder / "index.json").read_text())
    (folder / f"{len(saved['shards']):05d}.arrow").write_bytes(b"half of a file that the index does not know")
    resume_job(ws, job.id)
    assert do_next(ws, "cpu").state == "succeeded"
    assert outcome(ws, started.object) == whole


def test_a_crash_after_publishing_is_no_loss(ws: Workspace, tokenizer_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = read(ws, texts=some_texts(100))
    started = tokenize_dataset(ws, dataset, options(tokenizer_folder))
    with monkeypatch.context() as broken:
        broken.setattr(tokenize, "_facts", lambda *_: (_ for _ in ()).throw(RuntimeError("killed here")))
        assert do_next(ws, "cpu").state == "failed"
    retry_job(ws, get_tokenization(ws, started.object).job.id)  # type: ignore[union-attr]
    assert do_next(ws, "cpu").state == "succeeded"
    assert rows_of(ws, started.object)


def options(folder: Path, **values: object) -> TokenizeDataset:
    return checked(TokenizeDataset, {"tokenizer": str(folder), "max_length": 16} | values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"max_length": 8192}, "do not fill one block of 8,192"),
        ({"max_length": 1}, "the begin token alone"),
    ],
)
def test_what_cannot_be_packed_says_so_and_leaves_nothing(ws: Workspace, beginning: Path, values: Any, message: str) -> None:
    dataset = read(ws, texts=["a short text", "and another"])
    started = tokenize_dataset(ws, dataset, options(beginning, **values))
    job = do_next(ws, "cpu")
    assert job.state == "failed"
    assert job.error is not None
    assert message in job.error.message
    assert job.error.error.field == "max_length"
    record = get_tokenization(ws, started.object)
    assert record.state == "failed"
    assert message in (record.reason or "")
    assert not ws.scratch(job.id).exists()
    retry_job(ws, job.id)
    assert do_next(ws, "cpu").state == "failed"
    folder = ws.folder_of(ws.catalog.get(started.object))
    assert {path.name for path in folder.iterdir()} == {"tokenizer"}
    delete_tokenization(ws, started.object, DeleteObject())
    assert not folder.exists()


def test_a_broken_tokenizer_fails_with_its_sentence(ws: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tokenizer_folder, broken)
    (broken / "tokenizer.json").write_text((broken / "tokenizer.json").read_text()[:500])
    tokenize_dataset(ws, read(ws, texts=["a"]), options(broken))
    job = do_next(ws, "cpu")
    assert job.error is not None
    assert job.error.error.code == Unreadable.code


def test_no_end_token_and_no_held_out_block_are_said(ws: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(tokenizer_folder / "tokenizer.json", bare)
    dataset = read(ws, texts=["one two three"] * 5)
    id = tokenized(ws, dataset, bare, max_length=4)
    assert "</s>" not in {own for row in rows_of(ws, id) for own in row["input_ids"]}
    log = " ".join(line.text for line in read_log(ws, get_tokenization(ws, id).job.id, ReadLog()).lines)  # type: ignore[union-attr]
    assert "no end token" in log
    assert "nothing to evaluate on" in log
    facts = get_tokenization(ws, id).facts
    assert facts
    assert [each in log for each in facts.warnings] == [True, True]


def test_long_rows_that_nothing_cuts_are_warned_of(ws: Workspace, tokenizer_folder: Path) -> None:
    dataset = read(ws, texts=["one two three " * 20, "one"])
    for length, warned in ((4, True), (1000, False)):
        id = tokenized(ws, dataset, tokenizer_folder, layout="rows", truncation="none", max_length=length, eval_share=0)
        facts = get_tokenization(ws, id).facts
        assert facts
        assert bool(facts.warnings) == warned
        assert not warned or f"{facts.longest:,} tokens" in facts.warnings[0]
        delete_tokenization(ws, id, DeleteObject())


def test_a_second_text_that_no_sample_has(ws: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a", "topic": "b", "number": 3}\n' * 4)
    dataset = read(ws, path=str(path), columns=["text"])
    tokenize_dataset(ws, dataset, options(tokenizer_folder, layout="rows", second="topics"))
    error = do_next(ws, "cpu").error
    assert error
    assert error.message == "None of the 4 samples could be tokenized. The first one: it has no text in “topics”."
    assert error.error.hint == "The samples have: “topic”. Name one of these, or leave the second text out."


def test_names_tell_tokenizations_of_one_dataset_apart(ws: Workspace, tokenizer_folder: Path) -> None:
    dataset = read(ws, texts=["one two three"] * 5)
    chosen: list[dict[str, Any]] = [
        {}, {"special_tokens": False}, {"eval_share": 0.1}, {"layout": "rows"}, {"layout": "rows", "padding": "longest"},
        {"layout": "rows", "padding": "max_length"}, {"layout": "rows", "truncation": "none"}, {"layout": "rows", "stride": 0},
        {"layout": "rows", "stride": 2}, {"layout": "rows", "second": "topic"}, {"layout": "rows", "second": "x" * 200},
        {"layout": "rows", "second": "topic", "truncation": "only_second"}, {"layout": "rows", "attention_mask": False},
        {"layout": "rows", "second": "topic", "truncation": "only_first"},
    ]  # fmt: skip
    made = [tokenize_dataset(ws, dataset, options(tokenizer_folder, max_length=4, **each)).object for each in chosen]
    names = [get_tokenization(ws, each).name for each in made]
    assert len(set(names)) == len(chosen)
    assert max(map(len, names)) <= 200
    assert names[0] == f"{tokenizer_folder.name} · 4 · packed"


def test_a_cancelled_one_may_be_made_again(ws: Workspace, tokenizer_folder: Path) -> None:
    dataset = read(ws, texts=some_texts(200))
    first = tokenize_dataset(ws, dataset, options(tokenizer_folder))
    job = do_next(ws, "cpu", request="cancel", after=3)
    assert job.state == "cancelled"
    assert not ws.scratch(job.id).exists()
    second = tokenize_dataset(ws, dataset, options(tokenizer_folder))
    assert second.object != first.object
    assert do_next(ws, "cpu").state == "succeeded"
    paused = tokenize_dataset(ws, dataset, options(tokenizer_folder, max_length=8))
    do_next(ws, "cpu", request="pause", after=3)
    assert tokenize_dataset(ws, dataset, options(tokenizer_folder, max_length=8)) == paused
    cancel_job(ws, paused.job or "")
    assert tokenize_dataset(ws, dataset, options(tokenizer_folder, max_length=8)).object != paused.object


def test_tokens_are_written_down_for_those_without_the_tokenizer(ws: Workspace, tokenizer_folder: Path) -> None:
    id = tokenized(ws, read(ws, texts=some_texts(50)), tokenizer_folder, max_length=16)
    strings = json.loads((ws.folder_of(ws.catalog.get(id)) / "tokens.json").read_text())
    assert strings == {str(id): token for id, token in Tokenizer(tokenizer_folder).strings.items()}
