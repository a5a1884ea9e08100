"""Rows of numbers on disk, against a plain list."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from mistudio_ext.contract.errors import NotFound
from mistudio_ext.trainings.metrics_file import MetricsWriter, read_metrics


def written(path: Path, rows: int, seed: int = 0) -> tuple[list[int], np.ndarray]:  # type: ignore[type-arg]
    chance = np.random.default_rng(seed)
    steps, values = list(range(10, 10 * rows + 10, 10)), chance.normal(size=(rows, 2))
    writer = MetricsWriter(path, ["a", "b"], 0)
    for number, (step, (a, b)) in enumerate(zip(steps, values.tolist(), strict=True)):
        writer.add(step, {"a": a, "b": b})
        if number % 7 == 0:
            writer.flush()
    writer.sync()
    writer.close()
    return steps, values


def test_what_was_added_is_read_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "m" / "sae-0.bin"
    steps, values = written(path, 100)
    page = read_metrics(path, [], 0, None, 1000)
    assert page.steps == steps
    assert page.columns == {"a": values[:, 0].tolist(), "b": values[:, 1].tolist()}
    assert (page.rows, page.last) == (100, 1000)
    part = read_metrics(path, ["b"], 55, 200, 1000)
    assert part.steps == [each for each in steps if 55 <= each <= 200]
    assert part.columns == {"b": [b for step, (_, b) in zip(steps, values.tolist(), strict=True) if 55 <= step <= 200]}
    with pytest.raises(NotFound, match="no column c"):
        read_metrics(path, ["c"], 0, None, 10)


def test_unknown_and_infinite_numbers_are_null(tmp_path: Path) -> None:
    path = tmp_path / "sae-0.bin"
    writer = MetricsWriter(path, ["a", "b"], 0)
    writer.add(1, {"a": None, "b": math.inf})
    writer.add(2, {"a": 0.0})
    writer.flush()
    assert read_metrics(path, [], 0, None, 10).columns == {"a": [None, 0.0], "b": [None, None]}


def test_nothing_yet_is_an_empty_page(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "none.bin", [], 0, None, 10) == ([], {}, 0, None)


@pytest.mark.parametrize("keep", [0, 5, 10, 500, 505, 1000, 5000])
def test_a_resumed_run_drops_what_came_after_its_checkpoint(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "sae-0.bin"
    steps, values = written(path, 100)
    with open(path, "ab") as file:
        file.write(b"torn row")
    writer = MetricsWriter(path, ["a", "b"], keep)
    kept = [each for each in steps if each <= keep]
    assert read_metrics(path, [], 0, None, 1000).steps == kept
    writer.add(6000, {"a": 1.0, "b": 2.0})
    writer.flush()
    page = read_metrics(path, [], 0, None, 1000)
    assert page.steps == [*kept, 6000]
    assert page.columns["a"] == [*values[: len(kept), 0].tolist(), 1.0]


def test_columns_that_changed_begin_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "sae-0.bin"
    written(path, 10)
    MetricsWriter(path, ["a"], 100).close()
    assert read_metrics(path, [], 0, None, 10).rows == 0


@pytest.mark.parametrize("points", [2, 10, 100, 999])
def test_thinning_keeps_ends_and_every_peak(tmp_path: Path, points: int) -> None:
    path = tmp_path / "sae-0.bin"
    steps, values = written(path, 5000, seed=3)
    page = read_metrics(path, ["a"], 0, None, points)
    assert len(page.steps) <= points
    assert page.rows == 5000
    by_step = dict(zip(steps, values[:, 0].tolist(), strict=True))
    assert page.columns["a"] == [by_step[step] for step in page.steps]
    assert page.steps == sorted(set(page.steps))
    if points >= 10:
        assert page.steps[0] == 10
        assert page.steps[-1] == 50_000
        assert max(page.columns["a"]) == values[:, 0].max()  # type: ignore[type-var]
        assert min(page.columns["a"]) == values[:, 0].min()  # type: ignore[type-var]
        stretches = (points - 2) // 2
        for edge in np.array_split(values[:, 0], stretches) if 5000 % stretches == 0 else []:
            assert edge.max() in page.columns["a"]
            assert edge.min() in page.columns["a"]


def test_a_million_rows_are_thinned_without_reading_them_into_a_list(tmp_path: Path) -> None:
    path = tmp_path / "sae-0.bin"
    MetricsWriter(path, ["a"], 0).close()
    table = np.stack([np.arange(1, 1_000_001), np.zeros(1_000_000)], axis=1)
    table[777_777, 1] = 5.0
    path.write_bytes(table.astype("<f8").tobytes())
    page = read_metrics(path, ["a"], 0, None, 200)
    assert len(page.steps) <= 200
    assert page.columns["a"][page.steps.index(777_778)] == 5.0
