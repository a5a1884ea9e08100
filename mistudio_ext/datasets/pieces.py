"""Tokens as a person can read them: words keep their spaces, pieces of a character are shown as bytes."""

from __future__ import annotations

import json
import re
from typing import Any

from .schema import TokenPiece
from .tokenizer import Tokenizer

BYTE_FALLBACK = re.compile(r"<0x([0-9A-F]{2})>")


def pieces(tokenizer: Tokenizer, ids: list[int]) -> list[TokenPiece]:
    special = set(tokenizer.inner.all_special_ids)
    decoders = decoder_types(tokenizer)
    return [_piece(id, tokenizer.strings.get(id, f"<{id}>"), id in special, decoders) for id in ids]


def _piece(id: int, token: str, special: bool, decoders: set[str]) -> TokenPiece:
    if special:
        return TokenPiece(id=id, token=token, text=token, kind="special")
    if match := BYTE_FALLBACK.fullmatch(token):
        return TokenPiece(id=id, token=token, text=match[1].lower(), kind="bytes")
    if "ByteLevel" in decoders and all(letter in BYTES for letter in token):
        raw = bytes(BYTES[letter] for letter in token)
        try:
            return TokenPiece(id=id, token=token, text=raw.decode(), kind="text")
        except UnicodeDecodeError:
            return TokenPiece(id=id, token=token, text=raw.hex(" "), kind="bytes")
    text = token.removeprefix("##") if "WordPiece" in decoders else token.replace("\u2581", " ")
    return TokenPiece(id=id, token=token, text=text, kind="text")


def decoder_types(tokenizer: Tokenizer) -> set[str]:
    """How the tokenizer puts its tokens together again, which is what its markers mean."""
    if tokenizer.backend is None:
        return set()
    return _types(json.loads(tokenizer.backend.to_str()).get("decoder"))


def _types(decoder: dict[str, Any] | None) -> set[str]:
    if decoder is None:
        return set()
    return {decoder["type"]}.union(*(_types(each) for each in decoder.get("decoders", ())))


def _byte_letters() -> dict[str, int]:
    """Byte-level tokenizers write each byte as a printable letter: printable ASCII and Latin-1 stand for themselves,
    the others follow from U+0100 on, in order."""
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in own]
    return {chr(byte): byte for byte in own} | {chr(0x100 + index): byte for index, byte in enumerate(others)}


BYTES = _byte_letters()
