"""A hub's refusals as sentences: what is wrong, and where to go with it."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from ..contract.errors import Conflict, Forbidden, MiStudioError, NotFound, Unreadable
from .schema import RepositoryKind, page_of


@dataclass(frozen=True)
class Asked:
    """What was asked for, and as whom."""

    endpoint: str
    kind: RepositoryKind
    id: str
    revision: str
    has_token: bool
    file: str | None = None

    @property
    def page(self) -> str:
        return page_of(self.endpoint, self.kind, self.id)


def refusal(asked: Asked, status: int, headers: httpx.Headers) -> MiStudioError:
    code, text = headers.get("x-error-code", ""), headers.get("x-error-message", "")
    if text == "Access to this resource is disabled.":
        return Forbidden(f"The hub has disabled the {asked.kind} {asked.id}.", f"See {asked.page}.", code="hub_disabled")
    if "invalid credentials" in text.lower() and asked.has_token:
        return bad_token(asked.endpoint)
    # A gated repository is told apart first: the hub's own library counts it as a kind of missing one.
    if code == "GatedRepo":
        return gated(asked)
    if code == "RevisionNotFound":
        return NotFound(
            f"The {asked.kind} {asked.id} has no revision “{asked.revision}”.",
            f"Choose one of those at {asked.page}/tree/main, or leave it out for the newest.",
            field="revision",
            code="hub_revision",
        )
    if code == "EntryNotFound" or (asked.file and not code and status in (404, 410)):
        return changed(asked)
    if code == "RepoNotFound" or status in (401, 404, 410):
        return missing(asked)
    if status == 403:
        return Forbidden(
            f"The hub refuses access to the {asked.kind} {asked.id}.",
            f"See {asked.page} whether your account may read it, and whether your token has the right to.",
            code="hub_refused",
        )
    return Unreadable(
        f"{asked.endpoint} answered with status {status}, which a hub does not do.",
        "Look at the hub's address in the settings.",
        code="hub_answer",
    )


def gated(asked: Asked) -> MiStudioError:
    if asked.has_token:
        return Forbidden(
            f"The {asked.kind} {asked.id} is gated, and your account is not among those who may have it.",
            f"Ask for access at {asked.page} with the account that your token belongs to; once it is granted, retry.",
            code="hub_gated",
        )
    return Forbidden(
        f"The {asked.kind} {asked.id} is gated: its owners want to know who has it.",
        f"Accept its conditions at {asked.page}, make a token at {asked.endpoint}/settings/tokens,"
        " and give it to miStudio (where you add from the hub, or with `mistudio hub login`); then retry.",
        code="hub_gated",
    )


def missing(asked: Asked) -> MiStudioError:
    private = "your token may not read it" if asked.has_token else "it is private and needs a token"
    return NotFound(
        f"There is no {asked.kind} {asked.id} at {asked.endpoint}, or {private}.",
        "Look at its spelling (“owner/name”). For a private one, enter a token of an account that may read it in the settings.",
        field="hub",
        code="hub_gone",
    )


def other_kind(asked: Asked) -> MiStudioError:
    other = "model" if asked.kind == "dataset" else "dataset"
    return NotFound(
        f"{asked.id} is a {other}, not a {asked.kind}.", f"Add it where {other}s are added.", field="hub", code="hub_kind"
    )


def bad_token(endpoint: str) -> MiStudioError:
    return Forbidden(
        "The hub does not know your token.",
        f"It may have expired. Make a new one at {endpoint}/settings/tokens and give it to miStudio anew.",
        code="hub_token",
    )


def changed(asked: Asked) -> MiStudioError:
    return Conflict(
        f"{asked.file or 'The repository'} is not at the hub any more as it was listed: {asked.id} was changed meanwhile.",
        "Retry: it begins with a fresh look at the repository, and keeps what has not changed.",
        code="hub_changed",
    )
