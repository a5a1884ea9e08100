"""Ranges against the plainest thing that does the same: a set of numbers."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mistudio_ext.hub.part import Part
from mistudio_ext.hub.ranges import Ranges
from mistudio_ext.hub.schema import HubFile

SPAN = st.tuples(st.integers(0, 60), st.integers(0, 60))


def numbers(ranges: list[tuple[int, int]]) -> set[int]:
    return {number for start, end in ranges for number in range(start, end)}


@given(st.lists(SPAN, max_size=12), SPAN)
def test_they_are_sets_of_bytes(added: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    ranges = Ranges()
    for start, end in added:
        ranges.add(start, end)
    expected = numbers(added)
    assert numbers(list(ranges)) == expected
    assert ranges.total == len(expected)
    missing = ranges.missing(*asked)
    assert numbers(missing) == numbers([asked]) - expected
    assert all(start < end for start, end in missing)
    # Sorted, and none touches the next.
    assert all(first[1] < second[0] for first, second in zip(list(ranges)[:-1], list(ranges)[1:], strict=True))
    ranges.clear()
    assert ranges.missing(*asked) == ([asked] if asked[0] < asked[1] else [])


@given(st.lists(SPAN, max_size=6), st.binary(max_size=30))
def test_a_note_is_never_believed_beyond_the_file(spans: list[tuple[int, int]], tail: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = HubFile(path="x", size=50, oid="a" * 40)
        (folder / f"{file.content}.part").write_bytes(bytes(40))
        note = "".join(f"{start} {end}\n" for start, end in spans).encode()
        (folder / f"{file.content}.got").write_bytes(note + tail.replace(b"\n", b""))
        part = Part(folder, file)
        assert numbers([(0, 50)]) - numbers(part.missing(0, 50)) == {each for each in numbers(spans) if each < 40}
        part.close()
