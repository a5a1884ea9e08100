"""Words and numbers for people. Names and texts come from strangers: nothing of theirs may act on the screen."""

from __future__ import annotations

import difflib
import html
import re
import time
import unicodedata
from collections.abc import Iterable

# Joiners are format characters that scripts and emoji need; alone they change no order and hide nothing.
JOINERS = "\u200c\u200d"
BLANKS = "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
OUTER_BLANKS = re.compile(r"(?:^|(?<=\n)) +| +\Z")
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
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


def indented(text: str) -> str:
    """Text of several lines, as of a traceback, below what stands before its first line; without terminal colors."""
    return plain(TERMINAL_CODES.sub("", text).strip("\n"), lines=True).replace("\n", "\n    ")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question, where something known is much like the word."""
    near = difflib.get_close_matches(word, list(known), 1)
    return f"Did you mean “{near[0]}”?" if near else ""


def visible(text: str) -> str:
    """Each character shows itself: controls as their pictures, direction marks and the like as their code."""
    return "".join(map(_visible, text))


def visible_lines(text: str) -> str:
    """Each line in a line of its own."""
    return "\n".join(map(visible, text.split("\n")))


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


def marked(text: str) -> str:
    """A token: visible, and the blanks too at its ends and where a line begins."""
    return visible(OUTER_BLANKS.sub(lambda found: "·" * len(found[0]), text))


def shortened(text: str, limit: int | None) -> str:
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def count(number: float | None) -> str:
    if number is None:
        return "—"
    return f"{number:,.0f}" if number == int(number) or number >= 100 else f"{number:,.1f}"


def number(value: float | None) -> str:
    """A measured one, to four digits."""
    return "—" if value is None else f"{value:,.4g}"


def percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def counted(number: float | None, noun: str) -> str:
    """“1 token”, “2 tokens”; a plural of its own stands after a slash, as in “is/are”."""
    one, _, many = noun.partition("/")
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


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
