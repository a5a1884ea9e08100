"""Arguments of a command, from its operation's signature and schema."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ..contract.errors import BadRequest, MiStudioError
from ..display.parameters import Parameter, parameters
from ..display.text import did_you_mean
from ..models.precision import SHORT

if TYPE_CHECKING:
    from .command import Command

# What the arguments in an operation's signature are.
ARGUMENTS = {"id": "id of the object, such as ds_7f3k9q2a", "row": "number of the row, from 0", "step": "step of a checkpoint"}


MISSING = "the following arguments are required: "
NULL = "null"


class UsageError(Exception):
    """What was typed makes no command."""

    def __init__(self, error: MiStudioError):
        super().__init__(error.message)
        self.error = error


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        hint = f"`{self.prog} --help` lists the arguments."
        unknown = message.removeprefix("unrecognized arguments: ").split()
        if unknown and message.startswith("unrecognized") and unknown[0].startswith("--"):
            known = [each for action in self._actions if action.help != argparse.SUPPRESS for each in action.option_strings]
            hint = f"{did_you_mean(unknown[0].partition('=')[0], known)} {hint}".strip()
        elif message.startswith(MISSING):
            message = f"{message.removeprefix(MISSING).upper()} is missing"
        raise UsageError(BadRequest(f"{message.removesuffix('.')}.", hint, code="usage"))


def parse(parser: argparse.ArgumentParser, typed: list[str]) -> argparse.Namespace:
    # Intermixed: what may be left out may also stand after the options.
    return parser.parse_intermixed_args(typed)


def parser_for(command: Command, prog: str) -> Parser:
    parser = Parser(prog=prog, description=_escaped(command.summary))
    described = command.described
    for argument in described.arguments:
        parser.add_argument(argument, metavar=argument.upper(), help=ARGUMENTS[argument])
    hidden = ("agreed",)  # the terminal asks, and agrees to what it has shown
    known = {key: each for key, each in parameters(described.params).items() if key not in hidden} if described.params else {}
    for each in known.values():
        if each.name in command.positional:
            # Twice in the help would be once too much: the option exists, the position is shown.
            parser.add_argument(
                each.name, metavar=each.name.upper(), nargs="?", default=argparse.SUPPRESS, help=_escaped(each.help)
            )
            parser.add_argument(flag(each.name), dest=each.name, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        elif each.kind != "other":
            parser.add_argument(flag(each.name), **_settings(each))
    common(parser, with_params=bool(known))
    for name, help in command.flags.items():
        parser.add_argument(flag(name), action="store_true", help=help)
    return parser


def common(parser: argparse.ArgumentParser, *, with_params: bool) -> None:
    if with_params:
        parser.add_argument("--params", metavar="FILE", help="a JSON object with parameters; “-” reads it from standard input")
    parser.add_argument("--workspace", metavar="FOLDER", help="the workspace; left out, the default one")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _settings(each: Parameter) -> dict[str, Any]:
    """Values stay text here, and become numbers where the schema checks them: one place says what is allowed."""
    settings: dict[str, Any] = {"default": argparse.SUPPRESS, "help": _escaped(each.help)}
    if each.kind == "boolean":
        return settings | {"action": argparse.BooleanOptionalAction}
    if each.kind == "list":
        return settings | {"action": "append", "metavar": "TEXT", "help": f"{settings['help']} May be given several times."}
    if each.choices:
        return settings | {"choices": each.choices, "type": _whole(each.choices)}
    return settings | {"metavar": {"integer": "N", "number": "X"}.get(each.kind, "TEXT")}


def value_of(each: Parameter, typed: Any) -> Any:
    """“null” is no number, where that is allowed; where words are expected it is one like any other."""
    return None if typed == NULL and each.can_be_null and each.kind in ("integer", "number") else typed


def _whole(choices: Any) -> Callable[[str], str]:
    """The choice that a usual short form of a precision stands for; other words stay as they are."""
    return lambda word: SHORT[word] if SHORT.get(word) in choices else word


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
