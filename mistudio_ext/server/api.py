"""From a request's bytes to an answer's bytes. Runs in a thread; knows neither tornado nor Jupyter."""

from __future__ import annotations

import errno
import json
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, unquote

from pydantic import ValidationError

from ..contract.errors import BadRequest, MiStudioError, NotFound, TooLarge, error_form
from ..contract.models import Contract, checked, sentence
from ..contract.operations import Download, LiveRequest, describe
from ..lanes import live_client, start
from ..workspace.workspace import Workspace
from . import openapi, routes

DOCUMENT = "openapi.json"
# Larger things come as uploads, in parts; JSON is parsed in one piece, and everybody waits for it.
MAX_JSON = 16 * 2**20
MAX_PART = 64 * 2**20
# What Jupyter itself and its clients put into a query: none of our business.
NOT_OURS = ("token", "_xsrf", "no_track_activity")
# JupyterLab appends the time in milliseconds, so that no cache answers.
TIME = re.compile(r"[0-9]{13,16}")
# The disk's refusals, which are no bugs of ours.
DISK = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE, errno.ENOTCONN)


@dataclass(frozen=True)
class Request:
    id: str
    verb: str
    path: str
    query: str
    body: bytes
    content_type: str


@dataclass(frozen=True)
class Answer:
    """`later`: the live lane answers, which can take a minute, so it is asked in threads of its own. `content`: a file, sent
    piece by piece."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    trace: str = ""
    later: Callable[[], Answer] | None = None
    content: Iterator[bytes] | None = None


def answer(open_workspace: Callable[[], Workspace], request: Request) -> Answer:
    return _told(request, lambda: _answer(open_workspace, request))


def _told(request: Request, ask: Callable[[], Answer]) -> Answer:
    """Whatever is raised becomes an answer."""
    try:
        return ask()
    except MiStudioError as error:
        headers = {"Content-Type": "application/json"}
        if isinstance(error, WrongVerb):
            headers["Allow"] = error.allowed
        return Answer(error.status, json.dumps(error.as_dict(request.id)), headers)
    except OSError as error:
        if error.errno not in DISK:
            return _bug(request)
        form = error_form(
            f"The disk refused: {error.strerror} ({error.filename}).",
            "disk",
            "Look at the rights and the health of the workspace's folder.",
            request_id=request.id,
        )
        return Answer(503, json.dumps(form))
    except Exception:
        return _bug(request)


def _bug(request: Request) -> Answer:
    form = error_form(
        "Something went wrong in miStudio itself.",
        "bug",
        "The server's log has the details under the request's id; please report them.",
        request_id=request.id,
    )
    return Answer(500, json.dumps(form), trace=traceback.format_exc())


class WrongVerb(MiStudioError):
    status, code = 405, "wrong_verb"

    def __init__(self, verb: str, allowed: str):
        super().__init__(f"{verb} is not done at this address.", f"Use {allowed}.")
        self.allowed = allowed


def _answer(open_workspace: Callable[[], Workspace], request: Request) -> Answer:
    verbs = routes.verbs(request.path)
    if not verbs:
        raise NotFound(f"There is no address “{request.path[:100]}”.", "Look at the REST reference.")
    if request.verb not in verbs:
        raise WrongVerb(request.verb, ", ".join(verbs))
    if request.path == DOCUMENT:
        return Answer(200, openapi_text())
    by_verb, arguments = routes.find(request.path)
    route = by_verb[request.verb]
    values: list[Any] = [_decoded(each) for each in arguments.values()]
    model = describe(route.operation).params
    from_query = request.verb in ("GET", "DELETE") or route.raw_body
    if model is not None:
        values.append(_query(model, request.query) if from_query else _body(model, request))
    if route.raw_body:
        values.append(_part(request))
    ws = open_workspace()
    result = route.operation(ws, *values)
    if isinstance(result, LiveRequest):
        return Answer(200, "", later=lambda: _told(request, lambda: _ask_live(ws, result)))
    if isinstance(result, Download):
        return _file(result)
    if request.verb != "GET":
        start.wake(ws)
    return Answer(route.status, "" if result is None else result.model_dump_json())


def _file(download: Download) -> Answer:
    # Whatever is wrong is found before the first byte, while it can still be told.
    first = next(download.content, b"")
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{download.name}"',
        "Cache-Control": "no-store",
    }
    return Answer(200, "", headers, content=chain([first], download.content))


def _ask_live(ws: Workspace, request: LiveRequest[Any]) -> Answer:
    return Answer(200, live_client.call(ws, request).model_dump_json())


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The address is not UTF-8.", "Look at the address.") from None


def _query(model: type[Contract], query: str) -> Contract:
    """Parameters of a query: text by nature, so `5` may become a number here."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except (UnicodeDecodeError, ValueError):
        raise BadRequest("The query cannot be read.", "Look at the part of the address after “?”.") from None
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in NOT_OURS or (not value and TIME.fullmatch(name)):
            continue
        known = model.model_fields.get(name)
        if known is not None and "list" in str(known.annotation):
            values.setdefault(name, []).append(value)
        elif name in values:
            raise BadRequest(f"“{name[:60]}” is given more than once.", "Give it once.", field=name[:60])
        else:
            values[name] = value
    return checked(model, values)


def _body(model: type[Contract], request: Request) -> Contract:
    if request.content_type not in ("application/json", ""):
        raise BadRequest(f"The body is {request.content_type[:60]}, not JSON.", "Send application/json.", code="not_json")
    if len(request.body) > MAX_JSON:
        raise TooLarge(f"The body is larger than {MAX_JSON // 2**20} MB.", "Send large texts as a file, by an upload.")
    try:
        # Strict: in JSON a number is a number, and "5" is a mistake worth telling.
        return model.model_validate_json(request.body or b"{}", strict=True)
    except ValidationError as error:
        raise sentence(error) from None


def _part(request: Request) -> bytes:
    if len(request.body) > MAX_PART:
        raise TooLarge(f"The part is larger than {MAX_PART // 2**20} MB.", "Send the file in smaller parts.")
    return request.body


@cache
def openapi_text() -> str:
    return json.dumps(openapi.document())
