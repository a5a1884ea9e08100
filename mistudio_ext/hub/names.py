"""Names that come from outside: repositories, revisions and addresses from a form, file names from a hub."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from ..contract.errors import BadRequest, Unreadable
from ..workspace.atomic import MARK
from ..workspace.schema import Settings

DEFAULT_ENDPOINT = "https://huggingface.co"

# What the hub itself accepts: `name` or `owner/name`, each beginning and ending with a letter, digit or underscore.
WORD = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
REPOSITORY = re.compile(rf"(?:{WORD}/)?{WORD}")
# What git accepts as the name of a branch or tag, less the signs that mean something in an address or a shell.
REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@=/-]*")
COMMIT = re.compile(r"[0-9a-f]{40}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MAX_NAME, MAX_REVISION, MAX_FILE_NAME, MAX_FILE_PATH = 96, 200, 255, 1024


def check_repository(text: str, *, field: str = "hub") -> str:
    owner, _, name = text.rpartition("/")
    if (
        not REPOSITORY.fullmatch(text)
        or max(len(owner), len(name)) > MAX_NAME
        or ".." in text
        or "--" in text
        or text.endswith(".git")
    ):
        raise BadRequest(
            f"“{text[:200]}” is not the name of a repository.",
            "Give it as the hub writes it, “owner/name”, without an address around it.",
            field=field,
        )
    return text


def check_revision(text: str, *, field: str = "revision") -> str:
    if not REVISION.fullmatch(text) or len(text) > MAX_REVISION or ".." in text or "//" in text or text.endswith(("/", ".")):
        raise BadRequest(
            f"“{text[:200]}” is not a revision.", "Give a branch (“main”), a tag, or a commit of the repository.", field=field
        )
    return text


def check_endpoint(text: str, *, field: str = "hub_endpoint") -> str:
    """The address of a hub, without the slash at its end."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or CONTROL.search(text) or " " in text or parts.username is not None or parts.query or parts.fragment:
        # A password inside the address must not be repeated in a message.
        raise BadRequest(
            "The address of the hub is not a plain http or https address.",
            "Give it like “https://huggingface.co”, without user, password or question mark.",
            field=field,
        )
    return text.rstrip("/")


def endpoint_of(settings: Settings) -> str:
    """The hub that the user named: in the settings, else to the hub's own library."""
    return check_endpoint(settings.hub_endpoint or os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT)


def check_file_name(name: object) -> str:
    """A file name as a hub lists it, if it stays inside the folder that it is put under."""
    good = isinstance(name, str) and 0 < len(name) <= MAX_FILE_PATH and "\\" not in name and not CONTROL.search(name)
    if good:
        assert isinstance(name, str)
        parts = name.split("/")
        good = all(part not in ("", ".", "..") and MARK not in part and _fits(part) for part in parts)
    if not good:
        raise Unreadable(
            f"The hub lists a file that cannot be stored safely: {ascii(name)[:200]}.",
            "Nothing was downloaded. Tell the owner of the repository, or leave the file out with file patterns.",
            code="hub_name",
        )
    assert isinstance(name, str)
    return name


def check_file_names(names: list[str]) -> None:
    """No name may be needed as a folder by another one, and none may stand twice."""
    there = set(names)
    folders = {name.rsplit("/", depth)[0] for name in names for depth in range(1, name.count("/") + 1)}
    if len(there) < len(names) or there & folders:
        raise clash()


def clash() -> Unreadable:
    return Unreadable(
        "The hub lists two files that cannot lie beside each other on this disk.",
        "Leave one of them out with file patterns.",
        code="hub_name",
    )


def _fits(part: str) -> bool:
    try:
        return len(os.fsencode(part)) <= MAX_FILE_NAME
    except UnicodeEncodeError:
        return False
