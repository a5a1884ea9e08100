"""One command: its arguments from the operation's signature and schema, its answer in words or as JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, MiStudioError
from ..contract.models import Contract, checked
from ..contract.operations import Described, describe
from ..display.bar import write
from ..display.parameters import parameters
from ..display.text import did_you_mean, plain
from ..lanes.perform import perform
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from . import options
from .options import UsageError

Operation = Callable[..., Any]


@dataclass(frozen=True)
class Call:
    """A command as it was typed, ready to be performed."""

    command: Command
    ws: Workspace
    arguments: tuple[str, ...]
    params: Contract | None
    given: argparse.Namespace

    def perform(self) -> Any:
        values = (*self.arguments, *(() if self.params is None else (self.params,)))
        return perform(self.ws, self.command.operation_for(self.arguments), *values)


def answer(call: Call) -> Any:
    return call.perform()


def never(_answer: Any) -> bool:
    return False


@dataclass(frozen=True)
class Command:
    """`others` and `plans` go by the prefix of the id; `flags` are the terminal's own; `run` is what is done around it;
    where the answer `is_no`, a script sees it by the exit code."""

    operation: Operation
    others: dict[str, Operation] = field(default_factory=dict)
    positional: tuple[str, ...] = ()
    plans: dict[str, Operation] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    run: Callable[[Call], Any] = answer
    show: Callable[[Any], str] = str
    is_no: Callable[[Any], bool] = never
    summary: str = ""

    def __post_init__(self) -> None:
        if not self.summary:
            object.__setattr__(self, "summary", self.described.summary)

    @property
    def described(self) -> Described:
        return describe(self.operation)

    def operation_for(self, arguments: tuple[str, ...]) -> Operation:
        return next((each for prefix, each in self.others.items() if arguments and is_id(arguments[0], prefix)), self.operation)


def run(command: Command, name: str, typed: list[str]) -> int:
    """Perform what was typed; the exit code."""
    as_json = "--json" in typed
    try:
        given = options.parse(options.parser_for(command, name), typed)
        result = command.run(_call(command, given))
        text = _as_json(result) if as_json else command.show(result)
        write(sys.stdout, f"{text}\n")
        return 1 if command.is_no(result) else 0
    except UsageError as usage:
        return _failed(usage.error, as_json, code=2)
    except MiStudioError as error:
        return _failed(error, as_json, code=1)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        bug = MiStudioError(f"Something went wrong in miStudio itself ({what}).", "Please report it.", code="bug")
        return _failed(bug, as_json, code=1)


def _call(command: Command, given: argparse.Namespace) -> Call:
    described = command.described
    params = _params(command, described.params, given) if described.params is not None else None
    arguments = tuple(getattr(given, name) for name in described.arguments)
    return Call(command, Workspace.open(given.workspace), arguments, params, given)


def _params(command: Command, model: type[Contract], given: argparse.Namespace) -> Contract:
    values = _from_file(given.params) if getattr(given, "params", None) else {}
    typed = ((each, getattr(given, name, None)) for name, each in parameters(model).items())
    values |= {each.name: options.value_of(each, value) for each, value in typed if value is not None}
    try:
        return checked(model, values)
    except BadRequest as error:
        if error.field is not None and error.field in model.model_fields:
            name = error.field.upper() if error.field in command.positional else options.flag(error.field)
            error.message = error.message.replace(f"“{error.field}”", name)
        elif error.field is not None and (question := did_you_mean(error.field, model.model_fields)):
            error.hint = question
        raise UsageError(error) from None


def _from_file(name: str) -> dict[str, Any]:
    place = "standard input" if name == "-" else name
    try:
        values = json.loads(sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        wrong = BadRequest(f"The parameters in {place} cannot be read: {why}.", "Give a file with one JSON object.")
        raise UsageError(wrong) from None
    if not isinstance(values, dict):
        raise UsageError(
            BadRequest(
                f"{place[0].upper() + place[1:] if name == '-' else place} does not hold a JSON object.",
                "Write the parameters as {…}.",
            )
        )
    return values


def _as_json(result: Any) -> str:
    # Only ASCII: what is printed on a terminal must not act on it, and any encoding can carry it.
    return json.dumps(None if result is None else result.model_dump(mode="json"), indent=2, allow_nan=False)


def _failed(error: MiStudioError, as_json: bool, *, code: int) -> int:
    """As JSON on standard output: who asked for JSON gets one document there, whatever happens."""
    if as_json:
        write(sys.stdout, json.dumps(error.as_dict(), indent=2) + "\n")
    else:
        write(sys.stderr, f"mistudio: {plain(error.message, 2000)}\n" + (f"{plain(error.hint, 2000)}\n" if error.hint else ""))
    return code
