"""Architectures that their user wrote in a notebook: kept as source, so that the processes which train can load them too.

They lie in Jupyter's data folder of this user, as what runs at the start of a kernel does, and not in the workspace: opening
a workspace of somebody else's never runs code of theirs.
"""

from __future__ import annotations

import ast
import builtins
import dis
import os
import re
import textwrap
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from jupyter_core.paths import jupyter_data_dir

from ..contract.errors import BadRequest, NotFound
from ..workspace.atomic import whole_file

NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
# What stands over a class in the cell, and is not run again.
DECORATOR = "register_architecture"


def folder() -> Path:
    return Path(jupyter_data_dir()) / "mistudio" / "architectures"


def names() -> list[str]:
    try:
        found = [each.removesuffix(".py") for each in os.listdir(folder()) if each.endswith(".py")]
    except FileNotFoundError:
        return []
    return sorted(each for each in found if NAME.fullmatch(each))


def path_of(name: str) -> Path:
    return folder() / f"{name}.py"


def keep(name: str, class_name: str, cell: str) -> None:
    """Of this cell the class and what it needs."""
    if not NAME.fullmatch(name):
        what = f"“{name[:60]}” is no name for an architecture of one's own."
        raise BadRequest(what, "Take small letters, digits, - and _.", field="architecture")
    source = _taken_out(cell, class_name)
    _require_whole(source, class_name)
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(f"{source}\n\n__architecture__ = {class_name}\n".encode())


def forget(name: str) -> None:
    if name not in names():
        raise NotFound(f"There is no architecture “{name[:60]}” of your own.", f"There is: {', '.join(names()) or 'none'}.")
    path_of(name).unlink()


def load(name: str) -> Any:
    """Anew each time: a cell may have been run again."""
    path = path_of(name)
    try:
        return _run(path.read_text(encoding="utf-8"), str(path))["__architecture__"]
    except Exception as error:
        what = f"Your architecture “{name}” cannot be loaded: {type(error).__name__}: {error}."
        raise BadRequest(what[:500], "Run the cell that registers it again.", field="architecture") from error


def _run(source: str, file: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "mistudio_own_architecture"}
    exec(compile(source, file, "exec"), space)  # noqa: S102
    return space


def _taken_out(cell: str, class_name: str) -> str:
    """Imports, classes, functions and plain values of the cell; nothing that does anything."""
    tree = ast.parse(textwrap.dedent("\n".join(line for line in cell.splitlines() if not line.lstrip().startswith(("%", "!")))))
    kept = [each for each in tree.body if _only_says(each)]
    for each in kept:
        if isinstance(each, ast.ClassDef) and each.name == class_name:
            each.decorator_list = [one for one in each.decorator_list if not ast.unparse(one).endswith(DECORATOR)]
    return ast.unparse(ast.Module(kept, []))


def _only_says(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        try:
            ast.literal_eval(statement.value) if statement.value is not None else None
        except ValueError:
            return False
        return True
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef)


def _require_whole(source: str, class_name: str) -> None:
    """What a cell takes from cells before it is not there where it is trained."""
    remedy = "Import and define all that it uses in the cell where it is registered."
    try:
        space = _run(source, "<cell>")
    except NameError as error:
        raise BadRequest(f"{error}.", remedy, field="architecture") from None
    if class_name not in space:
        raise BadRequest(f"The cell does not define {class_name} at its outermost level.", remedy, field="architecture")
    used = {name for each in _functions(space) for name in _globals_of(each.__code__)}
    if missing := sorted(used - {*space, *dir(builtins)}):
        raise BadRequest(f"The cell does not define {', '.join(missing[:5])}.", remedy, field="architecture")


def _functions(space: dict[str, Any]) -> list[FunctionType]:
    """Those of the cell itself."""
    own = [each for each in space.values() if getattr(each, "__module__", None) == space["__name__"]]
    inside = [each for one in own if isinstance(one, type) for each in vars(one).values()]
    plain = [getattr(each, "__func__", getattr(each, "fget", None)) or each for each in (*own, *inside)]
    return [each for each in plain if isinstance(each, FunctionType)]


def _globals_of(code: CodeType) -> set[str]:
    found = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    return found.union(*(_globals_of(each) for each in code.co_consts if isinstance(each, CodeType)))
