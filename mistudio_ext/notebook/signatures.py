"""Signatures and docstrings from the schemas, so that completion and help know every parameter."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

from ..contract.models import Contract
from ..display.parameters import parameters

Function = TypeVar("Function", bound=Callable[..., Any])


def described_by(model: type[Contract], *, without: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Replace a method's `**params` by the fields of a schema, where people look: in its signature and docstring.

    A field whose name the method has as a parameter of its own is only described.
    """

    def decorate(function: Function) -> Function:
        own = inspect.signature(function)
        known = {name: each for name, each in parameters(model).items() if name not in without}
        first = [each for each in own.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
        last = [each for each in own.parameters.values() if each.kind is each.KEYWORD_ONLY]
        fields = [
            inspect.Parameter(
                each.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if each.required else each.default,
                annotation=model.model_fields[each.name].annotation,
            )
            for each in known.values()
            if each.name not in own.parameters
        ]
        # The schema decides which are required; keyword-only ones may stand in any order.
        function.__signature__ = own.replace(parameters=[*first, *fields, *last])  # type: ignore[attr-defined]
        lines = [f"{each.name}: {each.help}" for each in known.values()]
        wrapped = [textwrap.fill(line, 100, initial_indent="    ", subsequent_indent="        ") for line in lines]
        function.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\nParameters:\n" + "\n".join(wrapped)
        return function

    return decorate
