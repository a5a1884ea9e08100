"""What a person is shown of tokens: put together again, it is the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mistudio_ext.datasets.live import preview
from mistudio_ext.datasets.pieces import pieces
from mistudio_ext.datasets.tokenizer import Tokenizer
from tests.support import tokenizer as make

HOSTILE = [
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eright to left\u202c",
    "=1+1\t@SUM(A1)",
    "\0\x01\x1b[31m",
    "a" * 10_000,
    "👩‍👩‍👧 東京 naïve e\u0301 \ufffd",
    "  \n\n\t ",
    "",
    "Ġ▁##<0x41></w>",
]


@pytest.fixture(scope="module")
def byte_level(tokenizer_folder: Path) -> Tokenizer:
    return Tokenizer(tokenizer_folder)


@pytest.fixture(scope="module")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(make.make_spaced_tokenizer(tmp_path_factory.mktemp("spaced") / "tokenizer"))


def together(tokenizer: Tokenizer, text: str) -> str:
    raw = b""
    for piece in pieces(tokenizer, tokenizer.encode_one(text, special_tokens=False)):
        raw += bytes.fromhex(piece.text) if piece.kind == "bytes" else piece.text.encode()
    return raw.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back(byte_level: Tokenizer, spaced: Tokenizer, text: str) -> None:
    assert together(byte_level, text) == text
    # This family writes a space before a text, and a space for the mark that it uses for spaces.
    assert together(spaced, text) == (f" {text}".replace("▁", " ") if text else "")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_every_text_comes_back(byte_level: Tokenizer, spaced: Tokenizer, text: str) -> None:
    assert together(byte_level, text) == text
    assert together(spaced, text) == (f" {text}".replace("▁", " ") if text else "")


def test_parts_of_a_character_are_shown_as_bytes(byte_level: Tokenizer, spaced: Tokenizer) -> None:
    shown = [(each.text, each.kind) for each in pieces(byte_level, byte_level.encode_one("é", special_tokens=False))]
    assert shown == [("c3", "bytes"), ("a9", "bytes")]
    shown = [(each.text, each.kind) for each in pieces(spaced, spaced.encode_one("é\n", special_tokens=False))]
    assert shown == [(" ", "text"), ("c3", "bytes"), ("a9", "bytes"), ("\n", "text")]


def test_spaces_and_special_tokens(byte_level: Tokenizer) -> None:
    shown = pieces(byte_level, byte_level.encode_one("The rain</s>", special_tokens=False))
    assert "".join(each.text for each in shown[:-1]) == "The rain"
    assert any(each.text.startswith(" ") and each.token.startswith("Ġ") for each in shown)
    assert (shown[-1].text, shown[-1].kind) == ("</s>", "special")


def test_continued_words_lose_their_mark(tmp_path: Path) -> None:
    words = Tokenizer(make.make_word_tokenizer(tmp_path / "words"))
    shown = pieces(words, words.encode_one("raining", special_tokens=True))
    assert [(each.token, each.text, each.kind) for each in shown] == [
        ("[CLS]", "[CLS]", "special"),
        ("rain", "rain", "text"),
        ("##ing", "ing", "text"),
        ("[SEP]", "[SEP]", "special"),
    ]


def test_added_tokens_are_shown_as_they_are(tmp_path: Path, byte_level: Tokenizer) -> None:
    """Their letters are no byte letters: “café” is not four bytes."""
    byte_level.inner.save_pretrained(str(tmp_path))
    from transformers import AutoTokenizer

    more = AutoTokenizer.from_pretrained(str(tmp_path))
    more.add_tokens(["café", "two words"])
    more.save_pretrained(str(tmp_path))
    extended = Tokenizer(tmp_path)
    shown = pieces(extended, extended.encode_one("café two words", special_tokens=False))
    assert [(each.text, each.kind) for each in shown if each.id >= byte_level.size] == [("café", "text"), ("two words", "text")]


def test_an_unknown_id_is_shown_as_such(byte_level: Tokenizer) -> None:
    (piece,) = pieces(byte_level, [10**6])
    assert piece.text == "<1000000>"


def test_preview_follows_the_folder(tmp_path: Path) -> None:
    folder = make.make_tokenizer(tmp_path / "tokenizer")
    plain = preview("The rain", str(folder), True)
    assert plain.count == len(plain.tokens)
    assert plain.vocabulary == 376
    make.make_tokenizer(folder, adds_begin=True)
    assert preview("The rain", str(folder), True).tokens[0].text == "<s>"
    assert preview("The rain", str(folder), False).tokens == plain.tokens
