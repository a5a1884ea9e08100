"""Packing against a reference that does it token by token."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mistudio_ext.datasets.encoded import Encoded
from mistudio_ext.datasets.pack import Packer, held_out


def reference(samples: list[tuple[int, list[int]]], length: int, begin: int | None, end: int | None) -> dict[str, Any]:
    """Every token with its sample and its number in it, cut into blocks; what a block's samples are follows from that."""
    stream: list[tuple[int, int, int]] = []
    for sample, ids in samples:
        if ids:
            stream += [(id, sample, number) for number, id in enumerate([*ids, *([] if end is None else [end])])]
    first = [] if begin is None else [begin]
    room = length - len(first)
    blocks = []
    for start in range(0, len(stream) - room + 1, room):
        part = stream[start : start + room]
        spans: dict[int, tuple[int, int]] = {}
        for position, (_, sample, number) in enumerate(part, len(first)):
            spans.setdefault(sample, (position, number))
        blocks.append(
            {
                "ids": [*first, *(id for id, _, _ in part)],
                "samples": list(spans),
                "starts": [position for position, _ in spans.values()],
                "offsets": [number for _, number in spans.values()],
            }
        )
    return {"blocks": blocks, "left": len(stream) - room * len(blocks)}


def encoded(lists: list[list[int]]) -> Encoded:
    return Encoded(np.array([id for ids in lists for id in ids], np.int32), np.array([len(ids) for ids in lists], np.int64))


def packed(
    samples: list[tuple[int, list[int]]], cuts: list[int], length: int, begin: int | None, end: int | None
) -> dict[str, Any]:
    """The same by the packer: in batches, and written down and taken up again between any two."""
    blocks = []
    packer = Packer(length, begin, end)
    edges = [0, *sorted(min(cut, len(samples)) for cut in cuts), len(samples)]
    for first, last in itertools.pairwise(edges):
        batch = samples[first:last]
        made = packer.add(np.array([sample for sample, _ in batch], np.int64), encoded([ids for _, ids in batch]))
        ends = np.cumsum(made.spans)
        for ids, low, high in zip(made.ids, ends - made.spans, ends, strict=True):
            part = slice(low, high)
            blocks.append(
                {
                    "ids": ids.tolist(),
                    "samples": made.samples[part].tolist(),
                    "starts": made.starts[part].tolist(),
                    "offsets": made.offsets[part].tolist(),
                }
            )
        state = json.loads(json.dumps(packer.state()))
        packer = Packer(length, begin, end)
        packer.restore(state)
    return {"blocks": blocks, "left": len(packer.left)}


IDS = st.integers(3, 30)
SAMPLES = st.lists(
    st.tuples(st.integers(1, 5), st.lists(IDS, max_size=12) | st.lists(IDS, min_size=20, max_size=60)), max_size=25
)


@settings(max_examples=300, deadline=None)
@given(
    SAMPLES, st.lists(st.integers(0, 25), max_size=5), st.integers(1, 20), st.sampled_from([None, 1]), st.sampled_from([None, 2])
)
def test_blocks_are_the_references(steps: Any, cuts: list[int], length: int, begin: int | None, end: int | None) -> None:
    if length == 1 and begin is not None:
        return
    rows = np.cumsum([step for step, _ in steps]).tolist()  # gaps: samples of the other stream
    samples = list(zip(rows, (ids for _, ids in steps), strict=True))
    expected = reference(samples, length, begin, end)
    assert packed(samples, cuts, length, begin, end) == expected
    # Both ways: from a place in a block to the sample's token, and back.
    tokens = {sample: [*ids, *([] if end is None else [end])] for sample, ids in samples if ids}
    found = set()
    for block in expected["blocks"]:
        for index, (sample, start, offset) in enumerate(zip(block["samples"], block["starts"], block["offsets"], strict=True)):
            stop = block["starts"][index + 1] if index + 1 < len(block["starts"]) else length
            for position in range(start, stop):
                assert block["ids"][position] == tokens[sample][offset + position - start]
                found.add((sample, offset + position - start))
    assert len(found) + expected["left"] == sum(map(len, tokens.values()))


def test_blocks_of_one_token() -> None:
    result = packed([(0, [5, 6]), (4, [7])], [], 1, None, 2)
    assert [block["ids"] for block in result["blocks"]] == [[5], [6], [2], [7], [2]]
    assert [block["samples"] + block["offsets"] for block in result["blocks"]] == [[0, 0], [0, 1], [0, 2], [4, 0], [4, 1]]


def test_choosing_samples_out_of_a_batch() -> None:
    chosen = encoded([[1, 2], [], [3], [4, 5, 6]]).of(np.array([True, True, False, True]))
    assert (chosen.ids.tolist(), chosen.lengths.tolist()) == ([1, 2, 4, 5, 6], [2, 0, 3])


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05, 0.2, 0.5])
def test_the_held_out_share_is_what_was_asked_for(share: float) -> None:
    rows = np.arange(200_000)
    apart = held_out(rows, share)
    deviation = (share * (1 - share) / len(rows)) ** 0.5
    assert abs(apart.mean() - share) <= 4 * deviation
    # Neighbors are independent of each other: no pattern in the text can line up with the split.
    assert abs((apart[1:] & apart[:-1]).mean() - share**2) <= 5 * max(share**2 / len(rows), 0) ** 0.5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**40), max_size=50), st.floats(0, 0.5), st.integers(0, 50))
def test_the_split_depends_on_the_row_alone(rows: list[int], share: float, cut: int) -> None:
    whole = held_out(np.array(rows, np.int64), share)
    parts = [held_out(np.array(part, np.int64), share) for part in (rows[:cut], rows[cut:])]
    assert whole.tolist() == np.concatenate(parts).tolist()


def test_a_larger_share_holds_out_the_same_samples_and_more() -> None:
    rows = np.arange(5000)
    assert not (held_out(rows, 0.05) & ~held_out(rows, 0.1)).any()


def test_the_first_samples_are_for_training() -> None:
    """A dataset of a sample or two can be tokenized with the default share."""
    assert not held_out(np.arange(8), 0.1).any()


def reference_with_roles(
    samples: list[tuple[int, bool, list[tuple[int, int]]]], length: int, begin: int | None, end: int | None
) -> list[list[tuple[int, int, int, int]]]:
    """Blocks of tokens, each with its role, its sample and its number in it; -1 is nobody's."""
    stream = []
    for sample, chat, tokens in samples:
        own = list(tokens)
        if chat and own and begin is not None and own[0][0] == begin:
            own = own[1:]
        if own and end is not None and not (chat and own[-1][0] == end):
            own.append((end, 0))
        stream += [(id, role, sample, number) for number, (id, role) in enumerate(own)]
    first = [] if begin is None else [(begin, 0, -1, -1)]
    room = length - len(first)
    return [[*first, *stream[at : at + room]] for at in range(0, len(stream) - room + 1, room)]


TOKENS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4)), max_size=9)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.booleans(), TOKENS), max_size=20),
    st.lists(st.integers(0, 20), max_size=4),
    st.integers(2, 9),
    st.sampled_from([None, 1]),
    st.sampled_from([None, 2]),
)
def test_roles_stay_with_their_tokens(steps: Any, cuts: list[int], length: int, begin: int | None, end: int | None) -> None:
    rows = np.cumsum([step for step, _, _ in steps]).tolist()
    samples = [(row, chat, tokens) for row, (_, chat, tokens) in zip(rows, steps, strict=True)]
    packer = Packer(length, begin, end, with_roles=True)
    found: list[list[tuple[int, int, int, int]]] = []
    edges = [0, *sorted(min(cut, len(samples)) for cut in cuts), len(samples)]
    for first, last in itertools.pairwise(edges):
        batch = samples[first:last]
        tokens = [token for _, _, own in batch for token in own]
        made = packer.add(
            np.array([sample for sample, _, _ in batch], np.int64),
            Encoded(
                np.array([id for id, _ in tokens], np.int32),
                np.array([len(own) for _, _, own in batch], np.int64),
                np.array([role for _, role in tokens], np.int8),
                np.array([chat for _, chat, _ in batch], np.bool_),
            ),
        )
        assert made.roles is not None
        at = 0
        for ids, roles, spans in zip(made.ids, made.roles, made.spans, strict=True):
            belongs = [(-1, -1)] * length
            for sample, start, offset in zip(
                *(each[at : at + spans] for each in (made.samples, made.starts, made.offsets)), strict=True
            ):
                belongs[start:] = [(int(sample), int(offset) + more) for more in range(length - start)]
            at += spans
            found.append([(int(id), int(role), *own) for id, role, own in zip(ids, roles, belongs, strict=True)])
        state = json.loads(json.dumps(packer.state()))
        packer = Packer(length, begin, end, with_roles=True)
        packer.restore(state)
    assert found == reference_with_roles(samples, length, begin, end)
