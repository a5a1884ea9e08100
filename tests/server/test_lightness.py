"""What the extension costs a server and a kernel that do not use it yet."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx

from mistudio_ext.workspace.workspace import Workspace
from tests.support import server, waiting

HEAVY = {"torch", "transformers", "datasets", "h5py", "pandas"}
LATER = {"numpy", "pyarrow"}
LISTS = (
    "datasets",
    "tokenizations",
    "models",
    "models/cached",
    "captures",
    "saes",
    "jobs",
    "system",
    "events/since",
    "openapi.json",
)


def loaded(running: server.Server) -> set[str]:
    return set(httpx.get(f"{running.url}/peek", headers=running.headers, timeout=60, trust_env=False).json())


def test_a_server_loads_the_house_at_the_first_request_and_nothing_heavy_ever(ws: Workspace, tmp_path: Path) -> None:
    with server.running(tmp_path / "server", ws.root, peek=True) as running:
        assert "mistudio_ext.server.app" in loaded(running)
        assert not loaded(running) & (HEAVY | LATER | {"pydantic", "mistudio_ext.workspace.workspace"})
        for path in LISTS:
            running.ask("GET", path)
        time.sleep(1.5)  # the watch over jobs has looked by now
        assert "mistudio_ext.workspace.workspace" in loaded(running)
        assert not loaded(running) & (HEAVY | LATER)
        started = running.ask("POST", "datasets", {"texts": ["one", "two"]})
        job = waiting.for_job(ws, started["job"])
        assert job.state == "succeeded", job
        running.ask("GET", "datasets")
        assert not loaded(running) & (HEAVY | LATER)
        running.ask("GET", f"datasets/{started['object']}/samples")
        assert not loaded(running) & HEAVY


def test_importing_the_package_loads_nothing() -> None:
    heavy = sorted(HEAVY | LATER | {"pydantic", "IPython", "tinydb"})
    code = f"import sys, mistudio_ext as ms; assert not set(sys.modules) & set({heavy}), 'import'; ms.dataset"
    later = sorted(HEAVY | LATER)
    code += f"; found = set(sys.modules) & set({later}); assert not found, found"
    subprocess.run([sys.executable, "-c", code], check=True)
