"""What a hub has: repositories and their files, at one commit."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from ..contract.models import Contract, option

RepositoryKind = Literal["dataset", "model"]


class HubFile(Contract):
    path: str = option(title="Path", help="Where it lies in the repository.")
    size: int = option(title="Size", help="Its size.", unit="bytes", ge=0)
    oid: str = option(title="Git id", help="Git's id of what the repository holds: of the file itself, or of its LFS pointer.")
    sha256: str | None = option(None, title="SHA-256", help="Of the file itself, where the hub stores it with LFS.")

    @property
    def content(self) -> str:
        """A name for its bytes: equal for equal ones."""
        return self.sha256 or self.oid


class Listing(Contract):
    """A repository at one commit. Whatever is fetched later is fetched from this commit and checked against it."""

    endpoint: str
    kind: RepositoryKind
    id: str = option(title="Repository", help="Its name as the hub has it now; a renamed one has its new name.")
    revision: str = option(title="Revision", help="The branch, tag or commit that was asked for.")
    commit: str = option(title="Commit", help="The commit that this was at the time.")
    gated: bool = option(title="Gated", help="Whether its owners decide who may have the files.")
    tags: list[str]
    license: str | None
    files: list[HubFile]

    @property
    def page(self) -> str:
        return page_of(self.endpoint, self.kind, self.id)

    def choose(self, patterns: list[str] | None = None) -> list[HubFile]:
        """The files that match any of the patterns; without patterns, all."""
        if patterns is None:
            return list(self.files)
        return [file for file in self.files if any(fnmatchcase(file.path, pattern) for pattern in patterns)]

    def named(self, path: str) -> HubFile | None:
        return next((file for file in self.files if file.path == path), None)


def page_of(endpoint: str, kind: RepositoryKind, id: str) -> str:
    """Where a person looks at the repository."""
    return f"{endpoint}/{'datasets/' if kind == 'dataset' else ''}{id}"


class HubTokenState(Contract):
    """What may be told of the token: whether there is one. Never the token."""

    endpoint: str
    source: Literal["saved", "login", "none"] = option(
        title="Source", help="Whether a token was saved here, the hub's own login has one, or there is none."
    )


class SetHubToken(Contract):
    """Goes in, and never comes out again."""

    token: str = option(
        title="Token",
        help="Made at the hub, under Settings → Access Tokens; the right to read is enough. It is kept beside Jupyter's own "
        "secrets, for the one hub of the settings, and never shown again.",
        min_length=1,
        max_length=4096,
        repr=False,
    )


class CheckHub(Contract):
    hub: str | None = option(
        None,
        title="Repository",
        help="Look also whether there is this repository (“owner/name”), and whether you may have it.",
        min_length=1,
        max_length=200,
    )
    kind: RepositoryKind = option("dataset", title="Kind", help="What the repository is.", only_when="hub")
    revision: str | None = option(None, title="Revision", help="Look at this branch, tag or commit of it.", max_length=200)


class HubCheck(Contract):
    """What the hub answered."""

    endpoint: str
    account: str | None = option(title="Account", help="Whom the hub takes us for; null without a token.")
    commit: str | None = option(title="Commit", help="What the revision of the repository is now, where one was asked about.")
    files: int | None = option(title="Files", help="How many the repository has.")
    bytes: int | None = option(title="Size", help="Of all its files, each counted as large as the hub says.", unit="bytes")
