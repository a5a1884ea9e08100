"""Which rows a training reads: never held-out ones, each once a round, mixed as asked for; and against plain arrays."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mistudio_ext.captures.shards import ShardFile
from mistudio_ext.contract.errors import Conflict
from mistudio_ext.trainings.order import CHUNK
from mistudio_ext.trainings.pools import CapturePool
from mistudio_ext.trainings.prefetch import Prefetch
from mistudio_ext.trainings.rows import Feed, shared_out
from mistudio_ext.trainings.source_schema import CaptureSource

WIDTH = 3


def make_pool(folder: Path, id: str, rows: int, first: float = 0.0, dtype: str = "float32") -> CapturePool:
    """The first number of each vector is its row, counted from `first`; the second hook point has its negative."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(rows)
    index: dict[str, Any] = {name: np.arange(rows) for name in ("sample", "block", "position", "token")}
    index |= {"held_out": np.arange(rows) % 50 < 7, "counted": chance.random(rows) > 0.1}
    vectors = torch.arange(rows)[:, None] + torch.tensor([first, 0.5, 0.25])
    half = rows // 3
    for number, (begin, end) in enumerate(((0, half), (half, rows))):
        with ShardFile(folder / f"{number}.h5", {"in": WIDTH, "out": WIDTH}, dtype, end - begin) as shard:  # type: ignore[arg-type]
            part = {name: each[begin:end] for name, each in index.items()}
            kind = getattr(torch, dtype)
            shard.add({"in": vectors[begin:end].to(kind), "out": -vectors[begin:end].to(kind)}, part)
    shards = [{"file": "0.h5", "rows": half}, {"file": "1.h5", "rows": rows - half}]
    manifest = {"shards": shards, "hooks": {"in": WIDTH, "out": WIDTH}, "dtype": dtype}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    pool = CapturePool(id, folder, ["in", "out"], folder)
    allowed = np.flatnonzero(~index["held_out"] & index["counted"])
    assert np.array_equal(pool.training.at(np.arange(len(pool.training))), allowed)
    kept_apart = np.flatnonzero(index["held_out"] & index["counted"])
    assert np.array_equal(pool.held_out.at(np.arange(len(pool.held_out))), kept_apart)
    return pool


@pytest.fixture
def pools(tmp_path: Path) -> list[CapturePool]:
    return [make_pool(tmp_path / "a", "a", 700), make_pool(tmp_path / "b", "b", 300, first=10_000)]


def feed_of(pools: list[CapturePool], mixing: str, *, batch: int = 64, steps: int = 100, window: int = 0, **weights: Any) -> Feed:
    sources = [CaptureSource(capture=pool.id, weight=weights.get(pool.id, 1.0), weight_at_end=weights.get(f"{pool.id}_end"))
               for pool in pools]  # fmt: skip
    return Feed(pools, sources, mixing, batch=batch, steps=steps, seed=0, window=window)  # type: ignore[arg-type]


def rows_read(feed: Feed, steps: int) -> list[list[float]]:
    found = []
    for step in range(1, steps + 1):
        batch = feed.next(step)
        assert torch.equal(batch.vectors["in"], -batch.vectors["out"])
        assert batch.vectors["in"].dtype == torch.float32
        found.append(batch.vectors["in"][:, 0].tolist())
    return found


def allowed(pool: CapturePool, first: float = 0.0) -> list[float]:
    return [first + row for row in pool.training.at(np.arange(len(pool.training))).tolist()]


@pytest.mark.parametrize("window", [0, CHUNK])
def test_each_row_of_all_captures_is_read_once_a_round(tmp_path: Path, window: int) -> None:
    pools = [make_pool(tmp_path / "a", "a", 4 * CHUNK), make_pool(tmp_path / "b", "b", 3000, first=100_000)]
    feed = feed_of(pools, "uniform", window=window)
    every = allowed(pools[0]) + allowed(pools[1], 100_000)
    batches = rows_read(feed, 2 * len(every) // 64 + 1)
    often = dict.fromkeys(every, 0)
    for batch in batches:
        for row in batch:
            often[row] += 1
        assert max(often.values()) - min(often.values()) <= 1
    assert min(often.values()) == 2
    firsts = [{*batch} for batch in batches]
    assert firsts[0] not in firsts[1:]
    read = [row for batch in batches for row in batch]
    assert feed.state["read"] == [sum(row < 100_000 for row in read), sum(row >= 100_000 for row in read)]


def test_going_on_from_any_batch_gives_the_same(pools: list[CapturePool]) -> None:
    for mixing in ("uniform", "weights", "sequence", "curriculum"):
        weights = {"a": 1.0, "b": 3.0, "a_end": 5.0}
        feed = feed_of(pools, mixing, **weights)
        states, batches = [feed.state], []
        for step in range(1, 41):
            batches.append(feed.next(step).vectors["in"])
            states.append(json.loads(json.dumps(feed.state)))
        for begin in (1, 7, 33):
            again = feed_of(pools, mixing, **weights)
            again.state = states[begin]
            for step in range(begin + 1, 41):
                assert torch.equal(again.next(step).vectors["in"], batches[step - 1]), mixing
            assert again.state == feed.state


def test_weights_are_kept_exactly(pools: list[CapturePool]) -> None:
    feed = feed_of(pools, "weights", a=0.7, b=0.3)
    read = rows_read(feed, 100)
    counts = [sum(row >= 10_000 for row in batch) for batch in read]
    # 19.2 of 64 a batch: never off by more than one, and nothing is lost in the long run.
    assert set(counts) == {19, 20}
    assert sum(counts) == 1920
    assert feed.state["read"] == [4480, 1920]
    # The small one goes round: each of its rows as often as any other, give or take one.
    often = Counter(row for batch in read for row in batch if row >= 10_000)
    assert set(often) == set(allowed(pools[1], 10_000))
    assert max(often.values()) - min(often.values()) == 1


def test_a_weight_of_nothing_reads_nothing(pools: list[CapturePool]) -> None:
    feed = feed_of(pools, "weights", a=0.0, b=2.0)
    assert all(row >= 10_000 for batch in rows_read(feed, 20) for row in batch)
    assert feed.state["read"] == [0, 1280]


def test_a_curriculum_moves_in_a_straight_line(pools: list[CapturePool]) -> None:
    feed = feed_of(pools, "curriculum", a=1.0, a_end=0.0, b=0.0, b_end=1.0, steps=101)
    counts = np.array([sum(row >= 10_000 for row in batch) for batch in rows_read(feed, 101)])
    expected = 64 * np.arange(101) / 100
    assert np.abs(counts - expected).max() <= 1
    assert counts.sum() == round(expected.sum())


def test_a_sequence_reads_one_after_another(pools: list[CapturePool]) -> None:
    feed = feed_of(pools, "sequence")
    sizes = [len(pool.training) for pool in pools]
    read = [row for batch in rows_read(feed, 2 * sum(sizes) // 64 + 1) for row in batch]
    first, second = allowed(pools[0]), allowed(pools[1], 10_000)
    assert sorted(read[: sizes[0]]) == sorted(first)
    assert sorted(read[sizes[0] : sum(sizes)]) == sorted(second)
    assert sorted(read[sum(sizes) : sum(sizes) + sizes[0]]) == sorted(first)
    assert read[: sizes[0]] != read[sum(sizes) : sum(sizes) + sizes[0]]


def test_shares_add_up_whatever_is_owed() -> None:
    chance = np.random.default_rng(0)
    for _ in range(200):
        shares = chance.dirichlet(np.ones(5) * 0.2).tolist()
        owed, total = [0.0] * 5, np.zeros(5)
        for step in range(1, 30):
            given, owed = shared_out(16, shares, owed)
            total += given
            assert sum(given) == 16
            assert min(given) >= 0
            assert np.abs(total - 16 * step * np.array(shares)).max() < 2


def test_what_is_calibrated_on_is_what_is_read_first(pools: list[CapturePool]) -> None:
    feed = feed_of(pools, "uniform")
    read = [row for batch in rows_read(feed, 4) for row in batch]
    first = [row for part in feed.first(256, ["in"]) for row in part["in"][:, 0].tolist()]
    assert sorted(first) == sorted(read)
    every = [row for part in feed.first(10**6, ["in"]) for row in part["in"][:, 0].tolist()]
    assert sorted(every) == sorted(allowed(pools[0]) + allowed(pools[1], 10_000))


def test_held_out_rows_are_apart(pools: list[CapturePool]) -> None:
    feed = feed_of(pools, "uniform")
    held = [row for part in feed.held_out(60, ["in"]) for row in part["in"][:, 0].tolist()]
    assert len(held) == 60
    assert len([row for row in held if row < 10_000]) == 30
    assert not {*held} & {row for batch in rows_read(feed, 30) for row in batch}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_becomes_float32(tmp_path: Path, dtype: str) -> None:
    pool = make_pool(tmp_path / "a", "a", 200, dtype=dtype)
    batch = feed_of([pool], "uniform").next(1).vectors["in"]
    assert {*batch[:, 0].tolist()} <= {*allowed(pool)}


def test_reading_ahead_gives_the_same_batches_and_leaves_no_thread(pools: list[CapturePool]) -> None:
    expected = rows_read(feed_of(pools, "uniform"), 20)
    with Prefetch(feed_of(pools, "uniform"), 0, 20) as batches:
        got = [batch.vectors["in"][:, 0].tolist() for batch in batches]
    assert got == expected
    with Prefetch(feed_of(pools, "uniform"), 0, 20) as batches:
        for batch in batches:
            assert batch.after["place"] == 64 * batch.step
            if batch.step == 3:
                break
    assert not batches._thread.is_alive()


def test_what_goes_wrong_while_reading_ahead_is_told(pools: list[CapturePool]) -> None:
    feed = feed_of(pools, "uniform")
    (pools[0].stored.folder / "1.h5").unlink()
    with pytest.raises(Exception, match=r"1\.h5"), Prefetch(feed, 0, 20) as batches:
        list(batches)


def test_a_capture_without_rows_to_train_on_is_refused(pools: list[CapturePool]) -> None:
    pools[0].__dict__["training"] = type(pools[0].training)([])
    with pytest.raises(Conflict, match="no row"):
        feed_of(pools, "uniform")


@pytest.mark.parametrize(("mixing", "share"), [("sequence", 0.7), ("curriculum", 0.5)])
def test_what_is_fitted_and_calibrated_sees_every_source(pools: list[CapturePool], mixing: str, share: float) -> None:
    weights = {"a": 1.0, "a_end": 0.0, "b": 0.0, "b_end": 1.0} if mixing == "curriculum" else {}
    feed = feed_of(pools, mixing, **weights)
    seen = [row for part in feed.first(200, ["in"]) for row in part["in"][:, 0].tolist()]
    assert len(seen) == 200
    assert sum(row < 10_000 for row in seen) / len(seen) == pytest.approx(share, abs=0.02)
