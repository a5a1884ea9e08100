"""Text on its way in: uploads in parts, and texts handed over in memory, until the dataset's job has read them."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..contract.errors import BadRequest, Conflict, NotFound, TooLarge
from ..contract.models import checked
from ..workspace import atomic
from ..workspace.ids import collection_of, new_id
from ..workspace.locks import Lock
from ..workspace.workspace import Workspace, read_json
from .formats import kind_of
from .schema import StartUpload, Upload, UploadPart

FORGOTTEN_AFTER = 86400.0


def start_upload(ws: Workspace, params: StartUpload) -> Upload:
    """Announce a file; its parts follow."""
    name = safe_name(params.name)
    kind_of(name, "name")
    if params.size > ws.free_bytes():
        raise atomic.no_space(ws.root / "uploads", params.size)
    id = new_id("up")
    _make_upload(ws, id, {"name": name, "size": params.size})
    return get_upload(ws, id)


@contextmanager
def handed_over(ws: Workspace, name: str, memory: str) -> Iterator[tuple[str, IO[bytes]]]:
    """An upload that this process fills itself: its id, and a file to write to. When the block fails, there is none.

    `memory` says what it was in the memory of a kernel.
    """
    id, name = new_id("up"), safe_name(name)
    folder = ws.folder(id)
    try:
        _make_upload(ws, id, {"name": name, "size": 0, "memory": memory})
        with atomic.disk_full_says_so(folder), open(folder / "content", "wb") as file:
            yield id, file
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        atomic.write_json(folder / "upload.json", {"id": id, "name": name, "size": size, "memory": memory})
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _make_upload(ws: Workspace, id: str, about: dict[str, Any]) -> None:
    folder = ws.folder(id)
    with atomic.disk_full_says_so(folder):
        folder.mkdir(mode=0o700)
        (folder / "content").touch(mode=0o600)
    atomic.write_json(folder / "upload.json", {"id": id} | about)


def from_memory(ws: Workspace, id: str) -> str | None:
    """What an upload was in the memory of a kernel, where it is from there."""
    get_upload(ws, id)
    with _gone_says_so(id):
        memory: str | None = read_json(ws.folder(id) / "upload.json").get("memory")
    return memory


def get_upload(ws: Workspace, id: str) -> Upload:
    """How far an upload has come."""
    if collection_of(id) != "uploads":
        raise BadRequest(f"{id} is not the id of an upload.", "Give the id that starting the upload returned.")
    folder = ws.folder(id)
    with _gone_says_so(id):
        received = (folder / "content").stat().st_size
        place = folder / "upload.json"
        place.stat()
        about = {name: value for name, value in read_json(place).items() if name != "memory"}
        return checked(Upload, about | {"received": received})


def add_part(ws: Workspace, id: str, params: UploadPart, body: bytes) -> Upload:
    """The next part of an upload, as the raw body of the request."""
    upload = get_upload(ws, id)
    content = ws.folder(id) / "content"
    with _gone_says_so(id), Lock(ws.folder(id) / ".lock"):
        received = content.stat().st_size
        if params.offset != received:
            raise Conflict(
                f"This part begins at byte {params.offset:,}, but {received:,} bytes are there.",
                "Go on from what was received.",
                code="wrong_offset",
            )
        if received + len(body) > upload.size:
            raise TooLarge(f"More than the announced {upload.size:,} bytes arrived.", "Start the upload again.")
        with atomic.disk_full_says_so(content), open(content, "r+b") as file:
            try:
                file.seek(received)
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(received)
                raise
    return get_upload(ws, id)


def cancel_upload(ws: Workspace, id: str) -> None:
    """Throw an upload away."""
    get_upload(ws, id)
    shutil.rmtree(ws.folder(id), ignore_errors=True)


def finished_upload(ws: Workspace, id: str) -> tuple[Path, str]:
    """Where a finished upload's content lies, and what the file is called."""
    upload = get_upload(ws, id)
    _require_all(upload)
    return ws.folder(id) / "content", upload.name


def _require_all(upload: Upload) -> None:
    if upload.received < upload.size:
        raise Conflict(
            f"{upload.received:,} of {upload.size:,} bytes of {upload.name} have arrived.",
            "Send the missing parts first.",
            code="upload_unfinished",
        )


@contextmanager
def taken_upload(ws: Workspace, id: str, folder: Path) -> Iterator[Path]:
    """A finished upload's file, moved into `folder`; when the block fails, it is an upload as before."""
    with _gone_says_so(id):
        lock = Lock(ws.folder(id) / ".lock")
        lock.acquire()
    try:
        upload = get_upload(ws, id)
        _require_all(upload)
        content, target = ws.folder(id) / "content", folder / upload.name
        os.replace(content, target)
        try:
            yield target
        except BaseException:
            os.replace(target, content)
            raise
        shutil.rmtree(ws.folder(id), ignore_errors=True)
    finally:
        lock.release()


def write_texts(texts: list[str], folder: Path) -> Path:
    target = folder / "texts.jsonl"
    with atomic.whole_file(target) as file:
        for text in texts:
            file.write(json.dumps({"text": text}).encode() + b"\n")
    return target


def safe_name(name: str) -> str:
    """A file name from a stranger, as the name of one file and nothing else."""
    cleaned = "".join(each for each in name if each.isprintable() and each not in '/\\:*?"<>|').strip(" .")
    cleaned = cleaned.encode("utf-8", "ignore").decode()
    while len(cleaned.encode()) > 200:
        cleaned = cleaned[1:]
    if not cleaned:
        raise BadRequest("The file's name has no usable letter.", "Rename the file.", field="name")
    return cleaned


def sweep_uploads(ws: Workspace) -> None:
    """Remove uploads that nobody finished."""
    for folder in (ws.root / "uploads").iterdir():
        content = folder / "content"
        try:
            # The folder's own time where an upload is just being started, or was taken when its taker died.
            age = time.time() - (content if content.exists() else folder).stat().st_mtime
        except FileNotFoundError:
            continue
        if age > FORGOTTEN_AFTER:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _gone_says_so(id: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound(f"There is no upload {id}.", "Start the upload again.") from None
