"""Documents whose concepts are known: what each is about, and which characters are a number, a month, a name …

The same seed gives the same documents, whatever the machine; a longer corpus begins with the shorter one. Forty thousand
of them, the default, are 15 MB of text and take about five seconds. Only the standard library is needed.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from . import functions
from .functions import write_functions
from .languages import LANGUAGES, write_sentences
from .stories import write_story
from .topics import TOPICS
from .words import CONCEPT_WORDS
from .writer import Span, Writer

DOCUMENTS = 40_000
# A topic belongs to a whole document, a concept to characters of it.
TOPIC_NAMES = (*TOPICS, *LANGUAGES, "code")
CONCEPTS = tuple(CONCEPT_WORDS)


class Document(NamedTuple):
    text: str
    topic: str
    spans: tuple[Span, ...]


def documents(count: int = DOCUMENTS, seed: int = 0) -> Iterator[Document]:
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    for _ in range(count):
        yield _document(chance)


def write_jsonl(path: Path, some: Iterable[Document]) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(map(line, some))


def line(document: Document) -> str:
    """A document as a dataset is read: `text`, `topic`, and `spans` as [start, end, concept]."""
    return json.dumps(document._asdict(), ensure_ascii=False) + "\n"


def topic_words() -> dict[str, frozenset[str]]:
    """The words by which a text's topic can be told, in lower case: those of one topic alone."""
    words = {name: topic.words for name, topic in TOPICS.items()}
    words |= {name: language.words for name, language in LANGUAGES.items()}
    words["code"] = functions.WORDS
    uses = Counter(chain.from_iterable(words.values()))
    return {name: frozenset(word.lower() for word in of_topic if uses[word] == 1) for name, of_topic in words.items()}


def _document(chance: random.Random) -> Document:
    topic = chance.choice(TOPIC_NAMES)
    writer = Writer()
    if topic == "code":
        write_functions(writer, chance)
    elif topic in LANGUAGES:
        write_sentences(writer, chance, LANGUAGES[topic])
    else:
        write_story(writer, chance, TOPICS[topic])
    return Document(writer.text, topic, tuple(sorted(writer.spans)))
