"""What a repository has at one commit, and whether we may have it; asked before anything is fetched."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from ..contract.errors import MiStudioError, NotFound, TooLarge
from . import names
from .client import LISTING_TRIES, Hub, no_hub
from .refusals import Asked, bad_token, changed, other_kind
from .schema import HubFile, Listing, RepositoryKind
from .trouble import Changed, Trouble

SHA1, SHA256 = re.compile(r"[0-9a-f]{40}"), re.compile(r"[0-9a-f]{64}")
MAX_FILES = 200_000


def list_repository(hub: Hub, kind: RepositoryKind, id: str, revision: str = "main") -> Listing:
    """The files of a repository at the commit that `revision` is now."""
    names.check_repository(id)
    names.check_revision(revision)
    asked = Asked(hub.endpoint, kind, id, revision, hub.has_token)
    try:
        info, _ = hub.get_json(_api(hub, kind, id, f"revision/{quote(revision, safe='')}"), asked)
    except NotFound as error:
        if error.code == "hub_gone" and _is_there(hub, asked):
            raise other_kind(asked) from None
        raise
    if not isinstance(info, dict):
        raise no_hub(hub.endpoint)
    commit = info.get("sha")
    # A repository that was renamed answers under its new name, and is fetched under it.
    named = info.get("id") or id
    if not isinstance(commit, str) or not names.COMMIT.fullmatch(commit) or not isinstance(named, str):
        raise no_hub(hub.endpoint)
    card = info.get("cardData")
    license = card.get("license") if isinstance(card, dict) else None
    listing = Listing(
        endpoint=hub.endpoint,
        kind=kind,
        id=names.check_repository(named),
        revision=revision,
        commit=commit,
        gated=bool(info.get("gated")),
        tags=[tag for tag in info.get("tags") or [] if isinstance(tag, str)],
        license=license if isinstance(license, str) else None,
        files=_files(hub, kind, named, commit, asked),
    )
    check_access(hub, listing)
    return listing


def account(hub: Hub) -> str | None:
    """Whom the hub takes us for, as a test of the connection; nobody without a token."""
    asked = Asked(hub.endpoint, "model", "account", "main", hub.has_token)
    if not hub.has_token:
        if not isinstance(hub.get_json(f"{hub.endpoint}/api/models?limit=1", asked)[0], list):
            raise no_hub(hub.endpoint)
        return None
    try:
        answer, _ = hub.get_json(f"{hub.endpoint}/api/whoami-v2", asked)
    except NotFound:
        raise bad_token(hub.endpoint) from None
    name = answer.get("name") if isinstance(answer, dict) else None
    if not isinstance(name, str):
        raise no_hub(hub.endpoint)
    return name


def check_access(hub: Hub, listing: Listing) -> None:
    """One question about a real file: a gated repository shows its list to everybody, and its files to few."""
    if not listing.files:
        return
    file = min(listing.files, key=lambda each: each.size)
    asked = asked_for(hub, listing, file)
    patience = hub.patience(min(hub.tries, LISTING_TRIES))
    while True:
        try:
            with hub.open("HEAD", file_url(listing, file), asked):
                return
        except Changed:
            raise changed(asked) from None
        except Trouble as trouble:
            patience.again(trouble)


def file_url(listing: Listing, file: HubFile) -> str:
    return f"{listing.page}/resolve/{listing.commit}/{quote(file.path)}"


def asked_for(hub: Hub, listing: Listing, file: HubFile) -> Asked:
    return Asked(hub.endpoint, listing.kind, listing.id, listing.commit, hub.has_token, file.path)


def _files(hub: Hub, kind: RepositoryKind, id: str, commit: str, asked: Asked) -> list[HubFile]:
    files: list[HubFile] = []
    url: str | None = _api(hub, kind, id, f"tree/{commit}?recursive=true&expand=false")
    seen = set()
    while url is not None:
        seen.add(url)
        entries, url = hub.get_json(url, asked)
        if not isinstance(entries, list) or url in seen:
            raise no_hub(hub.endpoint)
        files += [_file(hub, entry) for entry in entries if not (isinstance(entry, dict) and entry.get("type") == "directory")]
        if len(files) > MAX_FILES:
            raise TooLarge(f"{id} has more than {MAX_FILES:,} files.", "Choose a repository with fewer, larger files.")
    names.check_file_names([file.path for file in files])
    return files


def _file(hub: Hub, entry: Any) -> HubFile:
    """An entry of the list, every part of it looked at: its parts become paths and sizes here."""
    if not isinstance(entry, dict):
        raise no_hub(hub.endpoint)
    path = names.check_file_name(entry.get("path"))
    lfs = entry.get("lfs")
    size = lfs.get("size") if isinstance(lfs, dict) else entry.get("size")
    oid, sha256 = entry.get("oid"), lfs.get("oid") if isinstance(lfs, dict) else None
    if not isinstance(size, int) or size < 0 or not isinstance(oid, str) or not SHA1.fullmatch(oid):
        raise no_hub(hub.endpoint)
    if sha256 is not None and not (isinstance(sha256, str) and SHA256.fullmatch(sha256)):
        raise no_hub(hub.endpoint)
    return HubFile(path=path, size=size, oid=oid, sha256=sha256)


def _is_there(hub: Hub, asked: Asked) -> bool:
    """Whether there is a repository of this name, of the other kind."""
    other: RepositoryKind = "model" if asked.kind == "dataset" else "dataset"
    try:
        hub.get_json(_api(hub, other, asked.id), asked)
    except MiStudioError:
        return False
    return True


def _api(hub: Hub, kind: RepositoryKind, id: str, rest: str = "") -> str:
    return f"{hub.endpoint}/api/{kind}s/{id}{'/' if rest else ''}{rest}"
