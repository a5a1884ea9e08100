"""The order of rows: every round a permutation, another one each time, the same from wherever it is asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mistudio_ext.trainings.order import CHUNK, Order, Permutation


@given(count=st.integers(1, 5000), key=st.integers(0, 2**63))
@settings(max_examples=60, deadline=None)
def test_a_permutation_gives_each_number_once(count: int, key: int) -> None:
    assert np.array_equal(np.sort(Permutation(count, key).at(np.arange(count))), np.arange(count))


@given(count=st.integers(1, 3 * CHUNK), window=st.sampled_from([0, 1, CHUNK, 2 * CHUNK]), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_each_row_is_read_once_a_round(count: int, window: int, seed: int) -> None:
    order = Order(count, seed, window)
    for round_ in range(3):
        rows = order.rows(round_ * count, (round_ + 1) * count)
        assert np.array_equal(np.sort(rows), np.arange(count))


@pytest.mark.parametrize("window", [0, 2 * CHUNK])
def test_any_place_can_be_asked_for(window: int) -> None:
    count = 7 * CHUNK + 123
    whole = Order(count, 5, window).rows(0, 3 * count)
    chance = np.random.default_rng(0)
    for _ in range(50):
        begin = int(chance.integers(0, 3 * count))
        end = min(3 * count, begin + int(chance.integers(1, 5000)))
        assert np.array_equal(Order(count, 5, window).rows(begin, end), whole[begin:end])


def test_rounds_and_seeds_differ_and_nothing_of_the_old_order_is_left() -> None:
    count = 20_000
    orders = [Order(count, 0).rows(0, count), Order(count, 0).rows(count, 2 * count), Order(count, 1).rows(0, count)]
    orders.append(np.arange(count))
    for one in range(4):
        for other in range(one):
            # Of two independent orders one row is in the same place, on the average; and neighbors are not neighbors.
            assert (orders[one] == orders[other]).sum() < 15
            places = np.empty(count, np.int64)
            places[orders[other]] = np.arange(count)
            assert abs(np.corrcoef(places[orders[one]], np.arange(count))[0, 1]) < 0.03
            assert (np.abs(np.diff(places[orders[one]])) == 1).sum() < 15


def test_all_permutations_of_few_come_up_alike() -> None:
    """A coarse look at chance: the first row of each round is any of ten equally often."""
    firsts = np.bincount([int(Order(10, seed).rows(0, 1)[0]) for seed in range(5000)], minlength=10)
    # Chi squared with 9 degrees of freedom; 33.7 has a probability of 1e-4.
    assert ((firsts - 500) ** 2 / 500).sum() < 33.7


def test_a_window_mixes_chunks_and_reads_them_whole() -> None:
    count, window = 20 * CHUNK + 77, 4 * CHUNK
    order = Order(count, 3, window)
    begin = 0
    while begin < count:
        chunks = order.coming(begin)
        rows = np.concatenate([np.arange(first, last) for first, last in chunks])
        assert np.array_equal(np.sort(order.rows(begin, begin + len(rows))), np.sort(rows))
        assert len(chunks) <= 4
        begin += len(rows)
    assert begin == count
    # The chunks of a window come from all over.
    assert max(first for first, _ in order.coming(0)) - min(first for first, _ in order.coming(0)) > window
