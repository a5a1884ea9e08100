"""An architecture that is written in a notebook's cell: known to the processes that train, and never more than the class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from IPython.core.interactiveshell import InteractiveShell

from mistudio_ext.contract.errors import BadRequest, NotFound
from mistudio_ext.notebook.architecture import forget_architecture
from mistudio_ext.saes import own_architectures, registry
from mistudio_ext.saes.architectures import known, list_architectures
from mistudio_ext.workspace.workspace import Workspace

CELL = """
import mistudio_ext as ms
from mistudio_ext.saes.topk import TopK

WEIGHT = 1e-4
print("said once")
open({told!r}, "a").write("done ")

def squares(weight):
    return weight.square().sum()

@ms.register_architecture
class Sparser(TopK):
    architecture = "sparser"

    def loss(self, x, y, state):
        losses = super().loss(x, y, state)
        losses.add("pull", WEIGHT * squares(self.W_enc))
        return losses
"""


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    yield
    registry._registered.clear()


@pytest.fixture
def shell() -> InteractiveShell:
    return InteractiveShell()


def run(shell: InteractiveShell, cell: str) -> None:
    shell.run_cell(cell, store_history=True).raise_error()  # type: ignore[no-untyped-call]


def test_a_cell_makes_it_known_to_other_processes(shell: InteractiveShell, tmp_path: Path) -> None:
    told = tmp_path / "told"
    run(shell, CELL.format(told=str(told)))
    # As in a process that has not run the cell.
    registry._registered.clear()
    found: Any = registry.architecture("sparser")
    assert found.architecture == "sparser"
    assert found.__mro__[1].__name__ == "TopK"
    assert "sparser" in known()
    told_of = list_architectures(cast("Workspace", None)).architectures[-1]
    assert (told_of.name, told_of.package) == ("sparser", "a notebook")
    # What else the cell does is not done again.
    assert told.read_text() == "done "
    assert own_architectures.path_of("sparser").stat().st_mode & 0o777 == 0o600


def test_run_again_it_is_the_new_one(shell: InteractiveShell, tmp_path: Path) -> None:
    cell = CELL.format(told=str(tmp_path / "told"))
    run(shell, cell)
    run(shell, cell.replace("1e-4", "0.5"))
    registry._registered.clear()
    found: Any = registry.architecture("sparser")
    assert found.loss.__globals__["WEIGHT"] == 0.5
    forget_architecture("sparser")
    with pytest.raises(BadRequest, match="no architecture"):
        registry.architecture("sparser")
    with pytest.raises(NotFound):
        forget_architecture("sparser")


def test_a_cell_that_needs_another_cell_is_refused(shell: InteractiveShell, tmp_path: Path) -> None:
    whole = CELL.format(told=str(tmp_path / "told"))
    for needed in ("WEIGHT = 1e-4\n", "from mistudio_ext.saes.topk import TopK\n"):
        run(shell, needed)
        with pytest.raises(BadRequest, match=needed.split()[-1] if "import" in needed else "WEIGHT") as refused:
            run(shell, whole.replace(needed, ""))
        assert "in the cell" in refused.value.hint
    assert own_architectures.names() == []


@pytest.mark.parametrize("name", ["../evil", "topk", "", "a" * 61, "Sp ace"])
def test_a_name_that_is_none_is_refused(shell: InteractiveShell, tmp_path: Path, name: str) -> None:
    with pytest.raises((BadRequest, ValueError, TypeError)):
        run(shell, CELL.format(told=str(tmp_path / "told")).replace('"sparser"', repr(name)))
    assert own_architectures.names() == []


def test_a_file_that_is_broken_is_a_sentence() -> None:
    own_architectures.folder().mkdir(parents=True)
    own_architectures.path_of("mine").write_text("1 / 0")
    with pytest.raises(BadRequest, match="cannot be loaded"):
        registry.architecture("mine")
