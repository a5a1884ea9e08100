"""The hub over REST, in a terminal and in a notebook: the same answers, and never the token."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import mistudio_ext as ms
from mistudio_ext.cli import main
from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.hub.token import find_token, token_file
from mistudio_ext.workspace.workspace import Workspace
from tests.support import server, waiting
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import TOKEN

ROWS = b'{"text": "one", "n": 1}\n{"text": "two"}\n'


@pytest.fixture(autouse=True)
def named_in_the_settings(local: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTUDIO_HUB_ENDPOINT", local.url)
    local.users[TOKEN] = "jane"
    local.add("dataset", "org/notes", {"train.jsonl": ROWS, "test.jsonl": ROWS})
    local.add("dataset", "org/gated", {"train.jsonl": ROWS}, gated=True, allowed={TOKEN})
    local.add("model", "org/small", {"config.json": b"{}", "model.safetensors": b"12345"})


@pytest.fixture
def rest(ws: Workspace, tmp_path: Path) -> Iterator[server.Server]:
    running = server.Server(tmp_path / "server", ws.root, peek=True)
    # With no folder for configuration there would be no place for a token either.
    del running.environment["JUPYTER_NO_CONFIG"]
    running.start()
    try:
        yield running
    finally:
        running.kill()


def answer(rest: server.Server, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
    response = httpx.request(verb, rest.api + path, headers=rest.headers, json=body, timeout=90, trust_env=False)
    assert TOKEN not in response.text
    return response.status_code, response.json()


def test_rest(ws: Workspace, local: LocalHub, rest: server.Server) -> None:
    assert answer(rest, "GET", "hub/token") == (200, {"endpoint": local.url, "source": "none"})
    assert answer(rest, "POST", "hub/check", {})[1]["account"] is None
    status, error = answer(rest, "POST", "hub/check", {"hub": "org/gated"})
    assert (status, error["error"]["code"]) == (403, "hub_gated")
    for wrong in ({"token": " "}, {"token": f"{TOKEN} {TOKEN}"}, {"token": TOKEN * 200}, {}):
        status, error = answer(rest, "PUT", "hub/token", wrong)
        assert (status, error["error"]["field"]) == (400, "token")
    assert answer(rest, "PUT", "hub/token", {"token": TOKEN}) == (200, {"endpoint": local.url, "source": "saved"})
    status, found = answer(rest, "POST", "hub/check", {"hub": "org/gated"})
    assert (status, found["account"], found["files"], found["bytes"]) == (200, "jane", 1, len(ROWS))
    status, found = answer(rest, "POST", "hub/check", {"hub": "org/small", "kind": "model"})
    assert (status, found["files"], found["bytes"]) == (200, 2, 7)
    assert answer(rest, "POST", "hub/check", {"hub": "org/small"})[0] == 404
    status, error = answer(rest, "POST", "hub/check", {"hub": "org/none"})
    assert (status, error["error"]["code"], error["error"]["field"]) == (404, "hub_gone", "hub")
    status, error = answer(rest, "POST", "datasets", {"hub": "../up"})
    assert (status, error["error"]["field"]) == (400, "hub")
    status, started = answer(rest, "POST", "datasets", {"hub": "org/gated", "row_limit": 1})
    assert status == 202
    assert waiting.for_job(ws, started["job"]).state == "succeeded"
    status, dataset = answer(rest, "GET", f"datasets/{started['object']}")
    assert (dataset["source"]["hub"]["row_limit"], dataset["facts"]["samples"]) == (1, 1)
    status, job = answer(rest, "GET", f"jobs/{started['job']}")
    assert (job["kind"], job["progress"]["stage"], job["controls"]["pause"] is None) == ("dataset.add_hub", "Reading", False)
    heavy = {"torch", "transformers", "datasets", "httpx", "huggingface_hub", "yaml", "numpy", "pyarrow"}
    loaded = set(httpx.get(f"{rest.url}/peek", headers=rest.headers, timeout=60, trust_env=False).json())
    before = {"httpx", "yaml"}  # Jupyter's own have them, with or without us
    assert not loaded & heavy - before
    assert answer(rest, "DELETE", "hub/token") == (200, {"endpoint": local.url, "source": "none"})
    log = rest.log_file.read_text()
    assert TOKEN not in log
    for path in ws.root.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_terminal(ws: Workspace, local: LocalHub, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def call(*typed: str, code: int = 0) -> Any:
        assert main([*typed, "--workspace", str(ws.root), "--json"]) == code
        said = capfd.readouterr()
        assert TOKEN not in said.out + said.err
        return json.loads(said.out)

    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert call("hub", "login", code=2)["error"]["field"] == "token"
    assert call("hub", "status")["source"] == "none"
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TOKEN}\n"))
    assert call("hub", "login")["source"] == "saved"
    assert find_token(local.url) == TOKEN
    assert call("hub", "login", "--token", TOKEN[::-1], code=2)["error"]["code"] == "usage"
    assert call("hub", "check", "org/gated")["account"] == "jane"
    added = call("dataset", "add", "--hub", "org/notes", "--split", "test", "--row-limit", "1", "--name", "few")
    assert (added["name"], added["facts"]["splits"]) == ("few", {"test": 1})
    assert call("dataset", "add", "--hub", "org/none", code=1)["error"]["code"] == "hub_gone"
    assert main(["dataset", "show", added["id"], "--workspace", str(ws.root)]) == 0
    assert "org/notes" in capfd.readouterr().out
    assert main(["hub", "status", "--workspace", str(ws.root)]) == 0
    assert "saved by miStudio" in capfd.readouterr().out
    assert call("hub", "logout")["source"] == "none"
    assert TOKEN not in token_file().read_text()


def test_notebook(ws: Workspace, local: LocalHub) -> None:
    notebook = ms.open(ws.root)
    ds = notebook.add_dataset("hub:org/notes", split="train")
    assert [each.text for each in ds] == ["one", "two"]
    assert (ds.name, ds.source.hub.commit) == ("notes", local.repositories["dataset", "org/notes"].refs["main"])
    with pytest.raises(MiStudioError, match="gated"):
        notebook.add_dataset("hub:org/gated")
    assert "row_limit" in str(notebook.add_dataset.__signature__)
    assert " hub" not in str(notebook.add_dataset.__signature__).replace("(", " ").split(":")
