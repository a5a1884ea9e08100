"""Checkpoints on disk: each a folder that is there whole or not at all, with all that is needed to go on from it.

`weights-0.safetensors` has the first SAE as it is trained, `optimizer-0.safetensors` what its optimizer remembers and since
when each feature is silent, `state.json` the place in the data, the schedule and the sizes that were found.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.errors import DiskFull, NotFound
from ..saes.tensor_file import Tensors, write_tensors
from ..workspace import atomic
from ..workspace.paths import disk_use
from ..workspace.workspace import read_json
from .record_schema import Checkpoint

STATE = "state.json"
FOLDER = "checkpoints"
NAME = re.compile(r"\d{1,12}")
State = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """A run at one step, in copies: `files` are its tensors by the file's name."""

    step: int
    state: State
    files: dict[str, Tensors]


def checkpoint_folder(training: Path, step: int) -> Path:
    folder = training / FOLDER / str(step)
    if not (folder / STATE).exists():
        there = ", ".join(map(str, steps_of(training)[-10:]))
        raise NotFound(f"There is no checkpoint at step {step:,}.", f"There is: {there}." if there else "There is none yet.")
    return folder


def steps_of(training: Path) -> list[int]:
    try:
        names = os.listdir(training / FOLDER)
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in names if NAME.fullmatch(name))


def states_of(training: Path) -> Iterator[State]:
    """Of every checkpoint, earliest first; one that goes away meanwhile is left out."""
    for step in steps_of(training):
        path = training / FOLDER / str(step) / STATE
        if path.exists():
            yield read_json(path)


def read_state(training: Path, step: int) -> State:
    return read_json(checkpoint_folder(training, step) / STATE)


def sae_at(state: State, number: int) -> dict[str, Any]:
    saes: list[dict[str, Any]] = state["saes"]
    if not 0 <= number < len(saes):
        raise NotFound(f"The training has no SAE number {number}.", f"It has {len(saes)}, counted from 0.", field="sae")
    return saes[number]


def write_checkpoint(training: Path, snapshot: Snapshot) -> int:
    """The bytes that it takes."""
    target = training / FOLDER / str(snapshot.step)
    there = read_json(target / STATE) if (target / STATE).exists() else None
    if there is not None and (there["planned"] or not snapshot.state["planned"]):
        if snapshot.state["by_hand"] and not there["by_hand"]:
            # What is asked for by hand stays, though it has been made already.
            atomic.write_json(target / STATE, there | {"by_hand": True})
        return disk_use(target)
    parts = atomic.beside(target)
    atomic.make_folder(parts)
    try:
        for name, tensors in snapshot.files.items():
            write_tensors(parts / name, tensors)
        atomic.write_json(
            parts / STATE, snapshot.state | {"by_hand": snapshot.state["by_hand"] or bool(there and there["by_hand"])}
        )
        # One that was saved to rest lacks what the plan's has: the evaluation, and in haste the threshold.
        remove_checkpoint(training, snapshot.step)
        atomic.publish(parts, target)
    except BaseException:
        shutil.rmtree(parts, ignore_errors=True)
        raise
    return disk_use(target)


def remove_checkpoint(training: Path, step: int) -> None:
    """Its name goes at once, its bytes after that."""
    folder = training / FOLDER / str(step)
    gone = atomic.beside(folder)
    try:
        os.rename(folder, gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)


def sweep(training: Path) -> None:
    """What a crash left behind. For whoever works on this training alone."""
    for each in (training / FOLDER).glob(f"*{atomic.MARK}*"):
        shutil.rmtree(each, ignore_errors=True)


def reasons(states: list[State], keep_every: int | None) -> dict[int, list[str]]:
    """For each step why its checkpoint stays; nothing where it need not."""
    found: dict[int, list[str]] = {}
    best = {each["step"] for each in states[-1]["best"] if each is not None} if states else set()
    # One that was saved to rest is no more than the last one, while it is.
    first = next((each["step"] for each in states if each["planned"]), None)
    # Where an extension began: it can be cancelled, and what was there before is whole again.
    extended = states[-1]["begin"] if states else None
    for place, state in enumerate(states):
        step = state["step"]
        found[step] = [
            reason
            for reason, holds in (
                ("first", step == first),
                ("last", place == len(states) - 1),
                ("best", step in best),
                ("every", keep_every is not None and step % keep_every == 0),
                ("by hand", state["by_hand"]),
                ("extended", step == extended),
            )
            if holds
        ]
    return found


def shown(training: Path, states: list[State], keep_every: int | None) -> list[Checkpoint]:
    kept = reasons(states, keep_every)
    return [
        Checkpoint(
            step=each["step"],
            tokens=each["tokens"],
            created=each["created"],
            bytes=disk_use(training / FOLDER / str(each["step"])),
            kept_for=kept[each["step"]],
            fvu=each["fvu"],
            best_of=[number for number, best in enumerate(states[-1]["best"]) if best and best["step"] == each["step"]],
        )
        for each in states
    ]


class Saver:
    """Writes checkpoints beside the run, one at a time, and drops those that need not stay."""

    def __init__(self, training: Path, keep_every: int | None):
        self.training, self.keep_every = training, keep_every
        self._thread = ThreadPoolExecutor(1, "checkpoint")
        self._going: Future[None] | None = None
        # Done before each is written: what a checkpoint stands for must not be younger than itself on the disk.
        self.before: Callable[[], None] = lambda: None
        # Done when one is there.
        self.after: Callable[[], None] = lambda: None
        atomic.make_folder(training / FOLDER)
        sweep(training)

    def save(self, snapshot: Snapshot) -> DiskFull | None:
        """Begin to write; what came of the one before, where that did not fit on the disk."""
        before = self.wait()
        self._going = self._thread.submit(self._write, snapshot)
        return before

    def wait(self) -> DiskFull | None:
        going, self._going = self._going, None
        if going is not None:
            try:
                going.result()
            except DiskFull as error:
                return error
        return None

    @property
    def done(self) -> bool:
        return self._going is None or self._going.done()

    def close(self) -> None:
        self._thread.shutdown()

    def _write(self, snapshot: Snapshot) -> None:
        self.before()
        write_checkpoint(self.training, snapshot)
        self.after()
        for step, why in reasons(list(states_of(self.training)), self.keep_every).items():
            if not why:
                remove_checkpoint(self.training, step)
