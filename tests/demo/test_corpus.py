"""The demo's documents: the same ones each time, each about its topic, with every word of a concept marked where it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

import mistudio_ext as ms
from mistudio_ext.demo.corpus import CONCEPTS, TOPIC_NAMES, Document, documents, topic_words, write_jsonl
from mistudio_ext.demo.words import CONCEPT_WORDS
from mistudio_ext.workspace.workspace import Workspace

WORD = re.compile(r"[\w']+")
YEAR = re.compile(r"(?:19\d\d|20[0-2]\d)")
SMALL_NUMBER = re.compile(r"\d{1,3}")


@pytest.fixture(scope="module")
def some() -> list[Document]:
    return list(documents(3000, seed=11))


def test_the_same_seed_gives_the_same_documents(some: list[Document]) -> None:
    assert list(documents(300, seed=11)) == some[:300]
    assert list(documents(300, seed=12)) != some[:300]


def test_documents_come_one_by_one() -> None:
    endless = documents(10**15)
    assert len(list(islice(endless, 5))) == 5


def test_other_processes_give_the_same_documents(some: list[Document]) -> None:
    """Where strings hash otherwise, too; and nothing but the standard library is loaded for it."""
    code = (
        "import sys, json; sys.path.insert(0, '.')\n"
        "from mistudio_ext.demo.corpus import documents\n"
        "texts = [each.text for each in documents(50, 11)]\n"
        "loaded = {each.partition('.')[0] for each in sys.modules} - set(sys.stdlib_module_names) - {'__main__'}\n"
        "print(json.dumps([texts, sorted(loaded)]))"
    )
    root = Path(__file__).parents[2]
    # -S: without the environment's packages, and whatever they load at the start.
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=root, check=True, capture_output=True, text=True)
    texts, loaded = json.loads(done.stdout)
    assert texts == [each.text for each in some[:50]]
    assert loaded == ["mistudio_ext"]


def test_spans_are_words_of_their_concept(some: list[Document]) -> None:
    for document in some:
        for start, end, concept in document.spans:
            marked = document.text[start:end]
            if concept == "year":
                assert YEAR.fullmatch(marked)
            elif concept == "quote":
                assert re.fullmatch(r'"[^"]+[,?]"', marked)
            elif concept == "number" and marked.isdigit():
                assert SMALL_NUMBER.fullmatch(marked)
            else:
                assert marked in CONCEPT_WORDS[concept]
        assert list(document.spans) == sorted(set(document.spans))


@pytest.mark.parametrize("concept", [concept for concept, words in CONCEPT_WORDS.items() if words])
def test_every_word_of_a_concept_is_marked(some: list[Document], concept: str) -> None:
    """Found by looking for the words, and not by how the text was put together."""
    anywhere = re.compile(rf"\b(?:{'|'.join(CONCEPT_WORDS[concept])})\b")
    found = 0
    for document in some:
        there = {match.span() for match in anywhere.finditer(document.text)}
        marked = {(start, end) for start, end, its in document.spans if its == concept}
        assert there == {(start, end) for start, end in marked if not document.text[start:end].isdigit()}
        found += len(there)
    assert found > 300


def test_every_digit_and_every_quotation_mark_is_marked(some: list[Document]) -> None:
    for document in some:
        digits = {match.span() for match in re.finditer(r"\d+", document.text)}
        marked = {(start, end) for start, end, concept in document.spans if concept in ("number", "year")}
        assert digits == {(start, end) for start, end in marked if document.text[start:end].isdigit()}
        marks = [match.start() for match in re.finditer('"', document.text)]
        quotes = [place for start, end, concept in document.spans if concept == "quote" for place in (start, end - 1)]
        assert marks == quotes


def test_every_concept_and_topic_is_common(some: list[Document]) -> None:
    topics = Counter(each.topic for each in some)
    concepts = Counter(concept for each in some for concept in {span.concept for span in each.spans})
    assert set(topics) == set(TOPIC_NAMES)
    assert min(topics.values()) > len(some) / len(TOPIC_NAMES) / 2
    assert set(concepts) == set(CONCEPTS)
    assert min(concepts.values()) > len(some) / 50


def test_a_document_uses_the_words_of_its_topic(some: list[Document]) -> None:
    own = topic_words()
    for document in some:
        counts = {topic: sum(word.lower() in words for word in WORD.findall(document.text)) for topic, words in own.items()}
        first, second = sorted(counts.values())[:-3:-1]
        assert counts[document.topic] == first, document
        assert first > second, document


def test_topics_share_no_word_that_tells_them_apart() -> None:
    uses = Counter(word for words in topic_words().values() for word in words)
    assert set(uses.values()) == {1}
    # These are in two topics on purpose.
    assert not {"bank", "bat", "conductor", "final", "pitch", "season", "spring", "thermometer"} & set(uses)
    assert min(len(words) for words in topic_words().values()) > 25


def test_sentences_are_sentences_and_code_is_code(some: list[Document]) -> None:
    for document in some:
        if document.topic == "code":
            compile(document.text, "demo", "exec")
            continue
        assert not re.search(r"[{}]|  |\b[Aa] [aeiou]|\b[Aa]n [^aeiou]", document.text)
        for sentence in re.split(r"(?<=[.!]) ", document.text):
            assert sentence.lstrip('"')[0].isupper(), sentence
            assert sentence[-1] in ".!", sentence


def test_a_dataset_is_made_of_what_is_written(some: list[Document], ws: Workspace, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "demo.jsonl", iter(some[:200]))
    dataset = ms.open(ws.root).add_dataset(tmp_path / "demo.jsonl")
    assert dataset.facts is not None
    assert (dataset.facts.bad_rows, dataset.facts.repaired_rows) == (0, 0)
    assert [sample.text for sample in dataset] == [each.text for each in some[:200]]
    for sample, document in zip(dataset, some, strict=False):
        assert sample.other == {"topic": document.topic, "spans": [list(span) for span in document.spans]}
