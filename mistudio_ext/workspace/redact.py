"""Secrets out of text. Whatever is written into a record, an event or a log passes here first."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

SHOWN = "[secret]"
# None of these can match a quote or a backslash: taken out of JSON, they leave JSON.
PATTERNS = re.compile(
    r"\bhf_(?:[A-Za-z0-9]{30,}|(?:oauth|jwt)_[A-Za-z0-9._-]{16,})|\bapi_org_[A-Za-z0-9]{16,}|\bsk-[A-Za-z0-9_-]{20,}"
    r"|(?P<bearer>\b[Bb]earer )[A-Za-z0-9._~+/=-]{8,}"
    r"|(?P<user>\bhttps?://)[^\s/:@\"'\\]+:[^\s/@\"'\\]+(?=@)"
    r"|(?P<signed>[?&](?:X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|Signature|Policy|sig|token|access_token)=)[^\s&\"'\\<>]+"
)
# One of these stands in every text that has something to take out; looking for them is much faster than the pattern.
MARKS = ("hf_", "api_org_", "sk-", "earer ", "://", "?", "&")

# Replaced, never changed: another thread may be going through it.
_known: tuple[str, ...] = ()


def keep_secret(value: str) -> None:
    """From now on this very text is taken out too, in this process."""
    global _known
    if value not in _known:
        _known = (*_known, value)


def redact(text: str) -> str:
    for secret in _known:
        text = text.replace(secret, SHOWN)
    if any(mark in text for mark in MARKS):
        text = PATTERNS.sub(_shown, text)
    return text


def _shown(match: re.Match[str]) -> str:
    return f"{match[match.lastgroup] if match.lastgroup else ''}{SHOWN}"


class Discreet(sqlite3.Connection):
    """Takes secrets out of whatever text is written through it: parameters, errors, results, events."""

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        if isinstance(values, dict):
            clean: Any = {name: redact(value) if isinstance(value, str) else value for name, value in values.items()}
        else:
            clean = tuple(redact(value) if isinstance(value, str) else value for value in values)
        return super().execute(sql, clean)
