"""From a request's bytes to an answer's bytes. Runs in a thread; knows neither tornado nor Jupyter."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

from pydantic import ValidationError

from ..contract.errors import BadRequest, MiStudioError, NotFound
from ..contract.models import Contract, checked, sentence
from ..contract.operations import describe
from ..lanes.perform import perform
from ..workspace.workspace import Workspace
from . import openapi, routes


@dataclass(frozen=True)
class Request:
    verb: str
    path: str
    query: str
    body: bytes
    content_type: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    trace: str = ""


def answer(open_workspace: Callable[[], Workspace], request: Request) -> Answer:
    try:
        return _answer(open_workspace(), request)
    except MiStudioError as error:
        return Answer(error.status, json.dumps(error.as_dict()))
    except Exception:
        form = {
            "message": "Something went wrong in miStudio itself.",
            "error": {"code": "bug", "hint": "The server's log has the details; please report them."},
        }
        return Answer(500, json.dumps(form), trace=traceback.format_exc())


def _answer(ws: Workspace, request: Request) -> Answer:
    if request.path == "openapi.json" and request.verb == "GET":
        return Answer(200, openapi_text())
    by_verb, arguments = routes.find(request.path)
    if not by_verb:
        raise NotFound(f"There is no address “{request.path[:100]}”.", "Look at the REST reference.")
    route = by_verb.get(request.verb)
    if route is None:
        allowed = ", ".join(by_verb)
        error = BadRequest(f"{request.verb} is not done at this address.", f"Use {allowed}.", code="wrong_verb")
        return Answer(405, json.dumps(error.as_dict()), {"Content-Type": "application/json", "Allow": allowed})
    values: list[Any] = [_decoded(each) for each in arguments.values()]
    model = describe(route.operation).params
    from_query = request.verb in ("GET", "DELETE") or route.raw_body
    if model is not None:
        values.append(_query(model, request.query) if from_query else _body(model, request))
    if route.raw_body:
        values.append(request.body)
    result = perform(ws, route.operation, *values)
    return Answer(route.status, "" if result is None else result.model_dump_json())


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The address is not UTF-8.", "Look at the address.") from None


def _query(model: type[Contract], query: str) -> Contract:
    """Parameters of a query: text by nature, so `5` may become a number here."""
    try:
        found = parse_qs(query, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except (UnicodeDecodeError, ValueError):
        raise BadRequest("The query cannot be read.", "Look at the part of the address after “?”.") from None
    values: dict[str, Any] = {}
    for name, given in found.items():
        known = model.model_fields.get(name)
        is_list = known is not None and "list" in str(known.annotation)
        if not is_list and len(given) > 1:
            raise BadRequest(f"“{name}” is given {len(given)} times.", "Give it once.", field=name)
        values[name] = given if is_list else given[0]
    return checked(model, values)


def _body(model: type[Contract], request: Request) -> Contract:
    if request.content_type not in ("application/json", ""):
        raise BadRequest(f"The body is {request.content_type}, not JSON.", "Send application/json.", code="not_json")
    try:
        # Strict: in JSON a number is a number, and "5" is a mistake worth telling.
        return model.model_validate_json(request.body or b"{}", strict=True)
    except ValidationError as error:
        raise sentence(error) from None


@cache
def openapi_text() -> str:
    return json.dumps(openapi.document())
