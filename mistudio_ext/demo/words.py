"""Words of the concepts that are marked inside the text, and sentences that any English topic uses."""

from __future__ import annotations

from itertools import chain


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MONTHS = words("January February March April May June July August September October November December")
WEEKDAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
COLORS = words("red blue yellow purple orange white black brown")
NUMBERS = words("two three four five six seven eight nine ten twelve twenty thirty forty fifty ninety")
FEMALE_NAMES = words("Anna Maria Clara Emma Julia Nina Alice Sofia Grace Helen")
MALE_NAMES = words("Peter Oscar Victor Henry Daniel Felix Thomas Martin Samuel Louis")

# A mood has its own words for the same slots.
MOODS = {
    "positive": {
        "feeling": words("happy delighted joyful proud cheerful thrilled grateful excited"),
        "quality": words("wonderful great splendid lovely amazing"),
        "reaction": words("smiled laughed danced celebrated"),
        "outcome": words("success triumph victory relief"),
        "manner": words("happily wonderfully gladly brilliantly proudly"),
    },
    "negative": {
        "feeling": words("sad angry miserable afraid gloomy furious worried disappointed"),
        "quality": words("terrible awful horrible dreadful ugly"),
        "reaction": words("cried complained wept sobbed"),
        "outcome": words("failure disaster defeat setback"),
        "manner": words("sadly terribly angrily miserably bitterly"),
    },
}
NEUTRAL_MANNER = words("slowly quickly quietly often suddenly carefully again soon")

# Numbers and years are also written in digits, and a quote is whatever stands between quotation marks.
CONCEPT_WORDS = {
    "number": NUMBERS,
    "year": (),
    "month": MONTHS,
    "weekday": WEEKDAYS,
    "color": COLORS,
    "female_name": FEMALE_NAMES,
    "male_name": MALE_NAMES,
    "positive": tuple(chain.from_iterable(MOODS["positive"].values())),
    "negative": tuple(chain.from_iterable(MOODS["negative"].values())),
    "quote": (),
}

OPENINGS = (
    "{name} wrote a letter to {other_name}.",
    "This is a story about {name}.",
    "{name} met {other_name} on {weekday}.",
    "It was {weekday}, {month} {day}.",
    "Here is the news.",
    "{name} told {other_name} a story.",
)
GENERAL = (
    "The {adjective} {thing} {happened} {place}.",
    "The {person} {did} the {thing} {place}.",
    "{name} {did} the {adjective} {thing}.",
    "{they} {manner} {did} the {thing} with the {tool}.",
    "The {person} showed {name} the {adjective} {tool}.",
    "{name} saw a {adjective} {thing} {place}.",
    "The {thing} and the {thing} {happened} {manner}.",
    "On {weekday} the {person} {did} the {thing}.",
    "In {month} {year}, {name} {did} the {thing} {place}.",
    "There were {number} {color} marks on the {tool}.",
    "{name} asked the {person} about the {thing}.",
    "{they} told {other_name} that the {thing} was {adjective}.",
    '"Is the {thing} {adjective}?" asked {other_name}.',
    '"The {thing} is too {adjective}," said the {person}.',
    "{name} bought a {color} {tool}.",
    "Then {name} and the {person} {did} the {adjective} {thing}.",
    "After {number} days the {thing} {happened}.",
    "When the {thing} {happened}, {they} {did} the {tool}.",
)
MOOD_SENTENCES = (
    "It was a {quality} day.",
    "Everyone {reaction} and {reaction}.",
    "What a {quality} {outcome}!",
    "{they} felt {feeling}.",
    "They were all {feeling} and {feeling}.",
)
