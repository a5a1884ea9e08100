"""Datasets made from other datasets: cleaned, shuffled, split."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from ..contract.models import Contract, option
from ..workspace.schema import visible_lines

CleaningRule = Literal[
    "strip_html", "strip_control", "normalize_unicode", "collapse_blanks",
    "min_characters", "max_characters", "drop_pattern", "drop_duplicates",
]  # fmt: skip


class CleanRules(Contract):
    """What is done to each sample, in this order. A sample of which nothing is left is dropped."""

    strip_html: bool = option(
        False,
        title="Strip HTML",
        help="Take away HTML's own tags, comments, scripts and styles, and write entities as characters. "
        "Paragraphs, rows and the like begin on lines of their own; `a < b` and `List<String>` stay.",
    )
    strip_control: bool = option(
        False,
        title="Strip control characters",
        help="Take away characters that cannot be seen, but for tabs and line ends: controls, direction marks, zero-width ones. "
        "Joiners stay where they tell how letters of other scripts or emoji are written.",
    )
    normalize_unicode: bool = option(False, title="Normalize Unicode", help="Write every character in its composed form (NFC).")
    collapse_blanks: bool = option(
        False,
        title="Collapse blanks",
        help="One space for several, no blanks at the ends of lines and of the text, at most one empty line in a row.",
    )
    min_characters: int | None = option(
        None, title="Shortest", help="Drop samples shorter than this.", unit="characters", ge=1, le=2**26
    )
    max_characters: int | None = option(
        None, title="Longest", help="Drop samples longer than this.", unit="characters", ge=1, le=2**26
    )
    drop_pattern: str | None = option(
        None,
        title="Drop by pattern",
        help="Drop samples in which this regular expression (RE2) is found, such as “(?i)lorem ipsum”.",
        min_length=1,
        max_length=1000,
    )
    drop_duplicates: bool = option(
        False,
        title="Drop duplicates",
        help="Of samples with exactly the same text, keep the first. A preview compares only the samples that it looks at.",
    )

    @model_validator(mode="after")
    def _some_length_is_left(self) -> CleanRules:
        if self.min_characters and self.max_characters and self.min_characters > self.max_characters:
            raise ValueError("The shortest is longer than the longest")
        return self


class CleanDataset(CleanRules):
    _visible = visible_lines("name")

    name: str | None = option(
        None,
        title="Name",
        help="What you call the cleaned dataset. Left out: made from this one's.",
        min_length=1,
        max_length=200,
    )


class PreviewCleaning(CleanRules):
    samples: int = option(200, title="Samples", help="How many samples, from all over the dataset, are looked at.", ge=1, le=2000)
    shown: int = option(20, title="Shown", help="How many changed or dropped ones are shown at the most.", ge=1, le=100)


class RuleCount(Contract):
    rule: CleaningRule
    changed: int = option(title="Changed", help="Samples that it changed.")
    dropped: int = option(title="Dropped", help="Samples that it dropped.")


class CleanedSample(Contract):
    row: int
    before: str = option(title="Before", help="The beginning of the sample, from a little ahead of the first change.")
    after: str | None = option(title="After", help="The same place afterwards; null: dropped.")
    rules: list[CleaningRule] = option(title="Rules", help="Those that touched it.")


class CleaningPreview(Contract):
    looked_at: int
    changed: int
    dropped: int
    rules: list[RuleCount]
    samples: list[CleanedSample]


class ArrangeOptions(Contract):
    """Which samples, in which order, in which splits."""

    only: str | None = option(
        None, title="Only split", help="Take the samples of this split alone. Left out: of all.", min_length=1, max_length=200
    )
    shuffle: bool = option(True, title="Shuffle", help="Put the samples in a random order; the same seed gives the same one.")
    seed: int = option(0, title="Seed", help="Where the random order and the random splits begin.", ge=0, le=2**32 - 1)
    limit: int | None = option(
        None, title="At most", help="Keep so many samples, the first of the new order.", unit="samples", ge=1, le=2**45
    )
    validation_share: float = option(
        0.0, title="Validation share", help="The share of samples in the split “validation”.", ge=0, le=0.9
    )
    test_share: float = option(
        0.0,
        title="Test share",
        help="The share of samples in the split “test”; what is left is “train”. Both 0: splits stay as they are.",
        ge=0,
        le=0.9,
    )

    @model_validator(mode="after")
    def _something_is_left(self) -> ArrangeOptions:
        if self.validation_share + self.test_share >= 1:
            raise ValueError("Nothing would be left for the split “train”")
        return self


class ArrangeDataset(ArrangeOptions):
    _visible = visible_lines("name")

    name: str | None = option(
        None, title="Name", help="What you call the new dataset. Left out: made from this one's.", min_length=1, max_length=200
    )


class DerivedFrom(Contract):
    """Which dataset one was made of, and how."""

    dataset: str = option(title="Dataset", help="Its id; the dataset itself may be gone by now.")
    name: str
    fingerprint: str = option(title="Fingerprint", help="Of the text that it was made of.")
    cleaned: CleanRules | None
    arranged: ArrangeOptions | None
