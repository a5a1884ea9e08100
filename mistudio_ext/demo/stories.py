"""English documents: sentences about one topic, with the same people, the same mood and a few favorite words throughout."""

from __future__ import annotations

import random
from functools import cache
from string import Formatter

from .topics import Topic
from .words import (
    COLORS,
    FEMALE_NAMES,
    GENERAL,
    MALE_NAMES,
    MONTHS,
    MOOD_SENTENCES,
    MOODS,
    NEUTRAL_MANNER,
    NUMBERS,
    OPENINGS,
    WEEKDAYS,
)
from .writer import Span, Writer

PEOPLE = [(name, "female_name") for name in FEMALE_NAMES] + [(name, "male_name") for name in MALE_NAMES]
FAVORITES = 5


def write_story(writer: Writer, chance: random.Random, topic: Topic) -> None:
    story = _Story(writer, chance, topic)
    if chance.random() < 0.85:
        story.write(chance.choice(OPENINGS))
    for _ in range(chance.randint(5, 11)):
        dice = chance.random()
        if story.mood is not None and dice < 0.18:
            story.write(chance.choice(MOOD_SENTENCES))
        else:
            story.write(chance.choice(topic.sentences if dice > 0.66 else GENERAL))


class _Story:
    def __init__(self, writer: Writer, chance: random.Random, topic: Topic):
        self.writer = writer
        self.chance = chance
        self.topic = topic
        self.mood = chance.choice(["positive", "negative", None])
        self.hero, self.other = chance.sample(PEOPLE, 2)
        self.favorites: dict[str, list[str]] = {}

    def write(self, sentence: str) -> None:
        writer = self.writer
        if writer.length:
            writer.add(" ")
        start = writer.length
        used: set[str] = set()
        for literal, slot in _pieces(sentence):
            word, concept = self._word(slot, used) if slot else ("", None)
            if word[:1] in tuple("aeiou") and (literal == "A " or literal.endswith(" a ")):
                literal = literal[:-1] + "n "
            writer.add(literal)
            if word:
                used.add(word)
                writer.add(word if writer.length > start else word[0].upper() + word[1:], concept)
        if '"' in sentence:
            said = writer.text[start:]
            writer.spans.append(Span(start + said.index('"'), start + said.rindex('"') + 1, "quote"))

    def _word(self, slot: str, used: set[str]) -> tuple[str, str | None]:
        chance = self.chance
        if slot == "name":
            return self.hero
        if slot == "other_name":
            return self.other
        if slot == "they":
            return "she" if self.hero[1] == "female_name" else "he", None
        if slot == "number":
            return self._number(), "number"
        if slot == "day":
            return str(chance.randint(1, 28)), "number"
        if slot == "year":
            return str(chance.randint(1900, 2029)), "year"
        if slot == "month":
            return chance.choice(MONTHS), "month"
        if slot == "weekday":
            return chance.choice(WEEKDAYS), "weekday"
        if slot == "color":
            return chance.choice(COLORS), "color"
        if slot == "manner" and (self.mood is None or chance.random() < 0.4):
            return chance.choice(NEUTRAL_MANNER), None
        if self.mood is not None and slot in MOODS[self.mood]:
            return self._another(MOODS[self.mood][slot], used), self.mood
        return self._of_topic(slot, used), None

    def _number(self) -> str:
        if self.chance.random() < 0.5:
            return self.chance.choice(NUMBERS)
        return str(self.chance.randint(2, 99) if self.chance.random() < 0.5 else self.chance.randint(100, 999))

    def _of_topic(self, slot: str, used: set[str]) -> str:
        words: tuple[str, ...] = getattr(self.topic, slot)
        if slot not in self.favorites:
            self.favorites[slot] = self.chance.sample(words, min(FAVORITES, len(words)))
        return self._another(self.favorites[slot] if self.chance.random() < 0.7 else words, used)

    def _another(self, words: tuple[str, ...] | list[str], used: set[str]) -> str:
        """A word that the sentence does not have yet."""
        while (word := self.chance.choice(words)) in used:
            pass
        return word


@cache
def _pieces(sentence: str) -> tuple[tuple[str, str | None], ...]:
    """Text, each with the slot that follows it, if one does."""
    return tuple((literal, slot) for literal, slot, _, _ in Formatter().parse(sentence))
