"""A workspace: one folder with everything in it, opened by any number of processes at once."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, Conflict, Unreadable
from . import atomic, events, settings
from .catalog import Catalog, Record
from .database import Database
from .ids import collection_of
from .locks import Lock

SCHEMA_VERSION = 1
VERSION = "catalog/version.json"
FOLDERS = ("catalog", "jobs/locks", "jobs/logs", "jobs/scratch", "uploads", "trash")


class Workspace:
    """`allowed_folders` is None where the user's own rights are the only bound (terminal, notebook)."""

    def __init__(self, root: Path, allowed_folders: list[Path] | None = None):
        self.root = root
        self.allowed_folders = allowed_folders
        self.settings = settings.load()
        self._make_folders()
        self._check_version()
        self._identity = self._look_at_version()
        self.database = Database(self.root / "jobs" / "jobs.sqlite")
        self.catalog = Catalog(self.root / "catalog", self._catalog_changed)

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None, *, allowed_folders: list[Path] | None = None) -> Workspace:
        """The workspace at `path`, made where there is none; without a path, the user's default one."""
        root = Path(path).expanduser() if path is not None else settings.default_root(settings.load())
        return cls(Path(os.path.abspath(root)), allowed_folders)

    def folder(self, id: str) -> Path:
        return self.root / collection_of(id) / id

    def folder_of(self, record: Record) -> Path:
        """What belongs to another object lies in that one's folder."""
        parent = record.get("parent")
        return (self.folder(parent) / collection_of(record["id"]) / record["id"]) if parent else self.folder(record["id"])

    def scratch(self, job: str) -> Path:
        """Where a job keeps what is not finished yet; it outlives a crash and is gone when the job has ended."""
        return self.root / "jobs" / "scratch" / job

    def job_lock(self, job: str) -> Path:
        return self.root / "jobs" / "locks" / f"{job}.lock"

    def lane_lock(self, lane: str) -> Path:
        return self.root / "jobs" / "locks" / f"lane-{lane}.lock"

    def job_log(self, job: str) -> Path:
        return self.root / "jobs" / "logs" / f"{job}.jsonl"

    @property
    def exists(self) -> bool:
        """Whether this workspace is still here: a folder that was removed and made anew is another one."""
        return self._identity is not None and self._look_at_version() == self._identity

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.root).free

    def close(self) -> None:
        self.catalog.close()
        self.database.close()

    def _catalog_changed(self, collection: str, change: str, id: str) -> None:
        with self.database.change() as connection:
            events.append(connection, collection, change, id)

    def _make_folders(self) -> None:
        try:
            for name in FOLDERS:
                # Only the owner may look in: texts can be private, and lock files are trusted.
                with atomic.disk_full_says_so(self.root):
                    atomic.make_folder(self.root / name)
        except (FileExistsError, NotADirectoryError):
            raise BadRequest(f"{self.root} is not a folder.", "Choose another path for the workspace.") from None
        except OSError as error:
            what = f"{self.root} may not be written: {error.strerror}."
            raise BadRequest(what, "Choose another path for the workspace.") from None

    def _look_at_version(self) -> tuple[int, int, int] | None:
        try:
            stat = os.stat(self.root / VERSION)
        except OSError:
            return None
        return stat.st_dev, stat.st_ino, stat.st_mtime_ns

    def _check_version(self) -> None:
        path = self.root / VERSION
        with Lock(self.root / "catalog" / ".version-lock"):
            if not path.exists():
                atomic.write_json(path, {"schema": SCHEMA_VERSION})
        found = read_json(path).get("schema")
        if found != SCHEMA_VERSION:
            raise Conflict(
                f"The workspace {self.root} has schema version {found}; this miStudio reads version {SCHEMA_VERSION}.",
                "Use the miStudio version that made it, or choose another folder as workspace.",
                code="schema_version",
            )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of ours, or the error that names the file."""
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        raise Unreadable(f"{path} cannot be read ({type(error).__name__}).", "Restore the file from a backup.") from None
    if not isinstance(data, dict):
        raise Unreadable(f"{path} does not hold what it should.", "Restore the file from a backup.")
    return data
