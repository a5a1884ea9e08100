"""How an operation describes itself: its signature is all that the routes, the terminal and the document need.

An operation is a plain function `(workspace, *path_arguments: str, params: SomeModel) -> Result`; its docstring's first
line is its summary.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Generic

from .models import Contract, Model

Function = Callable[..., Any]


@dataclass(frozen=True)
class Described:
    name: str
    arguments: tuple[str, ...]
    params: type[Contract] | None
    result: type[Contract] | None
    summary: str
    is_file: bool = False


@dataclass(frozen=True)
class LiveRequest(Generic[Model]):
    """What an operation returns when the answer must come from the live lane: the function there and its parameters."""

    function: str
    params: dict[str, Any]
    result: type[Model]
    seconds: float = 60.0


@dataclass(frozen=True)
class Download:
    """What an operation returns when the answer is a file. Its bytes are read while they are sent; the first of them may say
    what is wrong instead."""

    name: str
    content: Iterator[bytes]


@cache
def describe(function: Function) -> Described:
    hints = typing.get_type_hints(function)
    names = list(inspect.signature(function).parameters)[1:]
    result = hints.get("return")
    # Either the answer itself or, where it must be found out first, a live request for the same.
    if typing.get_origin(result) in (UnionType, typing.Union):
        result = typing.get_args(result)[0]
    if typing.get_origin(result) is LiveRequest:
        result = typing.get_args(result)[0]
    return Described(
        name=function.__name__,
        arguments=tuple(name for name in names if name != "params"),
        params=hints.get("params"),
        result=None if result in (type(None), Download) else result,
        summary=(inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " "),
        is_file=result is Download,
    )
