"""The hub's token from a terminal: asked for or read from standard input, never an argument, which others could see."""

from __future__ import annotations

import getpass
import sys

from ..contract.errors import BadRequest
from ..contract.models import checked
from ..display.text import count, size
from ..hub import operations
from ..hub.schema import HubCheck, HubTokenState, SetHubToken
from ..workspace.workspace import Workspace
from .options import UsageError
from .shown import pairs

SOURCES = {
    "saved": "there is one, saved by miStudio",
    "login": "there is one, of the hub's own login",
    "none": "there is none; `mistudio hub login` keeps one",
}


def log_in(ws: Workspace) -> HubTokenState:
    """Keep a token for the hub; it is asked for, or read from standard input."""
    typed = getpass.getpass("Token of the hub (it is not shown): ") if sys.stdin.isatty() else sys.stdin.readline()
    if not typed.strip():
        raise UsageError(BadRequest("No token was given.", "Type it when asked, or send it to standard input.", field="token"))
    return operations.set_hub_token(ws, checked(SetHubToken, {"token": typed.strip()}))


def token_state(found: HubTokenState) -> str:
    return pairs({"hub": found.endpoint, "token": SOURCES[found.source]})


def answered(found: HubCheck) -> str:
    about: dict[str, object] = {"hub": found.endpoint, "account": found.account or "nobody: there is no token"}
    if found.commit is not None:
        about |= {"commit": found.commit, "files": count(found.files), "size": size(found.bytes)}
    return pairs(about)
