"""Checkpoints as files: what any reader of safetensors finds in them, whole or not there; and which of them stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from mistudio_ext.contract.errors import DiskFull, NotFound, Unreadable
from mistudio_ext.saes.tensor_file import read_tensors, write_tensors
from mistudio_ext.trainings import checkpoint
from mistudio_ext.trainings.checkpoint import Saver, Snapshot, checkpoint_folder, reasons, steps_of, write_checkpoint

TENSORS = {
    "matrix": torch.arange(12, dtype=torch.float32).reshape(3, 4).t(),
    "number": torch.tensor(2.5),
    "none": torch.empty(0, 7),
    "exact": torch.tensor([1e-300], dtype=torch.float64),
    "counts": torch.tensor([2**60, -1]),
    "bytes": torch.tensor([1, 255], dtype=torch.uint8),
    "flags": torch.tensor([True, False]),
}


def test_tensors_are_what_the_library_reads(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    assert write_tensors(path, TENSORS) == path.stat().st_size
    for found in (load_file(path), read_tensors(path)):
        assert found.keys() == TENSORS.keys()
        for name, each in TENSORS.items():
            assert found[name].dtype == each.dtype
            assert torch.equal(found[name], each)


@pytest.mark.parametrize("content", [b"", b"\xff" * 50, b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "[:12]])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"a\.safetensors"):
        read_tensors(path)


def state(step: int, *, best: int | None = None, planned: bool = True, by_hand: bool = False) -> dict[str, Any]:
    known = [None if best is None else {"step": best, "rank": [0.5]}]
    return {"step": step, "begin": 0, "best": known, "planned": planned, "by_hand": by_hand}


def test_the_rule_of_what_stays() -> None:
    states = [state(5, planned=False), *(state(step, by_hand=step == 40, best=30) for step in range(10, 101, 10))]
    found = reasons(states, 50)
    assert found == {
        5: [], 10: ["first"], 20: [], 30: ["best"], 40: ["by hand"], 50: ["every"], 60: [], 70: [], 80: [], 90: [],
        100: ["last", "every"],
    }  # fmt: skip
    assert reasons([state(5, planned=False)], None) == {5: ["last"]}
    assert reasons([], 10) == {}


def test_a_saver_keeps_what_stays_and_drops_the_rest(tmp_path: Path) -> None:
    saver = Saver(tmp_path, 30)
    for step in range(10, 101, 10):
        assert saver.save(Snapshot(step, state(step, best=min(step, 50)), {"a.safetensors": TENSORS})) is None
    assert saver.wait() is None
    saver.close()
    assert steps_of(tmp_path) == [10, 30, 50, 60, 90, 100]
    assert {each.name for each in (tmp_path / "checkpoints").iterdir()} == {"10", "30", "50", "60", "90", "100"}


def test_what_the_plan_saves_takes_the_place_of_what_was_saved_to_rest(tmp_path: Path) -> None:
    resting, planned = ({"a.safetensors": {"x": torch.tensor([each])}} for each in (1.0, 2.0))
    write_checkpoint(tmp_path, Snapshot(10, state(10, planned=False), resting))
    write_checkpoint(tmp_path, Snapshot(10, state(10), planned))
    write_checkpoint(tmp_path, Snapshot(10, state(10, planned=False, by_hand=True), resting))
    folder = checkpoint_folder(tmp_path, 10)
    assert read_tensors(folder / "a.safetensors")["x"].item() == 2.0
    kept = checkpoint.read_state(tmp_path, 10)
    assert (kept["planned"], kept["by_hand"]) == (True, True)
    with pytest.raises(NotFound, match="no checkpoint at step 20"):
        checkpoint_folder(tmp_path, 20)


def test_a_full_disk_leaves_nothing_behind_and_is_told_at_the_next_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saver = Saver(tmp_path, None)
    with monkeypatch.context() as full:
        full.setattr(checkpoint, "write_tensors", lambda *_: (_ for _ in ()).throw(DiskFull("No room.", "Make room.")))
        saver.save(Snapshot(10, state(10), {"a.safetensors": TENSORS}))
        error = saver.wait()
    assert isinstance(error, DiskFull)
    assert steps_of(tmp_path) == []
    assert saver.save(Snapshot(20, state(20), {"a.safetensors": TENSORS})) is None
    assert saver.wait() is None
    saver.close()
    assert [each.name for each in (tmp_path / "checkpoints").iterdir()] == ["20"]
