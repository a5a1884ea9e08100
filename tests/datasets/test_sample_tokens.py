"""A sample's tokens under a tokenization, asked for as the live lane is asked."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, NotFound
from mistudio_ext.datasets import sample_tokens
from mistudio_ext.datasets.tokenizations import read_sample_tokens
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.datasets.tokenizing_schema import ReadSampleTokens, SampleTokens
from mistudio_ext.workspace.workspace import Workspace
from tests.support import tokenizer as make
from tests.support.templates import CONVERSATIONS, make_chat_tokenizer, messages, write_conversations
from tests.support.work import read, tokenized

TEXTS = ["the rain and the storm", "naïve 東京 😀 </s>", "a", "the " * 500]


def asked(ws: Workspace, dataset: str, tokenization: str, row: int, **values: Any) -> SampleTokens:
    request = read_sample_tokens(ws, dataset, str(row), ReadSampleTokens(tokenization=tokenization, **values))
    module, _, name = request.function.partition(":")
    found: SampleTokens = getattr(importlib.import_module(module), name)(**request.params)
    return found


def test_a_packed_sample_is_its_text_alone(ws: Workspace, tmp_path: Path) -> None:
    dataset = read(ws, texts=TEXTS)
    folder = make.make_tokenizer(tmp_path / "begin", adds_begin=True)
    id = tokenized(ws, dataset, folder, max_length=8, eval_share=0)
    own = Tokenizer(folder)
    for row, text in enumerate(TEXTS):
        expected = own.encode_one(text, special_tokens=False)
        found = asked(ws, dataset, id, row)
        assert [each.id for each in found.tokens] == expected
        assert (found.count, found.roles, found.whole) == (len(expected), None, True)
    part = asked(ws, dataset, id, 3, offset=490, limit=7)
    whole = own.encode_one(TEXTS[3], special_tokens=False)
    assert ([each.id for each in part.tokens], part.count) == (whole[490:497], len(whole))
    assert asked(ws, dataset, id, 3, offset=5000).tokens == []


def test_a_row_is_shown_with_what_the_tokenizer_adds(ws: Workspace, tmp_path: Path) -> None:
    folder = make.make_word_tokenizer(tmp_path / "words")
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"text": "the rain", "hint": "storm"}\n' * 9 + '{"text": "a"}\n')
    dataset = read(ws, path=str(path), columns=["text"])
    own = Tokenizer(folder)
    id = tokenized(ws, dataset, folder, layout="rows", max_length=3, eval_share=0)
    assert [each.id for each in asked(ws, dataset, id, 0).tokens] == own.encode_one("the rain", special_tokens=True)
    pairs = tokenized(ws, dataset, folder, layout="rows", max_length=30, eval_share=0, second="hint")
    assert [each.id for each in asked(ws, dataset, pairs, 0).tokens] == own.inner("the rain", "storm")["input_ids"]
    with pytest.raises(BadRequest, match="not in the tokenization: it has no text in “hint”"):
        asked(ws, dataset, pairs, 9)
    with pytest.raises(NotFound, match="no row 10"):
        asked(ws, dataset, pairs, 10)


@pytest.mark.parametrize("layout", ["packed", "rows"])
def test_a_conversation_says_whose_each_token_is(ws: Workspace, tmp_path: Path, layout: str) -> None:
    folder = make_chat_tokenizer(tmp_path / "chat", "headers")
    dataset = read(ws, path=str(write_conversations(tmp_path / "chats.jsonl", CONVERSATIONS)))
    id = tokenized(ws, dataset, folder, layout=layout, max_length=8, eval_share=0)
    own = Tokenizer(folder)
    for row, conversation in enumerate(CONVERSATIONS):
        expected = own.inner.apply_chat_template(messages(conversation), return_dict=False)
        found = asked(ws, dataset, id, row)
        # A block has its begin token already.
        assert [each.id for each in found.tokens] == (expected[1:] if layout == "packed" else expected)
        assert found.roles is not None
        said = [each.id for each, role in zip(found.tokens, found.roles, strict=True) if role]
        spoken = "".join("".join(content for _, content in conversation).split())
        assert "".join(own.inner.decode(said).split()) == spoken


def test_of_a_very_long_sample_the_beginning_is_shown(
    ws: Workspace, tokenizer_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_tokens, "MAX_CHARACTERS", 100)
    dataset = read(ws, texts=["the rain " * 50, "x" * 1000, "a b " * 25])
    id = tokenized(ws, dataset, tokenizer_folder, max_length=4, eval_share=0)
    own = Tokenizer(tokenizer_folder)
    for row, (text, whole) in enumerate(((("the rain " * 12)[:99], False), ("x" * 100, False), ("a b " * 25, True))):
        found = asked(ws, dataset, id, row, limit=1000)
        assert [each.id for each in found.tokens] == own.encode_one(text.rstrip() if not whole else text, special_tokens=False)
        assert (found.whole, found.count) == (whole, len(found.tokens))


def test_only_under_the_datasets_own_tokenizations(ws: Workspace, tokenizer_folder: Path) -> None:
    first, second = (read(ws, texts=[text] * 20) for text in ("some words", "other words"))
    id = tokenized(ws, first, tokenizer_folder, max_length=4)
    with pytest.raises(BadRequest, match="of another dataset"):
        asked(ws, second, id, 0)
