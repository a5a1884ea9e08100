"""Text on its way in: uploads in parts, and texts handed over in memory, until the dataset's job has read them."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..contract.errors import BadRequest, Conflict, NotFound, TooLarge
from ..contract.models import checked
from ..workspace import atomic
from ..workspace.ids import collection_of, new_id
from ..workspace.locks import Lock
from ..workspace.workspace import Workspace, read_json
from .schema import StartUpload, Upload, UploadPart

FORGOTTEN_AFTER = 86400.0
SUFFIXES = (".txt", ".jsonl")


def start_upload(ws: Workspace, params: StartUpload) -> Upload:
    """Announce a file; its parts follow."""
    name = safe_name(params.name)
    known_format(name, "name")
    if params.size > ws.free_bytes():
        raise atomic.no_space(ws.root / "uploads", params.size)
    id = new_id("up")
    folder = ws.folder(id)
    with atomic.disk_full_says_so(folder):
        folder.mkdir(mode=0o700)
        (folder / "content").touch(mode=0o600)
    atomic.write_json(folder / "upload.json", {"id": id, "name": name, "size": params.size})
    return get_upload(ws, id)


def get_upload(ws: Workspace, id: str) -> Upload:
    """How far an upload has come."""
    if collection_of(id) != "uploads":
        raise BadRequest(f"{id} is not the id of an upload.", "Give the id that starting the upload returned.")
    folder = ws.folder(id)
    with _gone_says_so(id):
        received = (folder / "content").stat().st_size
        about = folder / "upload.json"
        about.stat()
        return checked(Upload, read_json(about) | {"received": received})


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


@contextmanager
def taken_upload(ws: Workspace, id: str, folder: Path) -> Iterator[Path]:
    """A finished upload's file, moved into `folder`; when the block fails, it is an upload as before."""
    with _gone_says_so(id):
        lock = Lock(ws.folder(id) / ".lock")
        lock.acquire()
    try:
        upload = get_upload(ws, id)
        if upload.received < upload.size:
            raise Conflict(
                f"{upload.received:,} of {upload.size:,} bytes of {upload.name} have arrived.",
                "Send the missing parts first.",
                code="upload_unfinished",
            )
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


def known_format(name: str, field: str) -> None:
    if not name.lower().endswith(SUFFIXES):
        raise BadRequest(f"“{name}” is not a .txt or .jsonl file.", "Convert it to one of these.", field=field)


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
