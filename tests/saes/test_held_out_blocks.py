"""The text that an SAE is evaluated on: held-out blocks alone, under the capture's own rule, no more tokens than asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from mistudio_ext.captures.plan import Plan
from mistudio_ext.captures.schema import CaptureOptions
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.saes.effect import held_out_blocks
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making, work
from tests.support.tokenizer import write_text


@pytest.fixture
def tokenization(ws: Workspace, tmp_path: Path, tokenizer_folder: Path) -> Path:
    dataset = work.read(ws, path=str(write_text(tmp_path / "text.txt", 60)))
    id = work.tokenized(ws, dataset, tokenizer_folder, max_length=16, eval_share=0.3)
    return Path(ws.folder_of(ws.catalog.get(id)))


def plan(folder: Path, **options: object) -> Plan:
    return Plan(folder / "blocks", CaptureOptions(**options), Tokenizer(folder / "tokenizer").special)  # type: ignore[arg-type]


def test_held_out_blocks_under_the_rule_of_the_capture(tokenization: Path) -> None:
    rows = making.rows(tokenization / "blocks")
    special = Tokenizer(tokenization / "tokenizer").special
    held_out = [number for number, each in enumerate(rows["held_out"]) if each]
    assert 2 < len(held_out) < len(rows["held_out"])
    found = held_out_blocks(plan(tokenization), 10**6)
    assert [each.number for each in found] == held_out
    for block in found:
        ids = rows["input_ids"][block.number]
        assert block.ids.tolist() == ids
        assert block.counted.tolist() == [at > 0 and id not in special for at, id in enumerate(ids)]


def test_no_more_tokens_than_asked_for(tokenization: Path) -> None:
    whole = held_out_blocks(plan(tokenization), 10**6)
    first = int(whole[0].counted.sum())
    for tokens in (0, 1, first, first + 1, first + 5):
        found = held_out_blocks(plan(tokenization), tokens)
        assert sum(int(each.counted.sum()) for each in found) == tokens
        assert [each.number for each in found] == [each.number for each in whole][: len(found)]
    # What was kept beyond averages is in no evaluation either.
    kept = held_out_blocks(plan(tokenization, drop_first=0, drop_special=False), 10**6)
    assert [each.counted.tolist() for each in kept] == [each.counted.tolist() for each in whole]
