"""The live lane's socket: in a folder that only its owner may enter, by a path that is short enough."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import Forbidden
from mistudio_ext.lanes import live_client
from mistudio_ext.lanes.live_socket import MAX_PATH, listener, make_address
from mistudio_ext.workspace.workspace import Workspace
from tests.support import live


def folder_of(address: str) -> Path:
    return Path(address.removeprefix("ipc://")).parent


def test_only_its_owner_may_enter(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "run"))
    folder = folder_of(make_address(ws))
    assert folder == tmp_path / "run" / "mistudio"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_long_path_falls_back_to_a_short_one(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / ("long" * 30)))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("deep" * 30)))
    address = make_address(ws)
    assert len(address.removeprefix("ipc://")) <= MAX_PATH
    assert folder_of(address) == Path("/tmp") / f"mistudio-{os.getuid()}"
    assert stat.S_IMODE(folder_of(address).stat().st_mode) == 0o700


def test_a_folder_that_others_may_enter_is_refused(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "mistudio").mkdir(mode=0o700)
    (tmp_path / "mistudio").chmod(0o755)
    with pytest.raises(Forbidden, match="only you may enter"):
        make_address(ws)


def test_a_link_or_a_strangers_folder_is_refused(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "mistudio").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Forbidden):
        make_address(ws)
    (tmp_path / "mistudio").unlink()
    (tmp_path / "mistudio").mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(Forbidden):
        make_address(ws)


def test_a_caller_with_another_environment_finds_it(
    ws: Workspace, tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_client.call(ws, live.request(tokenizer_folder))
    found = listener(ws)
    assert found
    process = live.pid(ws)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "another"))
    assert live_client.call(ws, live.request(tokenizer_folder)).count
    assert live.pid(ws) == process
    folder = folder_of(found.address)
    folder.chmod(0o755)
    try:
        with pytest.raises(Forbidden):
            live_client.call(ws, live.request(tokenizer_folder))
    finally:
        folder.chmod(0o700)
