"""What a lane runs for datasets."""

from __future__ import annotations

from ..jobs.context import JobContext
from .add import read_into_dataset
from .schema import DatasetFacts, ReadHub, ReadText, TokenizationFacts, TokenizeOptions
from .tokenize import tokenize_dataset


def add(job: JobContext, params: ReadText) -> DatasetFacts:
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
