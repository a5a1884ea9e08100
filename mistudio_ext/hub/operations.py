"""What can be asked about the hub itself. Nothing heavy here: it is the live lane that speaks to the hub."""

from __future__ import annotations

from ..contract.errors import BadRequest
from ..contract.operations import LiveRequest
from ..workspace.workspace import Workspace
from . import names
from .schema import CheckHub, HubCheck, HubTokenState, SetHubToken
from .token import save_token, token_state

CHECK = "mistudio_ext.hub.live:check"


def get_hub_token(ws: Workspace) -> HubTokenState:
    """Whether there is a token for the hub, and from where; never the token."""
    return token_state(names.endpoint_of(ws.settings))


def set_hub_token(ws: Workspace, params: SetHubToken) -> HubTokenState:
    """Keep a token for the hub, in place of the one before."""
    if not params.token.strip():
        raise BadRequest("There is nothing in this token.", "Give a token; forgetting one is done separately.", field="token")
    save_token(names.endpoint_of(ws.settings), params.token)
    return get_hub_token(ws)


def forget_hub_token(ws: Workspace) -> HubTokenState:
    """Forget the token that was saved here; a login of the hub's own tools stays."""
    save_token(names.endpoint_of(ws.settings), "")
    return get_hub_token(ws)


def check_hub(ws: Workspace, params: CheckHub) -> LiveRequest[HubCheck]:
    """Ask the hub who we are to it, and whether a repository is there for us."""
    if params.hub is not None:
        names.check_repository(params.hub)
    if params.revision is not None:
        names.check_revision(params.revision)
    # The token is not sent along: the lane finds it where it is kept.
    return LiveRequest(CHECK, {"endpoint": names.endpoint_of(ws.settings), **params.model_dump()}, HubCheck)
