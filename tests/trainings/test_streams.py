"""A model that is read directly gives a training what a capture of the same text would, and nothing that is held out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from mistudio_ext.captures.blocks import Blocks
from mistudio_ext.captures.run import Reader
from mistudio_ext.contract.models import checked
from mistudio_ext.trainings.model_at_hand import ModelAtHand
from mistudio_ext.trainings.pools import CapturePool, Pool
from mistudio_ext.trainings.rows import Feed, go_on
from mistudio_ext.trainings.schema import Mixing
from mistudio_ext.trainings.source_schema import CaptureSource, StreamSource
from mistudio_ext.trainings.sources import plan_sources
from mistudio_ext.trainings.stream import StreamPool
from tests.support import capturing, work
from tests.trainings.conftest import HOOKS, Prepared

BATCH = 64


def source_of(prepared: Prepared, **options: Any) -> StreamSource:
    values = {"model": prepared.model, "tokenization": prepared.tokenization, "hooks": ["layers.0-1.resid_post"]} | options
    return checked(StreamSource, values)


@pytest.fixture
def model(prepared: Prepared) -> Iterator[ModelAtHand]:
    with ModelAtHand(prepared.ws, plan_sources(prepared.ws, [source_of(prepared)]), HOOKS, "cpu") as found:
        yield found


def stream(prepared: Prepared, model: ModelAtHand, *, size: int = 4, room: int = 10**6, **options: Any) -> StreamPool:
    [planned] = plan_sources(prepared.ws, [source_of(prepared, **options)])
    model.sources = [planned]
    blocks = Blocks(model.plan_of(0), go_on)
    return StreamPool(planned, HOOKS, model, blocks=blocks, size=size, room=room, told=pytest.fail)


def captured(prepared: Prepared, model: ModelAtHand, **options: Any) -> CapturePool:
    # Without options it is there already.
    id = capturing.ask(prepared.ws, prepared.model, prepared.tokenization, hooks=HOOKS, **options)
    if options:
        assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    return CapturePool(id, prepared.ws.folder(id) / "data", HOOKS, model.tokenization_of(0))


def feed_of(*pools: Pool, mixing: Mixing = "uniform", window: int = 0, steps: int = 100, weights: Any = (1.0, 1.0)) -> Feed:
    sources = [CaptureSource(capture=pool.id, weight=weight) for pool, weight in zip(pools, weights, strict=False)]
    return Feed(pools, sources, mixing, batch=BATCH, steps=steps, seed=3, window=window)


def as_they_lie(prepared: Prepared, pool: CapturePool, *, held_out: bool) -> np.ndarray[Any, Any]:
    """Both hook points side by side: of the file, the rows that count."""
    chosen = pool.stored.index["counted"][:].astype(bool) & (pool.stored.index["held_out"][:].astype(bool) == held_out)
    return np.concatenate([pool.vectors[hook][:][chosen] for hook in HOOKS], 1)


def which(rows: np.ndarray[Any, Any], among: np.ndarray[Any, Any]) -> list[int]:
    """The number of the row that each one is; where texts begin alike, of the first of these."""
    ours, theirs = (torch.from_numpy(each).double() for each in (rows, among))
    near = torch.cdist(ours, theirs, compute_mode="use_mm_for_euclid_dist") < 1e-5 * theirs.norm(dim=1).mean()
    assert bool(near.any(1).all()), "a row is none of these"
    found: list[int] = near.int().argmax(1).tolist()
    return found


def read(feed: Feed, steps: int) -> np.ndarray[Any, Any]:
    batches = [feed.next(step).vectors for step in range(1, steps + 1)]
    assert all(each.dtype == torch.float32 for batch in batches for each in batch.values())
    return np.concatenate([np.concatenate([batch[hook].numpy() for hook in HOOKS], 1) for batch in batches])


@pytest.mark.parametrize(
    "options",
    [{}, {"drop_first": 3, "drop_special": False}, {"max_tokens": 1111}, {"max_samples": 60, "seed": 5, "drop_first": 0}],
)
@pytest.mark.parametrize("window", [0, 300])
def test_each_row_of_the_capture_is_read_once_a_round(
    prepared: Prepared, model: ModelAtHand, options: dict[str, Any], window: int
) -> None:
    pool, twin = stream(prepared, model, **options), captured(prepared, model, **options)
    expected = as_they_lie(prepared, twin, held_out=False)
    assert (len(pool.training), len(pool.held_out)) == (len(twin.training), len(twin.held_out))
    order = which(read(feed_of(pool, window=window), 2 * len(expected) // BATCH + 1), expected)
    for number in range(2):
        here = order[number * len(expected) : (number + 1) * len(expected)]
        assert Counter(here) == Counter(which(expected, expected))
    first, second = order[: len(expected)], order[len(expected) : 2 * len(expected)]
    assert first != second
    # Neighbors in the text are no neighbors in the order.
    assert (np.abs(np.diff(first)) == 1).mean() < 0.1


@pytest.mark.parametrize("size", [1, 4, 50])
def test_row_by_row_it_is_what_was_captured(prepared: Prepared, model: ModelAtHand, size: int) -> None:
    pool, twin = stream(prepared, model, size=size), captured(prepared, model)
    pool.make_ready([(0, len(pool.training))], go_on)
    places = np.random.default_rng(0).permutation(len(pool.training))
    ours, theirs = pool.training.at(places), twin.training.at(places)
    for hook in HOOKS:
        np.testing.assert_allclose(pool.tensor(hook, ours).numpy(), twin.vectors[hook][theirs], rtol=1e-4, atol=1e-5)
    for row, other in zip(ours[:20].tolist(), theirs[:20].tolist(), strict=True):
        assert pool.text_of(row) == twin.text_of(other)
    with pytest.raises(IndexError):
        pool.tensor(HOOKS[0], pool.held_out.at(np.arange(3)))


def test_what_is_held_out_is_never_read_to_train_on(
    prepared: Prepared, model: ModelAtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    read_blocks = Reader.read_blocks

    def noted(self: Reader, blocks: Any) -> Any:
        seen.extend(block.held_out for block in blocks)
        return read_blocks(self, blocks)

    monkeypatch.setattr(Reader, "read_blocks", noted)
    pool, twin = stream(prepared, model), captured(prepared, model)
    seen.clear()
    feed = feed_of(pool, window=300)
    read(feed, 40)
    list(feed.first(500, HOOKS))
    assert seen
    assert not any(seen)
    seen.clear()
    held = np.concatenate([np.concatenate([each[hook].numpy() for hook in HOOKS], 1) for each in feed.held_out(200, HOOKS)])
    assert all(seen)
    # The first ones in the order of the text, as of a capture; asked for once more, they are there.
    there = as_they_lie(prepared, twin, held_out=True)
    assert which(held, there) == which(there[:200], there)
    seen.clear()
    again = [each[HOOKS[1]] for each in feed.held_out(200, HOOKS[1:])]
    assert not seen
    assert np.array_equal(torch.cat(again).numpy(), held[:, held.shape[1] // 2 :])


def test_without_room_what_is_asked_for_apart_is_computed_anew(prepared: Prepared, model: ModelAtHand) -> None:
    feeds = [feed_of(stream(prepared, model, room=room)) for room in (0, 10**6)]
    parts = [[torch.cat([each[HOOKS[0]] for each in feed.first(300, HOOKS)]) for _ in range(2)] for feed in feeds]
    assert all(torch.equal(parts[0][0], each) for both in parts for each in both)


def test_what_is_calibrated_on_is_of_the_first_window(prepared: Prepared, model: ModelAtHand) -> None:
    pool, twin = stream(prepared, model), captured(prepared, model)
    expected = as_they_lie(prepared, twin, held_out=False)
    feed = feed_of(pool, window=500)
    first = np.concatenate([np.concatenate([each[hook].numpy() for hook in HOOKS], 1) for each in feed.first(150, HOOKS)])
    [ready] = [feed._together.coming(0)]
    in_window = sum(last - first for first, last in ready)
    assert len(first) == 150
    assert {*which(first, expected)} <= {*which(read(feed, in_window // BATCH + 1), expected)[:in_window]}


@pytest.mark.parametrize("mixing", ["uniform", "weights", "sequence", "curriculum"])
def test_mixed_with_a_capture_it_goes_on_from_any_batch(prepared: Prepared, model: ModelAtHand, mixing: Mixing) -> None:
    def feed() -> Feed:
        id = prepared.captures[1]
        capture = CapturePool(id, prepared.ws.folder(id) / "data", HOOKS, model.tokenization_of(0))
        return feed_of(stream(prepared, model, max_tokens=700), capture, mixing=mixing, window=400, weights=(1.0, 2.0))

    whole = feed()
    states, batches = [whole.state], []
    for step in range(1, 41):
        batches.append(whole.next(step).vectors)
        states.append(json.loads(json.dumps(whole.state)))
    assert min(whole.state["read"]) > 0
    assert sum(whole.state["read"]) == 40 * BATCH
    if mixing == "weights":
        assert np.allclose(whole.state["read"], [40 * BATCH / 3, 80 * BATCH / 3], atol=1)
    for begin in (1, 9, 30):
        again = feed()
        again.state = states[begin]
        for step in range(begin + 1, 41):
            found = again.next(step).vectors
            assert all(torch.equal(found[hook], batches[step - 1][hook]) for hook in HOOKS)


def test_uniformly_mixed_every_row_of_both_is_read_once_a_round(prepared: Prepared, model: ModelAtHand) -> None:
    pool, twin = stream(prepared, model, max_tokens=700), captured(prepared, model, max_tokens=700)
    id = prepared.captures[1]
    other = CapturePool(id, prepared.ws.folder(id) / "data", HOOKS, model.tokenization_of(0))
    expected = np.concatenate([as_they_lie(prepared, each, held_out=False) for each in (twin, other)])
    steps = len(expected) // BATCH
    found = Counter(which(read(feed_of(pool, other, window=300), steps), expected))
    # A text that is in both gives its rows twice.
    assert not found - Counter(which(expected, expected))
