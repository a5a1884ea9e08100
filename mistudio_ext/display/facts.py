"""What was found, and what was asked for, in words: the same in a notebook and in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..datasets.deriving_schema import RuleCount
from ..datasets.schema import DatasetFacts
from ..datasets.tokenizing_schema import Difference, TokenizationComparison, TokenizeOptions
from .text import count, counted, plain, size

DIFFERS = "≠"
# What stands beside an SAE to show what is owed to its shape alone.
CONTROL = "an untrained one of its shape"
REASONS, TEMPLATE_SHOWN = 3, 80


def fingerprint(whole: str) -> str:
    return whole[:12]


def did(found: RuleCount) -> str:
    return f"{count(found.changed)} changed, {count(found.dropped)} dropped"


def rules(found: Sequence[RuleCount]) -> str:
    return "; ".join(f"{each.rule}: {did(each)}" for each in found)


def bad_rows(facts: DatasetFacts) -> str:
    """How many rows were left out, and why the first of them."""
    first = [plain(each, 120) for each in facts.bad_examples[:REASONS]]
    more = "; …" if first and facts.bad_rows > len(first) else ""
    return f"{count(facts.bad_rows)}{': ' if first else ''}{'; '.join(first)}{more}" if facts.bad_rows else ""


def repaired_rows(facts: DatasetFacts) -> str:
    return f"{count(facts.repaired_rows)}: bytes that are not UTF-8 became �" if facts.repaired_rows else ""


def options(record: TokenizeOptions) -> list[tuple[str, str]]:
    """Title and value of the options that are not as they are by default, the length apart."""
    found = []
    for name, field in TokenizeOptions.model_fields.items():
        value = getattr(record, name)
        if name == "max_length" or value == field.default:
            continue
        found.append((str(field.title), plain(in_words(name, value), TEMPLATE_SHOWN)))
    return found


def in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == []:
        return "—"
    if isinstance(value, int):
        return size(value) if name == "bytes" else count(value)
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def side_by_side(found: Sequence[Difference]) -> list[tuple[str, str, str, str]]:
    """A mark where the two differ, the title, both values."""
    return [
        (
            DIFFERS if each.first != each.second else "",
            each.title,
            in_words(each.field, each.first),
            in_words(each.field, each.second),
        )
        for each in found
    ]


def of_comparison(found: TokenizationComparison) -> str:
    words = "Both were made of the same text." if found.same_text else "They were made of different texts."
    if not found.parameters:
        words += " No parameter differs."
    return words if found.counts else f"{words} They are not both ready."


def samples_and_tokens(samples: int, tokens: int) -> str:
    return f"{counted(samples, 'sample')}, {counted(tokens, 'token')}"
