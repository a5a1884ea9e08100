"""Architectures that an installed package brings: told without loading anything of it, and loaded where one is trained."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from mistudio_ext.saes import registry
from mistudio_ext.saes.architectures import list_architectures
from mistudio_ext.saes.schema import BUILT_IN, Architecture
from mistudio_ext.workspace.workspace import Workspace

MODULE = """
from mistudio_ext.saes.topk import TopK

class Sparser(TopK):
    architecture = "sparser"
"""
# One that is there already, one that reads from the right, and one that is no name.
POINTS = f"""[mistudio.architectures]
sparser = sparser_saes:Sparser
topk = sparser_saes:Sparser
{"x" * 61} = sparser_saes:Sparser
evil\u202e = sparser_saes:Sparser
"""
ABOUT = "Metadata-Version: 2.1\nName: sparser-saes\nVersion: 1.2\nSummary: Keeps <b>fewer</b> features.\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    info = tmp_path / "sparser_saes-1.2.dist-info"
    info.mkdir()
    (tmp_path / "sparser_saes.py").write_text(MODULE)
    (info / "METADATA").write_text(ABOUT)
    (info / "entry_points.txt").write_text(POINTS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry._installed.cache_clear()
    yield
    sys.modules.pop("sparser_saes", None)
    registry._installed.cache_clear()


@pytest.mark.usefixtures("package")
def test_a_packages_architecture_is_told_and_loaded_only_when_it_is_used() -> None:
    # Of the workspace nothing is asked.
    found = list_architectures(cast("Workspace", None)).architectures
    assert [each.name for each in found] == [*BUILT_IN, "sparser"]
    assert found[-1] == Architecture(name="sparser", package="sparser-saes 1.2", help="Keeps <b>fewer</b> features.")
    assert "sparser_saes" not in sys.modules
    assert registry.architecture("sparser").architecture == "sparser"
    assert registry.architecture("topk").architecture == "topk"


def test_without_one_there_are_our_own() -> None:
    assert tuple(each.name for each in list_architectures(cast("Workspace", None)).architectures) == BUILT_IN
