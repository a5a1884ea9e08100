"""A Jupyter server with the extension, as a process of its own that can be stopped, killed and started again."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

REPOSITORY = Path(__file__).parents[2]


def hear_interrupts() -> None:
    """As in a terminal: what a shell runs in the background, tests perhaps too, ignores them, and so does what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Server:
    """Only our extension is on, so that it starts quickly. `folder` is the server's root and holds its configuration."""

    def __init__(self, folder: Path, workspace: Path, *, extension: bool = True, port: int | None = None, **options: Any):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.token = secrets.token_hex(16)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.api = f"{self.url}/mistudio/api/"
        self.log_file = folder / f"server-{secrets.token_hex(3)}.log"
        extensions: dict[str, bool] = {"mistudio_ext": True} if extension else {}
        if options.pop("peek", False):
            extensions["tests.support.peek"] = True
        self.arguments = [
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={folder}",
            "--ServerApp.open_browser=False",
            "--ServerApp.allow_root=True",
            "--ServerApp.allow_unauthenticated_access=False",
            f"--ServerApp.jpserver_extensions={json.dumps(extensions)}".replace("true", "True"),
            *([f"--MiStudio.workspace={workspace}"] if extension else []),
            *(
                f"--{name.replace('__', '.')}={each}"
                for name, value in options.items()
                for each in (value if isinstance(value, list) else [value])
            ),
        ]
        self.environment = os.environ | {
            "JUPYTER_NO_CONFIG": "1",
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": str(REPOSITORY),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        self.launch()
        self.wait_until_up()
        return self

    def launch(self) -> None:
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", *self.arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=hear_interrupts,
            )

    def wait_until_up(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            assert self.process
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    connection.sendall(b"GET /api HTTP/1.0\r\n\r\n")
                    if connection.recv(1):
                        return
            except OSError:
                time.sleep(0.01)

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"token {self.token}"}

    def ask(self, verb: str, path: str, body: Any = None, **query: Any) -> Any:
        """The answer's JSON; anything but success is an error of the test."""
        response = self.request(verb, path, json=body, params=query)
        assert response.is_success, f"{verb} {path}: {response.status_code} {response.text}\n{self.log}"
        return response.json() if response.content else None

    def request(self, verb: str, path: str, **options: Any) -> httpx.Response:
        if options.get("params") == {}:
            del options["params"]
        headers = self.headers | options.pop("headers", {})
        return httpx.request(verb, self.api + path, headers=headers, timeout=60, trust_env=False, **options)

    def signal(self, which: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(which)

    def wait(self, seconds: float) -> None:
        assert self.process
        self.process.wait(seconds)

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(folder: Path, workspace: Path, **options: Any) -> Iterator[Server]:
    server = Server(folder, workspace, **options)
    try:
        yield server.start()
    finally:
        server.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
