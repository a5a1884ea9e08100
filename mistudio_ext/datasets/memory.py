"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any


def give_back() -> None:
    """The tokenizer library frees millions of small pieces from many threads, which glibc would keep: without this, a long
    job grows for as long as it runs. Elsewhere (macOS, musl) there is nothing to do."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
