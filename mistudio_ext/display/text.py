"""Words and numbers for people. Names and texts come from strangers: nothing of theirs may act on the screen."""

from __future__ import annotations

import html
import time
import unicodedata

# Joiners are format characters that scripts and emoji need; alone they change no order and hide nothing.
JOINERS = "\u200c\u200d"
BLANKS = "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
ACTING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def plain(text: object, limit: int | None = None, *, lines: bool = False) -> str:
    """Text for a terminal: without control and direction characters, on one line unless `lines`."""
    return "".join(_plain(each, lines) for each in shortened(str(text), limit))


def _plain(character: str, lines: bool) -> str:
    if lines and character in "\n\t":
        return character
    if character in BLANKS:
        return " "
    if character in JOINERS:
        return character
    return "" if unicodedata.category(character) in ACTING else character


def markup(text: object, limit: int | None = None) -> str:
    """Text for HTML: escaped, isolated from the direction of what stands around it, control characters made visible."""
    return f"<bdi>{html.escape(visible(shortened(str(text), limit)))}</bdi>"


def visible(text: str) -> str:
    """Each character shows itself: controls as their pictures, direction marks and the like as their code."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character == "\n":
        return "↵"
    if character < " ":
        return chr(0x2400 + ord(character))
    if character == "\x7f":
        return "␡"
    if character in JOINERS or unicodedata.category(character) not in ACTING:
        return character
    return "�" if unicodedata.category(character) == "Cs" else f"⟨{ord(character):04X}⟩"


def shortened(text: str, limit: int | None) -> str:
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def count(number: float | None) -> str:
    if number is None:
        return "—"
    return f"{number:,.0f}" if number == int(number) or number >= 100 else f"{number:,.1f}"


def size(bytes: float | None) -> str:
    if bytes is None:
        return "—"
    for unit in ("B", "kB", "MB", "GB"):
        if bytes < 1000:
            return f"{bytes:,.0f} {unit}" if unit == "B" else f"{bytes:,.1f} {unit}"
        bytes /= 1000
    return f"{bytes:,.1f} TB"


def amount(number: float, unit: str) -> str:
    return size(number) if unit == "bytes" else f"{count(number)} {plain(unit, 30)}".strip()


def when(timestamp: float | None) -> str:
    """Local time, written out."""
    return "—" if timestamp is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(timestamp))


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(seconds, 1):.0f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
