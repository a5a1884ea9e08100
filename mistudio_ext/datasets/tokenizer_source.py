"""Which tokenizer is meant: one in a folder, one of the hub, a model's, or the one that a tokenization was made with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, Conflict, NotFound
from ..contract.models import checked
from ..hub import names
from ..workspace import paths
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from . import tokenizer_files
from .tokenizing_schema import TokenizationRecord, TokenizerFacts


@dataclass(frozen=True)
class Source:
    """`folder` is None while the files are still at the hub. Equal `key`s are equal tokenizers."""

    facts: TokenizerFacts
    folder: Path | None
    key: list[Any]


def find(ws: Workspace, given: str, revision: str | None) -> Source:
    repository = tokenizer_files.repository_in(given)
    if repository is not None:
        names.check_repository(repository, field="tokenizer")
        revision = names.check_revision(revision) if revision is not None else None
        facts = TokenizerFacts(path=given, name=repository.rpartition("/")[2], fingerprint=None, revision=revision)
        return Source(facts, None, [names.endpoint_of(ws.settings), repository, _asked_before(ws, given, revision) or "main"])
    if revision is not None:
        raise BadRequest(
            "Only a tokenizer of the hub has revisions.", "Leave the revision out, or give “hub:owner/name”.", field="revision"
        )
    if is_id(given, "tk"):
        record = checked(TokenizationRecord, ws.catalog.get(given))
        folder = _own(ws, record)
        # Its files are what counts: where they came from is only remembered.
        facts = record.tokenizer.model_copy(update={"fingerprint": tokenizer_files.describe(folder).fingerprint})
    elif is_id(given, "md"):
        name, folder = models_folder(ws, given, "tokenizer")
        facts = tokenizer_files.describe(folder).model_copy(update={"path": given, "name": name})
    else:
        folder = allowed_folder(ws, given)
        facts = tokenizer_files.describe(folder)
    return Source(facts, folder, [facts.fingerprint])


def _asked_before(ws: Workspace, given: str, revision: str | None) -> str | None:
    """The revision by which this commit was got before, so that it is not got again under its other name."""
    for each in ws.catalog.all("tokenizations"):
        tokenizer = each["tokenizer"]
        if revision is not None and (tokenizer["path"], tokenizer.get("commit")) == (given, revision):
            asked: str | None = tokenizer["revision"]
            return asked
    return revision


def to_look_with(ws: Workspace, tokenizer: str | None, tokenization: str | None) -> Path:
    """The folder of a tokenizer that is here, for a look at what it does."""
    if (tokenizer is None) == (tokenization is None):
        raise BadRequest("Say which tokenizer: a folder, a model or a tokenization.", "Give one of tokenizer and tokenization.")
    given = tokenizer or tokenization
    assert given is not None
    repository = tokenizer_files.repository_in(given) if tokenizer is not None else None
    if repository is not None:
        folder = _brought_before(ws, given)
    elif tokenization is not None or is_id(given, "tk"):
        folder = _own(ws, checked(TokenizationRecord, ws.catalog.get(given)))
    elif is_id(given, "md"):
        _, folder = models_folder(ws, given, "tokenizer")
    else:
        folder = allowed_folder(ws, given)
    tokenizer_files.require(folder)
    return folder


def allowed_folder(ws: Workspace, given: str) -> Path:
    """Its files may be links, as in a hub's cache; they too must lead to where this server may read."""
    try:
        folder = paths.resolve(given, ws.allowed_folders, field="tokenizer")
    except NotFound as error:
        hint = "Look at the spelling of the path. A tokenizer of the hub is given as “hub:owner/name”."
        raise NotFound(error.message, hint, field="tokenizer") from None
    for file in [folder / name for name in tokenizer_files.NAMES]:
        if file.is_symlink():
            paths.resolve(str(file), ws.allowed_folders, field="tokenizer")
    return folder


def models_folder(ws: Workspace, id: str, field: str) -> tuple[str, Path]:
    """A model's name and files. Where a linked one may lie was asked when it was added."""
    record = ws.catalog.get(id)
    if record["facts"] is None:
        raise Conflict(f"The model “{record['name']}” is not ready.", "Try again once it is.", field=field, code="not_ready")
    return record["name"], ws.folder_of(record) / "files"


def _own(ws: Workspace, record: TokenizationRecord) -> Path:
    folder = ws.folder_of(record.model_dump()) / "tokenizer"
    if not folder.is_dir():
        raise Conflict(
            f"The tokenizer of “{record.name}” is not here yet.", "Use it once its tokenization is ready.", code="not_ready"
        )
    return folder


def _brought_before(ws: Workspace, given: str) -> Path:
    """As some tokenization has it, the newest first."""
    for record in reversed(ws.catalog.all("tokenizations")):
        folder = ws.folder_of(record) / "tokenizer"
        if record["tokenizer"]["path"] == given and folder.is_dir():
            return folder
    raise Conflict(
        f"The tokenizer {given} is not here yet.",
        "Tokenize with it once, or download it and give its folder.",
        field="tokenizer",
        code="not_ready",
    )
