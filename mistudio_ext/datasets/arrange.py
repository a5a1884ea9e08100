"""Putting a dataset's samples into another order and other splits: the same ones for the same seed, on every machine."""

from __future__ import annotations

import numpy as np

from ..jobs.context import JobContext
from .derive import Derived, Stored, in_batches, rows_of
from .deriving_schema import ArrangeOptions
from .encoded import Numbers, Roles
from .schema import DatasetFacts

SPLITS = ("train", "validation", "test")


def arrange_dataset(job: JobContext, options: ArrangeOptions) -> DatasetFacts:
    """The chosen samples in their new order, gathered batch after batch from the files of the dataset they come from."""
    derived = Derived(job)
    if not derived.published:
        stored = Stored(derived.data)
        job.progress(0, None, "Putting in order")
        rows = order(stored, options)
        splits = new_splits(len(rows), options)
        for start, end in in_batches(rows, stored.sizes(), derived.state["done"]):
            batch = rows_of(stored.take(rows[start:end]))
            if splits is not None:
                batch = [row._replace(split=SPLITS[n]) for row, n in zip(batch, splits[start:end].tolist(), strict=True)]
            derived.add(batch)
            derived.step(end, len(rows), "Arranging")
        derived.publish()
    return derived.finish()


def order(stored: Stored, options: ArrangeOptions) -> Numbers:
    """Numbers of the rows that are taken, in their new order."""
    rows = np.arange(len(stored)) if options.only is None else stored.of_split(options.only)
    if options.shuffle:
        rows = rows[_shuffled(len(rows), options.seed, 0)]
    return rows[: options.limit]


def new_splits(samples: int, options: ArrangeOptions) -> Roles | None:
    """For each sample the number of its split, at random places; None where splits stay as they are."""
    if not options.validation_share and not options.test_share:
        return None
    _, validation, test = sizes_of(samples, [options.validation_share, options.test_share])
    places = _shuffled(samples, options.seed, 1)
    splits = np.zeros(samples, np.int8)
    splits[places[:validation]] = 1
    splits[places[validation : validation + test]] = 2
    return splits


def sizes_of(samples: int, shares: list[float]) -> list[int]:
    """How many samples the rest and each share come to: as near as whole numbers can be, all together `samples`."""
    exact = [samples * share for share in (1 - sum(shares), *shares)]
    # What floating point leaves of 0.1 + 0.2 must not decide about a sample.
    whole = [int(round(each, 6)) for each in exact]
    nearest = sorted(range(len(exact)), key=lambda number: round(whole[number] - exact[number], 6))
    for number in nearest[: samples - sum(whole)]:
        whole[number] += 1
    return whole


def _shuffled(count: int, seed: int, stream: int) -> Numbers:
    """A random order. The generator's raw numbers are sorted, since only these are promised to be the same for ever."""
    numbers = np.random.PCG64([seed, stream]).random_raw(count)
    return np.argsort(numbers, kind="stable")
