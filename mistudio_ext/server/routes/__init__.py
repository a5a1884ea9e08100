"""Every route of the REST face, as one table: verb, path and the operation that answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Route:
    """`raw_body`: the request's body is bytes for the operation, and its parameters come in the query, as with GET."""

    verb: str
    path: str
    operation: Callable[..., Any]
    status: int = 200
    raw_body: bool = False


@cache
def all_routes() -> tuple[Route, ...]:
    from . import captures, datasets, demo, hub, jobs, models, saes, system, trainings

    return (
        *datasets.ROUTES, *hub.ROUTES, *models.ROUTES, *captures.ROUTES, *saes.ROUTES, *trainings.ROUTES, *demo.ROUTES,
        *jobs.ROUTES, *system.ROUTES,
    )  # fmt: skip


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    paths = dict.fromkeys(route.path for route in all_routes())
    return tuple((re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), path) for path in paths)


def find(path: str) -> tuple[dict[str, Route], dict[str, str]]:
    """The routes of a path by verb, and the arguments in it; empty where there is no such path."""
    for pattern, template in _patterns():
        if match := pattern.fullmatch(path):
            return {route.verb: route for route in all_routes() if route.path == template}, match.groupdict()
    return {}, {}


def verbs(path: str) -> tuple[str, ...]:
    """What can be done at an address; nothing where there is none."""
    return ("GET",) if path == "openapi.json" else tuple(find(path)[0])
