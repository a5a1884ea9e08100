"""What a lane runs for datasets."""

from __future__ import annotations

from ..jobs.context import JobContext
from .add import read_into_dataset
from .arrange import arrange_dataset
from .clean import clean_dataset
from .count import count_tokens
from .deriving_schema import ArrangeOptions, CleanRules
from .schema import DatasetFacts, ReadFiles, ReadHub
from .statistics_schema import CountTokens, Statistics
from .tokenize import tokenize_dataset
from .tokenizing_schema import TokenizationFacts, TokenizeOptions


def add(job: JobContext, params: ReadFiles) -> DatasetFacts:
    """Read text into a dataset."""
    return read_into_dataset(job, params)


def add_hub(job: JobContext, params: ReadHub) -> DatasetFacts:
    """Fetch a dataset of the hub, and read its text."""
    # Only this job needs the way to the hub.
    from .add_hub import add_from_hub

    return add_from_hub(job, params)


def tokenize(job: JobContext, params: TokenizeOptions) -> TokenizationFacts:
    """Cut a dataset into blocks of token ids."""
    return tokenize_dataset(job, params)


def clean(job: JobContext, params: CleanRules) -> DatasetFacts:
    """Make a cleaned copy of a dataset."""
    return clean_dataset(job, params)


def arrange(job: JobContext, params: ArrangeOptions) -> DatasetFacts:
    """Make a shuffled, split or shortened copy of a dataset."""
    return arrange_dataset(job, params)


def count(job: JobContext, params: CountTokens) -> Statistics:
    """Count a tokenization's tokens and lengths."""
    return count_tokens(job, params)
