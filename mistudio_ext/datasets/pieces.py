"""Tokens as a person can read them: words keep their spaces, pieces of a character are shown as bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from .tokenizer import Tokenizer
from .tokenizing_schema import TokenPiece

BYTE_FALLBACK = re.compile(r"<0x([0-9A-F]{2})>")
Reading = Callable[[str], "str | bytes"]


def pieces(tokenizer: Tokenizer, ids: list[int]) -> list[TokenPiece]:
    read = reading(tokenizer)
    return [_piece(tokenizer, id, read) for id in ids]


def _piece(tokenizer: Tokenizer, id: int, read: Reading) -> TokenPiece:
    token = tokenizer.strings.get(id, f"<{id}>")
    if id in tokenizer.special:
        return TokenPiece(id=id, token=token, text=token, kind="special")
    # Added tokens are written as they are, whatever the markers of the others mean.
    meant = token if id in tokenizer.added else read(token)
    if isinstance(meant, str):
        return TokenPiece(id=id, token=token, text=meant, kind="text")
    try:
        return TokenPiece(id=id, token=token, text=meant.decode(), kind="text")
    except UnicodeDecodeError:
        return TokenPiece(id=id, token=token, text=meant.hex(" "), kind="bytes")


def reading(tokenizer: Tokenizer) -> Reading:
    """What this tokenizer's markers mean, from how it puts its tokens together again: text, or bytes of a text."""
    if tokenizer.decoder is None:
        return lambda token: token
    steps = {step["type"]: step for step in _steps(tokenizer.decoder)}
    if "ByteLevel" in steps:
        return _from_byte_letters
    if "WordPiece" in steps:
        prefix = steps["WordPiece"]["prefix"]
        return lambda token: token.removeprefix(prefix)
    if "BPEDecoder" in steps:
        suffix = steps["BPEDecoder"]["suffix"]
        return lambda token: token.removesuffix(suffix) + " " if token.endswith(suffix) else token
    return _with_fallback if "ByteFallback" in steps else _with_spaces


def _from_byte_letters(token: str) -> str | bytes:
    return bytes(BYTES[letter] for letter in token) if all(letter in BYTES for letter in token) else token


def _with_fallback(token: str) -> str | bytes:
    match = BYTE_FALLBACK.fullmatch(token)
    return bytes.fromhex(match[1]) if match else _with_spaces(token)


def _with_spaces(token: str) -> str:
    return token.replace("\u2581", " ")


def _steps(decoder: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    if decoder is not None:
        yield decoder
        for each in decoder.get("decoders", ()):
            yield from _steps(each)


def _byte_letters() -> dict[str, int]:
    """Byte-level tokenizers write each byte as a printable letter: printable ASCII and Latin-1 stand for themselves,
    the others follow from U+0100 on, in order."""
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in own]
    return {chr(byte): byte for byte in own} | {chr(0x100 + index): byte for index, byte in enumerate(others)}


BYTES = _byte_letters()
