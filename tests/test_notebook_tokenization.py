"""Tokenizations from Python: rows and conversations loaded, parameters, two of them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mistudio_ext as ms
from mistudio_ext.notebook.workspace import Workspace
from tests.support.notebook import shared_workspace
from tests.support.templates import CONVERSATIONS, make_chat_tokenizer, write_conversations
from tests.support.tiny_models import make_tiny_model

TEXTS = ["the rain and the storm", "a", "three spoons of flour, twice every day"] * 10


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    for core in shared_workspace(tmp_path_factory.mktemp("notebook") / "workspace"):
        yield ms.open(core.root)


def test_rows_packed_and_again_with_the_same_tokenizer(notebook: Workspace, tokenizer_folder: Path) -> None:
    ds = notebook.add_dataset(TEXTS, name="<b>notes</b>")
    packed = ds.tokenize(tokenizer_folder, max_length=8, padding="longest")
    assert packed.params == {
        "max_length": 8, "layout": "packed", "special_tokens": True, "padding": "none", "truncation": "longest_first",
        "stride": None, "second": None, "attention_mask": True, "chat_template": None, "eval_share": 0.05,
    }  # fmt: skip
    rows = ds.tokenize(packed, max_length=6, layout="rows", padding="max_length", name="<i>rows</i>")
    assert rows.tokenizer == packed.tokenizer
    loaded = rows.load()
    assert len(loaded) == len(rows) == 30
    assert [sum(mask) for mask in loaded["attention_mask"]] == list(loaded["length"])
    assert {len(ids) for ids in loaded["input_ids"]} == {6}
    assert "attention_mask" not in packed.load().column_names
    assert "30 rows of up to 6 tokens" in repr(rows)
    assert f"{packed.blocks} blocks of 8 tokens" in repr(packed)

    found = rows.compare(packed)
    assert found.same_text
    assert {each.title: (each.first, each.second) for each in found.parameters} == {
        "Length": (6, 8), "Layout": ("rows", "packed"), "Padding": ("max_length", "none"),
    }  # fmt: skip
    counts = {each.field: (each.first, each.second) for each in found.counts}
    assert counts["blocks"] == (30, packed.blocks)
    assert counts["pad_id"][1] is None
    assert "<i>" not in found._repr_html_()
    assert "&lt;i&gt;rows" in found._repr_html_()
    assert "Layout: rows | packed" in repr(found)
    assert "No parameter differs" in repr(packed.compare(packed.id))
    with pytest.raises(ms.MiStudioError):
        packed.compare("tk_nothing")


def test_conversations_have_roles(notebook: Workspace, tmp_path: Path) -> None:
    ds = notebook.add_dataset(write_conversations(tmp_path / "chats.jsonl", CONVERSATIONS * 3))
    tk = ds.tokenize(make_chat_tokenizer(tmp_path / "chat", "chatml"), max_length=16)
    loaded = tk.load()
    assert {role for roles in loaded["roles"] for role in roles} == {0, 1, 2, 3, 4}
    assert all(len(roles) == 16 for roles in loaded["roles"])


def test_a_models_own_tokenizer(notebook: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    ds, model = notebook.add_dataset(TEXTS), notebook.add_model(make_tiny_model(tmp_path / "tiny", tokenizer_folder))
    tk = ds.tokenize(model, max_length=8)
    assert (tk.tokenizer.path, tk.tokenizer.name) == (model.id, model.name)
    assert ds.preview("the rain", model).ids == ds.preview("the rain", tokenizer_folder).ids == tk.preview("the rain").ids
    with pytest.raises(ms.MiStudioError, match="A Dataset is not accepted as tokenizer"):
        ds.preview("the rain", ds)  # type: ignore[arg-type]
