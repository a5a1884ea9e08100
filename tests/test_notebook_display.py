"""Displays: whatever stands in names and texts, it is shown and does nothing."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as some
from IPython.lib.pretty import pretty

import mistudio_ext as ms
from mistudio_ext.datasets.statistics_schema import CountedToken, Histogram, Lengths, SplitCount
from mistudio_ext.datasets.tokenizing_schema import TokenPiece, TokenPreview
from mistudio_ext.display import text
from mistudio_ext.notebook import cards
from mistudio_ext.notebook.pieces import TokenPieces
from mistudio_ext.notebook.statistics import Statistics
from tests.support.hostile import HOSTILE

OURS = {"div", "span", "bdi", "b", "br", "code", "p", "table", "tr", "td", "th"}
ATTRIBUTES = {"style", "title", "role", "aria-label", "aria-valuemin", "aria-valuemax", "aria-valuenow"}


class Strict(HTMLParser):
    """Only our own elements, each closed in its order, and no character that acts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []

    def handle_starttag(self, tag, attrs):
        assert tag in OURS, tag
        assert {name for name, _ in attrs} <= ATTRIBUTES
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        assert_quiet(data)

    def handle_comment(self, data):
        raise AssertionError(data)


def assert_quiet(shown, allowed=""):
    acting = {each for each in shown if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert acting <= set(text.JOINERS + allowed)


def assert_safe(html):
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    html.encode()


@given(some.text(some.characters(codec=None)))
def test_any_text_is_quiet(strange):
    assert_quiet(text.plain(strange))
    assert_quiet(text.plain(strange, lines=True), "\n\t")
    assert_quiet(text.visible(strange))
    assert len(text.plain(strange, 10)) <= 10
    assert_safe(cards.card("kind", "id", strange, [(strange, strange)]))
    assert_safe(cards.table([strange], [[strange]], strange))
    assert_safe(cards.bar(strange, strange, 0.3))


@given(some.lists(some.tuples(some.text(some.characters(codec=None)), some.sampled_from(["text", "special", "bytes"]))))
def test_any_token_is_quiet(tokens):
    pieces = [
        TokenPiece.model_construct(id=number, token=each, text=each, kind=kind) for number, (each, kind) in enumerate(tokens)
    ]
    shown = TokenPieces(TokenPreview.model_construct(tokens=pieces, count=len(pieces), vocabulary=9))
    assert_safe(shown._repr_html_())
    assert_quiet(repr(shown), "\n")


@given(some.lists(some.tuples(some.text(some.characters(codec=None)), some.integers(0, 10**12)), max_size=5))
def test_any_statistics_are_quiet(tokens):
    top = [
        {"piece": TokenPiece.model_construct(id=1, token=text, text=text, kind="text"), "count": number, "share": 0.5}
        for text, number in tokens
    ]
    shown = Statistics.model_construct(
        tokenization="tk_1", computed=0.0, samples=3, tokens=9, unique_tokens=2, vocabulary=9, vocabulary_share=0.2,
        lengths=Lengths(mean=1.5, min=0, median=1, max=3, histogram=Histogram(edges=[0, 2, 4], counts=[0, 10**9])),
        top_tokens=[CountedToken.model_construct(**each) for each in top],
        splits=[SplitCount.model_construct(split=text, samples=1, tokens=number) for text, number in tokens],
        held_out=SplitCount(split="held out", samples=0, tokens=0),
    )  # fmt: skip
    assert_safe(shown._repr_html_())
    assert_quiet(pretty(shown), "\n")


def test_many_tokens_are_cut_and_counted():
    pieces = [TokenPiece(id=1, token="a", text="a", kind="text")] * 5000
    shown = TokenPieces(TokenPreview(tokens=pieces, count=5000, vocabulary=9))
    assert "3,000 more" in repr(shown)
    assert len(shown._repr_html_()) < 1_000_000


@pytest.fixture
def hostile(ws):
    ds = ms.open(ws.root).add_dataset(HOSTILE, notes=HOSTILE[4])
    # Past the check of names, as a catalog that somebody else wrote.
    ws.catalog.update(ds.id, {"name": HOSTILE[1] + HOSTILE[2] + HOSTILE[3], "tags": HOSTILE})
    return ds


def test_hostile_names_and_texts_are_shown_safely(hostile):
    notebook = hostile.workspace
    shown = [hostile, notebook, notebook.datasets(), notebook.jobs(), hostile.job, hostile.samples(), *hostile, hostile.delete()]
    rules = hostile.preview_cleaning(strip_html=True, strip_control=True, drop_pattern="DROP")
    assert len(rules.samples) > 4
    shown += [rules, hostile.samples(search="<SCRIPT>"), hostile.clean(strip_control=True)]
    for each in shown:
        assert_safe(each._repr_html_())
        assert_quiet(pretty(each), "\n\t")
        assert_quiet(repr(each), "\n")
    assert [each.text for each in hostile] == HOSTILE


def test_plain_words_stay_as_they_are():
    for each in ("naïve café", "日本語", "👩‍👩‍👧", "a  b", "مرحبا"):
        assert text.plain(each) == each
        assert text.markup(each) == f"<bdi>{each}</bdi>"


def test_numbers_for_people():
    assert [text.count(each) for each in (None, 0, 1234, 1.5, 1234.5)] == ["—", "0", "1,234", "1.5", "1,234"]
    assert [text.size(each) for each in (0, 999, 1500, 2.5e9, 3e15)] == ["0 B", "999 B", "1.5 kB", "2.5 GB", "3,000.0 TB"]
    assert [text.duration(each) for each in (0.2, 59, 61, 7300)] == ["1 s", "59 s", "1 min 1 s", "2 h 1 min"]
