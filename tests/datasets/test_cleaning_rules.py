"""Each cleaning rule against a reference of its own, and on text that was made to break it."""

from __future__ import annotations

import html
import unicodedata
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.datasets import characters
from mistudio_ext.datasets.characters import collapse_blanks, normalize_unicode, strip_control
from mistudio_ext.datasets.clean import Cleaned, Cleaner
from mistudio_ext.datasets.deriving import _check
from mistudio_ext.datasets.deriving_schema import CleanRules
from mistudio_ext.datasets.markup import TAGS, strip_html
from mistudio_ext.datasets.seen import Seen

MANY = 100_000
ANY_TEXT = some.text(some.characters(codec=None))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>One</p><p>two</p>", "One\ntwo"),
        ("a<br><br/>b", "a\n\nb"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "\na\nb\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("some <b>bold</b>face and <i>more</i>", "some boldface and more"),
        ("a<script>if (a < b) alert('</b>')</script>b<STYLE>p{}</STYLE>c<svg><path/></svg>d", "abcd"),
        ("a<!-- <b>comment</b> -->b<!DOCTYPE html><?xml version='1'?>c", "abc"),
        ("""<a href="x>y" title='"'>link</a> <img src=x onerror=alert(1)>""", "link "),
        ("&lt;b&gt; &amp;amp; &eacute; &#233; &#xe9; &#146; &nbsp;", "<b> &amp; é é é \u2019 \u00a0"),
        # What is no markup stays.
        ("if a < b && c > d or a<b and c>d: x<y>z", "if a < b && c > d or a<b and c>d: x<y>z"),
        ("Map<String, List<Integer>> f = vector<int>(3) <- <T> <file-name> <- 1<2", None),
        ("AT&T &bogus; &copy=1 &; &#; &#x; & &amp", None),
        # Broken: nothing of the text goes.
        ("before <a href='never closed>after it", None),
        ("before <!-- never closed", None),
        ("before <p never closed", None),
        ("a<script>never closed", "anever closed"),
        ("<", None),
        ("</", None),
        ("<>", None),
        ("&#xD800;&#0;&#99999999;&#x110000;", "��&#99999999;�"),
    ],
)
def test_html(before: str, after: str | None) -> None:
    assert strip_html(before) == (before if after is None else after)


WORDS = some.text(some.characters(exclude_characters="<>&", codec="utf-8"), min_size=1, max_size=8)
PIECES = some.tuples(some.sampled_from(sorted(TAGS - {"script", "style", "svg"})), some.booleans(), WORDS, WORDS)


@given(some.lists(PIECES))
def test_html_gives_back_the_text_that_it_was_made_of(pieces: list[tuple[str, bool, str, str]]) -> None:
    written = "".join(
        f'{html.escape(text)}<{"/" if closes else ""}{tag} title="{html.escape(value)}">' for tag, closes, text, value in pieces
    )
    # But for the line ends and tabs that tags become.
    assert "".join(strip_html(written).split()) == "".join("".join(text for _, _, text, _ in pieces).split())


@settings(deadline=None)  # a table is made once
@given(ANY_TEXT)
def test_any_text_goes_through_every_rule(text: str) -> None:
    for rule in (strip_html, strip_control, normalize_unicode, collapse_blanks):
        rule(text)
    if "<" not in text and "&" not in text:
        assert strip_html(text) == text


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * MANY + "x" + "</div>" * MANY, "<" * MANY * 5, "<!--" * MANY, "<a b=\"" * MANY, "<a b='\" c='" * MANY,
        "<script>" * MANY, "<script></script " * MANY, "<p " * MANY, "<p a " + " " * MANY * 5 + "<", "<p a=" * MANY,
        "&#" * MANY + "9" * MANY * 5 + ";", "&" * MANY * 5, "<!doctype " * MANY, "<p" + " a" * MANY * 2,
    ],
)  # fmt: skip
def test_html_bombs_take_no_quadratic_time(bomb: str) -> None:
    left = strip_html(bomb)
    assert left in (bomb, "x", "") or len(left) < len(bomb)


def test_what_cannot_be_seen() -> None:
    assert strip_control("a\x00b\x1b[2Jc\x7f\x9bd\te\nf") == "ab[2Jcd\te\nf"
    assert strip_control("a\r\nb\rc\fd\u2028e\x85f") == "a\nb\nc\nd\ne\nf"
    assert strip_control("\u202egnp.exe\u202c \u2066x\u2069\ufeff a\u200bb\u00adc") == "gnp.exe x abc"
    assert strip_control("hidden\U000e0041\U000e0042") == "hidden"
    assert strip_control("pass\u200dword\u200d \u200c") == "password "


@pytest.mark.parametrize(
    "kept",
    [
        "👩\u200d👩\u200d👧", "naïve", "tab\tline\n", "❤\ufe0f\u200d🔥", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "क्\u200dष", "ශ්\u200dරී ක්\u200d",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)  # fmt: skip
def test_joiners_that_mean_something_stay(kept: str) -> None:
    assert strip_control(kept) == kept


@given(ANY_TEXT)
def test_nothing_that_acts_is_left(text: str) -> None:
    left = strip_control(text)
    assert not {each for each in left if unicodedata.category(each) == "Cc"} - {"\t", "\n"}
    assert not set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028") & set(left)
    assert strip_control(left).replace("\u200c", "").replace("\u200d", "") == left.replace("\u200c", "").replace("\u200d", "")


MARKS = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]


@settings(deadline=None)
@given(some.text(some.one_of(some.sampled_from(MARKS), some.sampled_from("aeéệ가क़\u1100\u1161\ud800"), some.characters())))
def test_composed_forms_are_the_librarys(text: str) -> None:
    assert normalize_unicode(text) == unicodedata.normalize("NFC", text)


def test_runs_of_marks_are_sorted_as_the_library_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters, "LONG_RUN", 2)
    monkeypatch.setattr(characters, "SHORT_TEXT", 0)
    characters._mark_runs.cache_clear()
    try:
        for start in range(0, len(MARKS), 7):
            run = "".join(reversed(MARKS[start : start + 12])) + "\u0344\u0316"
            for text in (run, f"ệ{run}a{run}"):
                assert normalize_unicode(text) == unicodedata.normalize("NFC", text)
    finally:
        characters._mark_runs.cache_clear()
    assert len(normalize_unicode("a" + "\u0301\u0316" * 250_000)) == 500_000


def reference(text: str) -> str:
    """Line by line and run by run."""
    blanks = " \t\u00a0\u3000"
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        runs = ["".join(run) for _, run in groupby(line, key=lambda each: each in blanks)]
        shortened = "".join(" " if run[0] in blanks and len(run) > 1 else run for run in runs).rstrip(blanks)
        if shortened or lines[-1:] != [""]:
            lines.append(shortened)
    return "\n".join(lines).strip()


@given(some.text(some.sampled_from(" \t\u00a0\u3000\n\r ab")))
def test_blanks(text: str) -> None:
    assert collapse_blanks(text) == reference(text)


def test_blanks_that_take_no_quadratic_time() -> None:
    assert collapse_blanks("a" + " " * 1_000_000 + "b") == "a b"
    assert collapse_blanks(" \n" * 500_000 + "x") == "x"
    assert collapse_blanks("  a  \n\n\n\n  b\tc \u00a0 d ") == "a\n\n b\tc d"


def cleaned(texts: list[str], **rules: object) -> tuple[list[str | None], dict[str, tuple[int, int]]]:
    cleaner = Cleaner(CleanRules.model_validate(rules), Seen.in_memory(len(texts)))
    samples = [Cleaned(text) for text in texts]
    cleaner.clean(samples)
    counts = {rule: (each.changed, each.dropped) for rule, each in cleaner.counts.items()}
    return [None if each.dropped else each.text for each in samples], counts  # type: ignore[return-value]


def test_lengths_patterns_and_duplicates() -> None:
    texts = ["one", "Lorem IPSUM", "three!", "one", "é" * 7, "four"]
    found, counts = cleaned(texts, min_characters=4, max_characters=6, drop_pattern="(?i)lorem ipsum|^four$")
    assert found == [None, None, "three!", None, None, None]
    assert counts == {"min_characters": (0, 2), "max_characters": (0, 2), "drop_pattern": (0, 1)}
    found, counts = cleaned(texts, drop_duplicates=True)
    assert found == ["one", "Lorem IPSUM", "three!", None, "é" * 7, "four"]
    assert counts == {"drop_duplicates": (0, 1)}


def test_rules_work_in_their_order_and_what_is_left_of_nothing_is_dropped() -> None:
    texts = ["<p> a </p>", "a", "<br>", "&nbsp;\x00", "b\x00"]
    found, counts = cleaned(texts, strip_html=True, strip_control=True, collapse_blanks=True, drop_duplicates=True)
    assert found == ["a", None, None, None, "b"]
    assert counts == {
        "strip_html": (2, 1), "strip_control": (1, 1), "collapse_blanks": (1, 0), "drop_duplicates": (0, 1),
    }  # fmt: skip


def test_conversations_are_cleaned_turn_by_turn() -> None:
    turns = [{"role": "user", "content": "<b>Hi</b>  there"}, {"role": "assistant", "content": "fine"}]
    samples = [Cleaned("user: …", turns), Cleaned("x", [{"role": "user", "content": "<br>"}])]
    cleaner = Cleaner(CleanRules(strip_html=True, collapse_blanks=True), Seen.in_memory(2))
    cleaner.clean(samples)
    assert samples[0].turns == [{"role": "user", "content": "Hi there"}, {"role": "assistant", "content": "fine"}]
    assert samples[0].text == "user: Hi there\n\nassistant: fine"
    assert samples[0].touched == ["strip_html", "collapse_blanks"]
    assert samples[1].dropped


@pytest.mark.parametrize("pattern", ["(", "(?<=x)y", r"(a)\1", "a{2000}", "[", "(?P<x"])
def test_a_pattern_that_cannot_be_is_a_sentence(pattern: str) -> None:
    with pytest.raises(BadRequest, match="pattern cannot be used") as caught:
        _check(CleanRules(drop_pattern=pattern))
    assert caught.value.field == "drop_pattern"
    assert "RE2" in caught.value.hint


@pytest.mark.parametrize(("pattern", "stays"), [("(a+)+$", 1), ("(a|aa)+$", 1), ("^(.*)*$", 0), ("(a*)*b", 2)])
def test_patterns_that_others_take_for_ever_over(pattern: str, stays: int) -> None:
    text = "a" * 1_000_000
    found, _ = cleaned([text, text + "!"], drop_pattern=pattern)
    assert found == [text if stays == 2 else None, text + "!" if stays else None]


def test_seen_is_a_set(tmp_path: Path) -> None:
    texts = [f"text {number % 900}" for number in range(3000)]
    known: set[str] = set()
    for seen in (Seen.in_memory(900), Seen.on_disk(900, tmp_path)):
        known.clear()
        for start in range(0, len(texts), 70):
            part = texts[start : start + 70]
            expected = []
            for text in part:
                expected.append(text not in known)
                known.add(text)
            assert seen.add(part) == expected
    assert not list(tmp_path.iterdir())


def test_a_table_that_is_crowded_finds_all_of_them() -> None:
    """All hashes want the same few places."""
    seen = Seen(np.zeros((64, 2), np.uint64))
    hashes = np.array([[63 + 64 * (number % 3), number + 1] for number in range(50)], np.uint64)
    assert seen._put(hashes[:30]).all()
    assert seen._put(hashes).tolist() == [False] * 30 + [True] * 20
    assert not seen._put(hashes).any()


def test_arrow_holds_what_is_left() -> None:
    left, _ = cleaned(["&#xD800; \ufffe", "x"], strip_html=True, strip_control=True, normalize_unicode=True)
    assert pa.array(left).to_pylist() == left
