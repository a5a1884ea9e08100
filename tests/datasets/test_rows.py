"""One sample a row: against `transformers` itself, for every padding, truncation, stride, pair, side and kind of tokenizer."""

from __future__ import annotations

import functools
import itertools
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets import rows, shards, tokenize
from mistudio_ext.datasets.encode import Encoder, batch_of
from mistudio_ext.datasets.encoded import Encoded
from mistudio_ext.datasets.layouts import InRows
from mistudio_ext.datasets.pack import held_out
from mistudio_ext.datasets.rows import Around, RowMaker
from mistudio_ext.datasets.samples import list_shards
from mistudio_ext.datasets.tokenizations import delete_tokenization, get_tokenization, tokenize_dataset
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.datasets.tokenizing_schema import TokenizationFacts, TokenizeDataset, TokenizeOptions
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.jobs.log import read_log
from mistudio_ext.jobs.schema import ReadLog
from mistudio_ext.workspace.schema import DeleteObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support import tokenizer as make
from tests.support.work import do_next, read, tokenized

LENGTH = 12


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 7)
    monkeypatch.setattr(tokenize, "SAVE_EVERY", 3)
    monkeypatch.setattr(shards, "SHARD_BYTES", 4000)
    monkeypatch.setattr(rows, "PART_TOKENS", 100)


def changed(folder: Path, **config: Any) -> Path:
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | config))
    return folder


def slow(folder: Path) -> Path:
    """ESM's tokenizer exists in Python only, and adds special tokens around one text and between two."""
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(["<cls>", "<pad>", "<eos>", "<unk>", *"abcdefghijklmnopqrstuvwxyz"]))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "EsmTokenizer"}))
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("tokenizers")
    return {
        "bytes": changed(make.make_tokenizer(root / "bytes", adds_begin=True), pad_token="</s>"),
        "bytes left": changed(make.make_tokenizer(root / "left"), pad_token="</s>", padding_side="left", truncation_side="left"),
        "no pad": make.make_tokenizer(root / "no pad"),
        "spaced": changed(make.make_spaced_tokenizer(root / "spaced"), pad_token="<unk>", padding_side="left"),
        "words": make.make_word_tokenizer(root / "words"),
        "words left": changed(make.make_word_tokenizer(root / "words left"), padding_side="left", truncation_side="left"),
        "slow": slow(root / "slow"),
    }


@functools.cache
def theirs_of(folder: Path) -> Any:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(folder))
    if theirs.pad_token is None:
        theirs.pad_token = theirs.eos_token
    return theirs


def some_texts(count: int, seed: int = 0) -> list[str]:
    chance = random.Random(seed)
    words = ["the", "rain", "storm", "a", "cab", "</s>", "日本"]
    return ["a " + " ".join(chance.choices(words, k=chance.choice([0, 1, 4, 12]))) for _ in range(count)]


def stored(ws: Workspace, id: str) -> list[dict[str, Any]]:
    import datasets

    folder = ws.folder_of(ws.catalog.get(id)) / "blocks"
    return [row for file, _ in list_shards(folder) for row in datasets.Dataset.from_file(str(file)).to_list()]


def facts_of(ws: Workspace, id: str) -> TokenizationFacts:
    facts = get_tokenization(ws, id).facts
    assert facts is not None
    return facts


def expected_rows(folder: Path, texts: list[str], pairs: list[str] | None, options: dict[str, Any]) -> list[dict[str, Any]]:
    """What the library makes of all texts at once, with the row's sample."""
    theirs = theirs_of(folder)
    truncation = options["truncation"]
    settings = {
        "add_special_tokens": options["special_tokens"],
        "padding": {"none": False}.get(options["padding"], options["padding"]),
        "truncation": False if truncation == "none" else truncation,
        "max_length": options["max_length"],
        "return_attention_mask": True,
    }
    if options.get("stride") is not None:
        settings |= {"stride": options["stride"], "return_overflowing_tokens": True}
    if truncation == "none" and options["padding"] != "max_length":
        del settings["max_length"]
    found = theirs(texts, pairs, **settings)
    samples = found.get("overflow_to_sample_mapping", range(len(texts)))
    return [
        {"sample": sample, "ids": ids, "mask": mask}
        for sample, ids, mask in zip(samples, found["input_ids"], found["attention_mask"], strict=True)
        if any(mask)
    ]


def made(folder: Path, texts: list[str], pairs: list[str] | None, options: dict[str, Any]) -> tuple[list[dict[str, Any]], Any]:
    """The same by encoder and layout, without a job around them; and what was counted."""
    own = own_of(folder)
    chosen = TokenizeOptions(layout="rows", eval_share=0.2, second="hint" if pairs else None, **options)
    others = [None if pairs is None else json.dumps({"hint": pair}) for pair in pairs or texts]
    encoder = Encoder(own, chosen, None)
    prepared = encoder.texts(pa.record_batch({"text": texts, "other": pa.array(others, pa.string())}))
    batch = batch_of(prepared, encoder.run(prepared))
    layout = InRows(chosen, own, roles=False)
    bad = layout.problems(batch)
    good = np.array([number not in bad for number in range(len(texts))])
    found: list[dict[str, Any]] = []
    counts: dict[str, int] = {"bad": len(bad)}
    for part in layout.parts(batch.of(good), batch.samples[good]):
        for columns in part.columns:
            found += pa.record_batch(columns, schema=layout.schema).to_pylist()
        for name, count in part.sums.items():
            counts[name] = counts.get(name, 0) + count
    return found, counts


@functools.cache
def own_of(folder: Path) -> Tokenizer:
    return Tokenizer(folder)


def agree(found: list[dict[str, Any]], expected: list[dict[str, Any]], share: float = 0.2) -> None:
    assert [row["input_ids"] for row in found] == [row["ids"] for row in expected]
    assert [row["attention_mask"] for row in found] == [row["mask"] for row in expected]
    assert [row["samples"] for row in found] == [[row["sample"]] for row in expected]
    apart = held_out(np.arange(1000), share)
    assert [row["held_out"] for row in found] == [bool(apart[row["sample"]]) for row in expected]
    for row in found:
        # What is padding is known from where it is.
        assert row["attention_mask"] == [
            int(row["first"] <= at < row["first"] + row["length"]) for at in range(len(row["input_ids"]))
        ]


FAMILIES = ["bytes", "bytes left", "no pad", "spaced", "words", "words left", "slow"]


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_are_those_of_transformers(folders: dict[str, Path], family: str) -> None:
    texts, folder = some_texts(60), folders[family]
    for padding, truncation, special in itertools.product(
        ("none", "max_length"), ("longest_first", "only_first", "none"), (True, False)
    ):
        options = {"padding": padding, "truncation": truncation, "special_tokens": special, "max_length": LENGTH}
        found, counts = made(folder, texts, None, options)
        agree(found, expected_rows(folder, texts, None, options))
        whole = theirs_of(folder)(texts, add_special_tokens=special)["input_ids"]
        over = [max(0, len(ids) - LENGTH) if truncation != "none" else 0 for ids in whole]
        assert (counts["truncated_samples"], counts["dropped_tokens"]) == (sum(each > 0 for each in over), sum(over))


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_filled_up_to_the_longest_are_those_of_transformers(ws: Workspace, folders: dict[str, Path], family: str) -> None:
    """Through the whole job, and with all that it counts."""
    texts, folder = some_texts(40), folders[family]
    options = {"padding": "longest", "truncation": "longest_first", "special_tokens": True, "max_length": LENGTH}
    id = tokenized(ws, read(ws, texts=texts), folder, layout="rows", eval_share=0.2, **options)
    expected = expected_rows(folder, texts, None, options)
    agree(stored(ws, id), expected)
    apart = held_out(np.arange(len(texts)), 0.2)
    over = [max(0, len(ids) - LENGTH) for ids in theirs_of(folder)(texts)["input_ids"]]
    facts = facts_of(ws, id)
    padding = sum(len(row["mask"]) - sum(row["mask"]) for row in expected)
    assert facts.model_dump(exclude={"bytes", "warnings"}) == {
        "blocks": len(expected),
        "tokens": sum(sum(row["mask"]) for row in expected),
        "held_out_blocks": int(apart.sum()),
        "samples": len(texts),
        "held_out_samples": int(apart.sum()),
        "dropped_tokens": sum(over),
        "padding_tokens": padding,
        "truncated_samples": sum(each > 0 for each in over),
        "bad_samples": 0,
        "longest": LENGTH,
        "pad_id": theirs_of(folder).pad_token_id,
        "largest_id": max(max(row["ids"]) for row in expected),
        "vocabulary": len(theirs_of(folder)),
    }
    assert facts.warnings == []
    assert padding > 0


@pytest.mark.parametrize("stride", [0, 3, 8])
@pytest.mark.parametrize("family", ["bytes", "bytes left", "spaced", "words left"])
def test_further_rows_are_those_of_transformers(folders: dict[str, Path], family: str, stride: int) -> None:
    texts, folder = some_texts(60, seed=1), folders[family]
    for padding, special in itertools.product(("none", "max_length"), (True, False)):
        options = {"padding": padding, "truncation": "longest_first", "special_tokens": special, "max_length": LENGTH}
        options |= {"stride": stride}
        found, counts = made(folder, texts, None, options)
        agree(found, expected_rows(folder, texts, None, options))
        assert (counts["truncated_samples"], counts["dropped_tokens"]) == (0, 0)
        assert counts["samples"] == len({row["samples"][0] for row in found}) < len(found)
        after = len(own_of(folder).around(pair=False).after) if special else 0
        for row in found:
            tokens = own_of(folder).encode_one(texts[row["samples"][0]], special_tokens=False)
            start, offset, stop = row["starts"][0], row["offsets"][0], row["first"] + row["length"] - after
            assert row["input_ids"][start:stop] == tokens[offset : offset + stop - start]


@pytest.mark.parametrize("family", ["bytes", "words", "words left", "slow"])
def test_pairs_are_those_of_transformers(folders: dict[str, Path], family: str) -> None:
    texts, folder = some_texts(60, seed=2), folders[family]
    chance = random.Random(3)
    pairs = [" ".join(chance.choices(["the", "rain", "ab"], k=chance.randint(1, 9))) for _ in texts]
    for padding, truncation, special, stride in itertools.product(
        ("none", "max_length"), ("longest_first", "only_first", "only_second", "none"), (True, False), (None, 2)
    ):
        if stride is not None and (truncation in ("longest_first", "none") or family == "slow"):
            continue
        options: dict[str, Any] = {"padding": padding, "truncation": truncation, "special_tokens": special, "max_length": 20}
        options |= {"stride": stride}
        good = [number for number in range(len(texts)) if can(folder, texts[number], pairs[number], options)]
        expected = expected_rows(folder, [texts[each] for each in good], [pairs[each] for each in good], options)
        found, counts = made(folder, texts, pairs, options)
        agree(found, [row | {"sample": good[row["sample"]]} for row in expected])
        assert counts["bad"] == len(texts) - len(good) < len(texts)


def can(folder: Path, text: str, pair: str, options: dict[str, Any]) -> bool:
    """Whether the library takes this pair. One in plain Python takes every pair, and then cuts too little."""
    theirs = theirs_of(folder)
    if theirs.is_fast:
        try:
            expected_rows(folder, [text], [pair], options)
        except BaseException as error:
            if "Panic" not in type(error).__name__ and not isinstance(error, Exception):
                raise
            return False
        return True
    target = {"only_first": text, "only_second": pair}.get(options["truncation"])
    over = len(theirs(text, pair, add_special_tokens=options["special_tokens"])["input_ids"]) - options["max_length"]
    return target is None or over <= 0 or len(theirs(target, add_special_tokens=False)["input_ids"]) > over


def asked(folder: Path, **values: object) -> TokenizeDataset:
    return checked(TokenizeDataset, {"tokenizer": str(folder), "layout": "rows"} | values)


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def log_of(ws: Workspace, id: str) -> str:
    job = get_tokenization(ws, id).job
    assert job is not None
    return " ".join(line.text for line in read_log(ws, job.id, ReadLog()).lines)


def test_samples_that_make_no_pair_are_left_out_and_told(ws: Workspace, folders: dict[str, Path], tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"text": "the rain", "hint": "a"},
        {"text": "b"},
        {"text": "c", "hint": 7},
        {"text": "a " * 40, "hint": "c"},
    ]
    rows += [{"text": "a rain", "hint": ""}] * 3
    dataset = read(ws, path=str(lines(tmp_path / "pairs.jsonl", rows)), columns=["text"])
    id = tokenized(ws, dataset, folders["words"], layout="rows", second="hint", truncation="only_second", max_length=9)
    assert [row["samples"] for row in stored(ws, id)] == [[0], [4], [5], [6]]
    assert facts_of(ws, id).bad_samples == 3
    log = log_of(ws, id)
    for words in (
        "Sample 1 is left out: it has no text in “hint”",
        "Sample 2 is",
        "Sample 3 is left out: cutting the second text",
    ):
        assert words in log


@pytest.mark.parametrize("padding", ["none", "longest", "max_length"])
def test_texts_without_any_token_make_no_rows(ws: Workspace, folders: dict[str, Path], padding: str) -> None:
    unseen = "\u200b\u200b"
    assert Tokenizer(folders["words"]).encode([unseen]).lengths.tolist() == [0]
    id = read(ws, texts=[unseen] * 10 + ["the rain fell"] * 10)
    made = tokenized(ws, id, folders["words"], layout="rows", padding=padding, special_tokens=False, max_length=8)
    facts = get_tokenization(ws, made).facts
    assert facts is not None
    assert (facts.samples, facts.blocks) == (10, 10)


def test_long_rows_are_warned_of(ws: Workspace, folders: dict[str, Path]) -> None:
    texts = ["a " * 50, "the rain", "a"]
    id = tokenized(
        ws, read(ws, texts=texts), folders["words"], layout="rows", truncation="none", padding="max_length", max_length=8
    )
    assert [len(row["input_ids"]) for row in stored(ws, id)] == [52, 8, 8]
    said = "the longest row has 52 tokens, and a model may not read so many"
    assert said in log_of(ws, id)
    assert any(said in each for each in facts_of(ws, id).warnings)
    assert facts_of(ws, id).longest == 52


def test_without_a_mask_and_without_padding_there_is_neither(ws: Workspace, folders: dict[str, Path]) -> None:
    dataset = read(ws, texts=some_texts(20))
    for padding in ("none", "longest", "max_length"):
        id = tokenized(ws, dataset, folders["no pad"], layout="rows", padding=padding, attention_mask=False, max_length=8)
        assert all("attention_mask" not in row for row in stored(ws, id))
        assert facts_of(ws, id).pad_id == (None if padding == "none" else own_of(folders["no pad"]).end)


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"truncation": "only_second"}, "truncation", "no second text"),
        ({"stride": 2, "truncation": "none"}, "stride", "no further rows"),
        ({"stride": 2, "second": "hint"}, "truncation", "both are cut"),
        ({"stride": 8, "max_length": 8}, "stride", "nothing new"),
    ],
)
def test_what_contradicts_itself_is_refused(
    ws: Workspace, folders: dict[str, Path], values: dict[str, Any], field: str, message: str
) -> None:
    dataset = read(ws, texts=["a text"] * 3)
    with pytest.raises(BadRequest, match=message) as refused:
        tokenize_dataset(ws, dataset, asked(folders["words"], **values))
    assert refused.value.field == field
    # Packed, none of it means anything.
    assert tokenize_dataset(ws, dataset, asked(folders["words"], **values | {"layout": "packed"})).job


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"max_length": 2}, "max_length", "2 special tokens .* leave no room"),
        ({"max_length": 8, "stride": 6}, "stride", "nothing new for a further row: .* room for 6 tokens"),
        ({"max_length": 8, "eval_share": 0.5, "second": "hint"}, "second", "None of the 3 samples could be tokenized"),
    ],
)
def test_what_the_tokenizer_leaves_no_room_for_fails_at_once(
    ws: Workspace, folders: dict[str, Path], values: dict[str, Any], field: str, message: str
) -> None:
    tokenize_dataset(ws, read(ws, texts=["a text"] * 3), asked(folders["words"], **values))
    job = do_next(ws, "cpu")
    assert job.error is not None
    assert job.error.error.field == field
    assert re.search(message, job.error.message)


def test_a_longest_row_that_would_fill_the_disk_is_refused(
    ws: Workspace, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(ws), "free_bytes", lambda _: 9 * 1002 * 5 - 1)
    dataset = read(ws, texts=["a " * 1000, *["b"] * 8])
    tokenize_dataset(ws, dataset, asked(folders["words"], truncation="none", padding="longest"))
    job = do_next(ws, "cpu")
    assert job.error is not None
    assert "longest row has 1,002 tokens. All 9 rows filled up to it take 45,090 bytes" in job.error.message
    assert job.error.error.field == "padding"


def test_options_that_cannot_matter_make_no_other_tokenization(ws: Workspace, folders: dict[str, Path]) -> None:
    dataset = read(ws, texts=["a text"] * 30)

    def started(**values: object) -> str:
        return tokenize_dataset(ws, dataset, asked(folders["words"], **values)).object

    packed = started(layout="packed", max_length=8)
    for values in ({"padding": "longest"}, {"stride": 3}, {"second": "x"}, {"attention_mask": False}, {"chat_template": "x"}):
        assert started(layout="packed", max_length=8, **values) == packed
    whole = started(truncation="none", max_length=8)
    assert started(truncation="none", max_length=9) == whole
    assert started(truncation="none", max_length=9, padding="max_length") != whole
    assert started(max_length=8, truncation="only_first") == started(max_length=8)
    assert len({packed, whole, started(max_length=8), started(max_length=8, attention_mask=False)}) == 4
    assert [get_tokenization(ws, id).name for id in (packed, whole)] == ["words · 8 · packed", "words · rows · uncut"]


@pytest.mark.parametrize("padding", ["longest", "max_length"])
def test_interrupted_anywhere_the_result_is_the_same(ws: Workspace, folders: dict[str, Path], padding: str) -> None:
    dataset = read(ws, texts=some_texts(60, seed=5))
    values = {"padding": padding, "stride": 5, "max_length": 9, "eval_share": 0.2}
    id = tokenized(ws, dataset, folders["bytes left"], layout="rows", **values)
    whole = stored(ws, id), facts_of(ws, id).model_copy(update={"bytes": 0})
    delete_tokenization(ws, id, DeleteObject())
    started = tokenize_dataset(ws, dataset, asked(folders["bytes left"], **values))
    rounds = 0
    while (job := do_next(ws, "cpu", request="pause", after=1 + rounds % 3)).state == "paused":
        resume_job(ws, job.id)
        rounds += 1
    assert job.state == "succeeded"
    assert rounds >= 5
    assert (stored(ws, started.object), facts_of(ws, started.object).model_copy(update={"bytes": 0})) == whole


def test_a_large_stride_comes_in_parts_that_are_the_same_each_time() -> None:
    options = TokenizeOptions(layout="rows", max_length=50, stride=47)
    maker = RowMaker(options, Around((1,), (), (2,)))
    first = Encoded(np.arange(1000, dtype=np.int32), np.array([0, 900, 100]))
    parts = list(maker.make(np.array([4, 7, 9]), first, None))
    assert max(len(part.ids) for part in parts) <= rows.PART_TOKENS + 50
    assert sum(map(len, parts)) == 1 + 1 + (900 - 48) + 1 + (100 - 48)
    again = list(maker.make(np.array([4, 7, 9]), first, None))
    assert [part.ids.tolist() for part in parts] == [part.ids.tolist() for part in again]
