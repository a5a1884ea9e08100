"""Characters put in order: what cannot be seen, composed forms, blanks. All in time that grows with the text alone."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls but tab and line end; then what changes the direction, has no width, or is no character at all by itself.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
JOINERS = "\u200c\u200d"
# The flags of England, Scotland and Wales are a black flag and letters that are not seen.
FLAG = "\U0001f3f4"
TAGS = re.compile(f"{FLAG}[\U000e0020-\U000e007e]{{1,8}}\U000e007f")
# What letters, marks and emoji have in common; the joiners stand between them.
JOINED = ("L", "M", "S")
BLANKS = "[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
# A run of marks so long is sorted here, in a text that is not short enough for the library to be quick with it anyway.
LONG_RUN, SHORT_TEXT = 32, 500


def strip_control(text: str) -> str:
    text = LINE_ENDS.sub("\n", text)
    if not UNSEEN.search(text):
        return text
    flags = {at for match in TAGS.finditer(text) for at in range(match.start() + 1, match.end())} if FLAG in text else ()
    return UNSEEN.sub(lambda found: found[0] if found.start() in flags or _joins(text, found.start()) else "", text)


def _joins(text: str, at: int) -> bool:
    """Whether a joiner says how its neighbors are written, as in Persian and Hindi or in emoji of several."""
    if text[at] not in JOINERS or at == 0 or text[at - 1].isascii():
        return False
    before = unicodedata.category(text[at - 1])
    after = text[at + 1 : at + 2]
    if after and not after.isascii() and unicodedata.category(after)[0] in JOINED:
        return before[0] in JOINED
    # At the end of a word it tells how a vowel killer is written, in Sinhala for one.
    return unicodedata.combining(text[at - 1]) == 9


def normalize_unicode(text: str) -> str:
    """NFC. Long runs of marks are sorted here first: the library takes quadratic time for them."""
    if text.isascii():
        return text
    if len(text) > SHORT_TEXT:
        text = _mark_runs().sub(_sorted, text)
    return unicodedata.normalize("NFC", text)


def _sorted(run: re.Match[str]) -> str:
    marks = "".join(unicodedata.normalize("NFD", mark) for mark in run[0])
    return "".join(sorted(marks, key=unicodedata.combining))


@cache
def _mark_runs() -> re.Pattern[str]:
    marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code))]
    return re.compile(f"[{re.escape(''.join(marks))}]{{{LONG_RUN},}}")


def collapse_blanks(text: str) -> str:
    text = text.replace("\r\n", "\n")
    text = re.sub(f"{BLANKS}{{2,}}", " ", text)
    text = re.sub(f"{BLANKS}\n", "\n", text)
    return re.sub("\n{3,}", "\n\n", text).strip()
