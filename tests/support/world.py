"""A workspace with some of everything in it, that nobody works on, and a server before it: for requests of any kind."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from mistudio_ext.datasets import incoming
from mistudio_ext.datasets.schema import StartUpload, UploadPart
from mistudio_ext.jobs import queue
from mistudio_ext.lanes.names import FIXED, GPU, names_of
from mistudio_ext.workspace.locks import Lock
from mistudio_ext.workspace.workspace import Workspace
from tests.support import capturing, ending, making, saelens, waiting
from tests.support.server import Server
from tests.support.tiny_models import make_tiny_model
from tests.support.tokenizer import write_text

STATES = ("queued", "queued", "paused", "interrupted", "failed", "cancelled", "succeeded")


class World:
    def __init__(self, folder: Path, tokenizer: Path):
        self.workspace = Workspace.open(folder / "workspace")
        self.tokenizer = folder / "tokenizer"
        os.rename(tokenizer, self.tokenizer)
        self.text = write_text(folder / "text.txt", 50)
        self.models = [make_tiny_model(folder / name, self.tokenizer) for name in ("tiny", "small")]
        self.sae = saelens.write(folder / "sae", saelens.config(), saelens.weights())
        self.server = Server(folder, self.workspace.root)
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update(self.server.headers)
        self.ids: dict[str, list[str]] = {
            "datasets": [],
            "tokenizations": [],
            "models": [],
            "captures": [],
            "saes": [],
            "jobs": [],
            "uploads": [],
        }

    def fill(self) -> None:
        ws = self.workspace
        ready = making.dataset(ws, self.text)
        tokenized = making.tokenize(ws, ready, self.tokenizer, max_length=16)
        assert waiting.for_job(ws, str(tokenized.job)).state == "succeeded"
        self.ids["models"] += [making.model(ws, folder) for folder in self.models]
        self.ids["saes"] += [making.sae(ws, self.sae) for _ in range(2)]
        ending.lanes(ws)
        self.ids["captures"] += [
            capturing.capture(ws, self.ids["models"][0], tokenized.object, hooks=[f"layers.middle.{point}"], max_tokens=200)
            for point in ("resid_post", "mlp_out")
        ]
        kind = queue.JobKind("dataset.tokenize", "mistudio_ext.datasets.jobs:tokenize", "cpu", stoppable=True)
        for state in STATES:
            id = queue.submit(ws, kind, label=state, object=tokenized.object, uses=[], params={})
            with ws.database.change() as connection:
                connection.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, id))
            self.ids["jobs"].append(id)
        self.ids["jobs"].append(str(tokenized.job))
        for received in (b"", b"some", b"all of it"):
            upload = incoming.start_upload(ws, StartUpload(name="words.txt", size=9))
            incoming.add_part(ws, upload.id, UploadPart(offset=0), received)
            self.ids["uploads"].append(upload.id)
        self.ids["datasets"].append(ready)
        self.ids["tokenizations"].append(tokenized.object)

    @contextmanager
    def nobody_works(self) -> Iterator[None]:
        """Whoever wants to start a lane finds its place taken: what changes then was changed by the request."""
        locks = [Lock(self.workspace.lane_lock(name)) for kind in (*FIXED, GPU) for name in names_of(kind)]
        for lock in locks:
            lock.acquire()
        try:
            yield
        finally:
            for lock in locks:
                lock.release()

    def digest(self) -> str:
        """Of everything that a request could change: catalog, jobs, the last event's number, files of objects and uploads."""
        total = hashlib.sha256()
        root = self.workspace.root
        for file in sorted((root / "catalog").glob("*.json")):
            total.update(file.read_bytes())
        with sqlite3.connect(root / "jobs" / "jobs.sqlite", timeout=30) as connection:
            for row in connection.execute("SELECT * FROM jobs ORDER BY id"):
                total.update(repr(row).encode())
            total.update(repr(connection.execute("SELECT seq FROM sqlite_sequence").fetchall()).encode())
        connection.close()
        for name in ("datasets", "captures", "saes", "uploads"):
            for current, folders, files in os.walk(root / name):
                folders.sort()
                for each in sorted(files):
                    if each != ".lock":  # merely to have looked is no change
                        path = os.path.join(current, each)
                        total.update(f"{path} {os.path.getsize(path)}\n".encode())
        return total.hexdigest()
