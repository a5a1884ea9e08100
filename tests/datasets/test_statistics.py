"""Statistics of a tokenization: each number against a count in plain Python over what `transformers` itself makes."""

from __future__ import annotations

import json
import random
import statistics as library
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mistudio_ext.contract.errors import Conflict
from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets import shards, tokenize
from mistudio_ext.datasets.count import lengths_of
from mistudio_ext.datasets.pack import held_out
from mistudio_ext.datasets.statistics_schema import Statistics
from mistudio_ext.datasets.tokenizations import compute_statistics, get_statistics, get_tokenization
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making
from tests.support.templates import CONVERSATIONS, make_chat_tokenizer, messages
from tests.support.tokenizer import SENTENCES, make_spaced_tokenizer, make_tokenizer, make_word_tokenizer
from tests.support.work import do_next, read, tokenized

SPLITS = ("train", "test")
SHARE = 0.3


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 7)
    monkeypatch.setattr(tokenize, "SAVE_EVERY", 3)
    monkeypatch.setattr(shards, "SHARD_BYTES", 4000)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("tokenizers")
    left = make_word_tokenizer(root / "left")
    config = left / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"truncation_side": "left", "padding_side": "left"}))
    return {
        "plain": make_tokenizer(root / "plain"),
        "begins": make_tokenizer(root / "begins", adds_begin=True),
        "spaced": make_spaced_tokenizer(root / "spaced"),
        "words": make_word_tokenizer(root / "words"),
        "left": left,
        "chat": make_chat_tokenizer(root / "chat", "headers"),
    }


ROWS = [
    {
        "text": " ".join(random.Random(number).choices(" ".join(SENTENCES).split(), k=1 + number * 7 % 23)),
        "second": " ".join(random.Random(-number).choices(["the", "rain", "storm"], k=1 + number % 4)),
        "split": SPLITS[number % 3 == 0],
    }
    for number in range(60)
]


@pytest.fixture
def dataset(ws: Workspace, tmp_path: Path) -> str:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)))
    return read(ws, path=str(path), columns=["text"], split_column="split")


def counted(ws: Workspace, id: str) -> Statistics:
    compute_statistics(ws, id)
    job = do_next(ws, "cpu")
    assert job.state == "succeeded", job.error
    found = get_statistics(ws, id)
    assert get_tokenization(ws, id).statistics == found.computed
    return found


def theirs_of(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(folder))


def check(ws: Workspace, id: str, found: Statistics, lengths: dict[int, int], splits: list[str]) -> None:
    """`lengths` of the samples that have a token, counted elsewhere."""
    columns = making.rows(ws.folder_of(ws.catalog.get(id)) / "blocks")
    cells = zip(columns["input_ids"], columns["first"], columns["length"], strict=True)
    tokens = Counter(id for ids, first, length in cells for id in ids[first : first + length])
    facts = get_tokenization(ws, id).facts
    assert facts
    assert found.tokens == tokens.total() == facts.tokens
    assert found.samples == len(lengths)
    assert facts.samples == len({row for rows in columns["samples"] for row in rows})
    assert (found.unique_tokens, found.vocabulary) == (len(tokens), facts.vocabulary)
    assert found.vocabulary_share == len(tokens) / found.vocabulary
    assert [(each.piece.id, each.count) for each in found.top_tokens] == sorted(
        tokens.items(), key=lambda each: (-each[1], each[0])
    )[:50]
    assert all(each.share == each.count / found.tokens for each in found.top_tokens)
    assert all(each.piece.token for each in found.top_tokens)
    values = list(lengths.values())
    assert found.lengths.mean == pytest.approx(library.fmean(values), rel=1e-15)
    assert (found.lengths.min, found.lengths.median, found.lengths.max) == (min(values), library.median(values), max(values))
    edges, counts = found.lengths.histogram.edges, found.lengths.histogram.counts
    assert counts == [sum(low <= each < high for each in values) for low, high in pairwise(edges)]
    assert sum(counts) == len(values)
    for split in found.splits:
        rows = [row for row in lengths if splits[row] == split.split]
        assert (split.samples, split.tokens) == (len(rows), sum(lengths[row] for row in rows))
    assert {split.split for split in found.splits} == set(splits)
    apart = [row for row in lengths if held_out(np.array([row]), SHARE)[0]]
    assert (found.held_out.samples, found.held_out.tokens) == (len(apart), sum(lengths[row] for row in apart))
    assert apart, "something is held out"


@pytest.mark.parametrize("length", [2, 7, 32, 300])
@pytest.mark.parametrize("tokenizer", ["plain", "begins", "spaced", "words"])
def test_packed(ws: Workspace, dataset: str, folders: dict[str, Path], tokenizer: str, length: int) -> None:
    theirs = theirs_of(folders[tokenizer])
    tokens = {row: len(theirs(each["text"], add_special_tokens=False)["input_ids"]) for row, each in enumerate(ROWS)}
    id = tokenized(ws, dataset, folders[tokenizer], max_length=length, eval_share=SHARE)
    check(ws, id, counted(ws, id), {row: size for row, size in tokens.items() if size}, [each["split"] for each in ROWS])


@pytest.mark.parametrize(("tokenizer", "padding"), [("begins", "none"), ("words", "longest"), ("left", "max_length")])
@pytest.mark.parametrize("special", [True, False])
@pytest.mark.parametrize("stride", [None, 2])
def test_rows(
    ws: Workspace, dataset: str, folders: dict[str, Path], padding: str, tokenizer: str, special: bool, stride: int | None
) -> None:
    theirs = theirs_of(folders[tokenizer])
    lengths = {}
    for row, each in enumerate(ROWS):
        whole = len(theirs(each["text"], add_special_tokens=False)["input_ids"])
        cut = theirs(each["text"], add_special_tokens=special, truncation=True, max_length=12)["input_ids"]
        lengths[row] = whole if stride is not None else len(cut) - (theirs.num_special_tokens_to_add() if special else 0)
    options: dict[str, Any] = {"layout": "rows", "padding": padding, "stride": stride, "special_tokens": special}
    id = tokenized(ws, dataset, folders[tokenizer], max_length=12, eval_share=SHARE, **options)
    check(ws, id, counted(ws, id), lengths, [each["split"] for each in ROWS])


@pytest.mark.parametrize(
    ("truncation", "stride"),
    [("longest_first", None), ("only_first", None), ("only_first", 1), ("only_second", None), ("only_second", 1)],
)
@pytest.mark.parametrize("tokenizer", ["words", "left"])
def test_pairs(
    ws: Workspace, tmp_path: Path, folders: dict[str, Path], truncation: str, tokenizer: str, stride: int | None
) -> None:
    """What every row repeats counts once."""
    rows = [{"text": each["text"], "other": each["second"]} for each in ROWS]
    if truncation == "only_second":
        rows = [{"text": each["second"], "other": each["text"]} for each in ROWS]
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    dataset = read(ws, path=str(path), columns=["text"])
    theirs = theirs_of(folders[tokenizer])
    lengths = {}
    for row, each in enumerate(rows):
        first, second = (len(theirs(text, add_special_tokens=False)["input_ids"]) for text in each.values())
        if stride is not None:
            lengths[row] = first + second
        else:
            cut = theirs(each["text"], each["other"], truncation=truncation, max_length=30)["input_ids"]
            lengths[row] = len(cut) - theirs.num_special_tokens_to_add(pair=True)
    options = {"layout": "rows", "second": "other", "truncation": truncation, "stride": stride}
    id = tokenized(ws, dataset, folders[tokenizer], max_length=30, eval_share=SHARE, **options)
    bad = get_tokenization(ws, id).facts
    assert bad
    assert not bad.bad_samples
    check(ws, id, counted(ws, id), lengths, ["train"] * len(rows))


@pytest.mark.parametrize("layout", ["packed", "rows"])
def test_conversations_beside_texts(ws: Workspace, tmp_path: Path, folders: dict[str, Path], layout: str) -> None:
    """What the template writes around a conversation is of the sample; of plain text beside it, what is added is not."""
    path = tmp_path / "chats.jsonl"
    path.write_text("\n".join(json.dumps({"messages": messages(each)}) for each in CONVERSATIONS * 5))
    dataset = read(ws, path=str(path))
    theirs = theirs_of(folders["chat"])
    chats = [theirs.apply_chat_template(messages(each), tokenize=True, return_dict=False) for each in CONVERSATIONS * 5]
    if layout == "rows":
        lengths = {row: min(len(ids), 40) for row, ids in enumerate(chats)}
        id = tokenized(ws, dataset, folders["chat"], max_length=40, eval_share=SHARE, layout="rows")
    else:
        # Their own end token closes them, and the begin token that the template wrote is the block's.
        begins = adds_begin(theirs)
        own = {row: len(ids) - (begins and ids[0] == theirs.bos_token_id) for row, ids in enumerate(chats)}
        closed = {row: ids[-1] == theirs.eos_token_id for row, ids in enumerate(chats)}
        assert all(closed.values())
        lengths = {row: size - 1 for row, size in own.items()}
        id = tokenized(ws, dataset, folders["chat"], max_length=40, eval_share=SHARE)
    check(ws, id, counted(ws, id), lengths, ["train"] * len(chats))


def adds_begin(theirs: Any) -> bool:
    return bool(theirs("a")["input_ids"][0] == theirs.bos_token_id)


def test_they_are_counted_once_and_can_be_interrupted(ws: Workspace, dataset: str, folders: dict[str, Path]) -> None:
    id = tokenized(ws, dataset, folders["plain"], max_length=16, eval_share=SHARE)
    with pytest.raises(Conflict, match="not computed"):
        get_statistics(ws, id)
    for request, state in (("cancel", "cancelled"), ("pause", "paused")):
        started = compute_statistics(ws, id)
        assert compute_statistics(ws, id) == started
        assert do_next(ws, "cpu", request=request, after=1).state == state
        folder = ws.folder_of(ws.catalog.get(id))
        assert not (folder / "statistics.json").exists()
        assert get_tokenization(ws, id).state == "ready"
    resume_job(ws, str(started.job))
    assert do_next(ws, "cpu").state == "succeeded"
    assert get_statistics(ws, id).samples
    assert compute_statistics(ws, id).job is None
    assert not list((ws.root / "jobs" / "scratch").iterdir())


@pytest.mark.parametrize("values", [[0], [0, 0, 1], [59], [60], [119, 3], list(range(1000)), [5] * 7 + [10**6], [1, 2], []])
def test_lengths(values: list[int]) -> None:
    found = lengths_of(np.array(values, np.int32))
    edges, counts = found.histogram.edges, found.histogram.counts
    assert len(counts) <= 60
    assert len({high - low for low, high in pairwise(edges)}) <= 1
    assert counts == [sum(low <= each < high for each in values) for low, high in pairwise(edges)]
    assert sum(counts) == len(values)
    if values:
        assert (edges[0], found.median, found.max) == (0, library.median(values), max(values))
    else:
        assert (found.mean, found.min, found.median, found.max) == (None, None, None, None)
