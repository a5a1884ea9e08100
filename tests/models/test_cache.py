"""Models in the hub's cache, as the hub's own library lays them out there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import NotFound
from mistudio_ext.models import operations
from mistudio_ext.models.schema import AddModel, ListCached
from mistudio_ext.workspace.schema import DeleteObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support import work
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import library_environment
from tests.support.tiny_models import contents

FETCH = """
from huggingface_hub import snapshot_download, hf_hub_download
snapshot_download("org/tiny")
hf_hub_download("org/part", "config.json")
snapshot_download("org/adapter")
"""


@pytest.fixture
def cache(local: LocalHub, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Filled by the library itself."""
    for name in ("org/tiny", "org/part"):
        local.add("model", name, contents(model_folder))
    local.add("model", "org/adapter", {"adapter_config.json": b"{}", "adapter_model.safetensors": b"x"})
    home = tmp_path / "hf-home"
    environment = library_environment(local.url, home)
    subprocess.run([sys.executable, "-c", FETCH], env=environment, check=True, capture_output=True, timeout=100)
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(home))
    return home / "hub"


def listed(ws: Workspace, filter: str = "") -> list[str]:
    return [each.name for each in operations.list_cached_models(ws, ListCached(filter=filter)).models]


def test_a_cached_model_is_listed_and_linked(cache: Path, local: LocalHub, ws: Workspace, model_folder: Path) -> None:
    [found] = operations.list_cached_models(ws, ListCached()).models
    commit = local.repositories["model", "org/tiny"].refs["main"]
    size = sum(file.stat().st_size for file in model_folder.iterdir())
    assert (found.name, found.commit, found.bytes, found.model) == ("org/tiny", commit, size, None)
    assert Path(found.path) == cache / "models--org--tiny" / "snapshots" / commit
    assert (listed(ws, "tiny"), listed(ws, "other")) == (["org/tiny"], [])
    started = operations.add_model(ws, AddModel(cached="org/tiny"))
    assert work.do_next(ws, "io").state == "succeeded"
    model = operations.get_model(ws, started.object)
    assert (model.name, model.state, model.linked, model.source.kind) == ("tiny", "ready", True, "cache")
    assert (model.source.commit, model.source.path) == (commit, found.path)
    [found] = operations.list_cached_models(ws, ListCached()).models
    assert found.model == started.object
    assert operations.add_model(ws, AddModel(cached="org/tiny")).object == started.object
    # The same files from the hub are the same model.
    fetched = operations.add_model(ws, AddModel(hub="org/tiny"))
    assert work.do_next(ws, "io").state == "succeeded"
    other = operations.get_model(ws, fetched.object).facts
    assert model.facts is not None
    assert other is not None
    assert model.facts.fingerprint == other.fingerprint
    before = contents(Path(found.path))
    operations.delete_model(ws, started.object, DeleteObject())
    assert contents(Path(found.path)) == before


def test_only_what_is_whole_is_offered(cache: Path, ws: Workspace) -> None:
    for name in ("org/part", "org/adapter", "org/none"):
        with pytest.raises(NotFound, match=name):
            operations.add_model(ws, AddModel(cached=name))
    tiny = cache / "models--org--tiny"
    [snapshot] = (tiny / "snapshots").iterdir()
    (cache / "models--..--etc").mkdir()
    (cache / "models--a--b").symlink_to("/etc")
    (cache / "models--empty--one").mkdir()
    assert listed(ws) == ["org/tiny"]
    config = Path(os.path.realpath(snapshot / "config.json"))
    content = config.read_bytes()
    # A link that leads out of the repository's folder is none of the library's.
    config.unlink()
    config.symlink_to("/etc/hostname")
    assert listed(ws) == []
    config.unlink()
    assert listed(ws) == []
    config.write_bytes(content)
    assert listed(ws) == ["org/tiny"]
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (snapshot / "model.safetensors").rename(snapshot / "model-1.safetensors")
    (snapshot / "model.safetensors.index.json").write_text(json.dumps(index))
    assert listed(ws) == [], "a part is missing"


def test_the_main_branch_comes_before_a_newer_commit(cache: Path, ws: Workspace) -> None:
    tiny = cache / "models--org--tiny"
    [snapshot] = (tiny / "snapshots").iterdir()
    other = snapshot.with_name("b" * 40)
    shutil.copytree(snapshot, other, symlinks=True)
    assert operations.list_cached_models(ws, ListCached()).models[0].commit == snapshot.name
    (tiny / "refs" / "main").unlink()
    os.utime(other, (2e9, 2e9))
    assert operations.list_cached_models(ws, ListCached()).models[0].commit == other.name


def test_the_librarys_own_variables_say_where(tmp_path: Path, ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from mistudio_ext.models.cache import cache_folder

    for each in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(each, raising=False)
    program = "from huggingface_hub import constants; print(constants.HF_HUB_CACHE)"
    for name in ("", "XDG_CACHE_HOME", "HF_HOME", "HUGGINGFACE_HUB_CACHE", "HF_HUB_CACHE"):
        if name:
            monkeypatch.setenv(name, str(tmp_path / name.lower()))
        theirs = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
        assert cache_folder() == Path(theirs)
    assert listed(ws) == [], "a cache that is not there is an empty one"
