"""The base of every record and parameter set that goes over the wire."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import BadRequest

Model = TypeVar("Model", bound="Contract")


class Contract(BaseModel):
    """Unknown fields are refused, not-a-number cannot enter, validators are built when first used."""

    model_config = ConfigDict(
        extra="forbid", defer_build=True, allow_inf_nan=False, ser_json_inf_nan="null", use_attribute_docstrings=False
    )


def option(
    default: Any = ..., *, title: str, help: str, unit: str = "", group: str = "", only_when: str = "", **limits: Any
) -> Any:
    """A parameter with all that a form, the terminal and the documentation say of it.

    `only_when` names a sibling field that must be set for this one to matter, so that a form can leave it out.
    """
    extra: dict[str, Any] = {key: value for key, value in {"unit": unit, "group": group, "onlyWhen": only_when}.items() if value}
    return Field(default, title=title, description=help, json_schema_extra=extra or None, **limits)


def sentence(error: ValidationError) -> BadRequest:
    """What pydantic found, as one sentence about the first wrong field."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    first = found[0]
    field = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    more = f" ({len(found) - 1} more fields are wrong.)" if len(found) > 1 else ""
    if first["type"] == "extra_forbidden":
        return BadRequest(f"There is no parameter “{field}”.{more}", "Look at its spelling.", field=field)
    if first["type"] == "missing":
        return BadRequest(f"“{field}” is missing.{more}", "Give it a value.", field=field)
    subject = f"“{field}”: {what}" if field else what
    return BadRequest(f"{subject}.{more}".replace("..", "."), "Correct the value and try again.", field=field or None)


def checked(model: type[Model], values: dict[str, Any]) -> Model:
    """`values` as a `model`, or the error that says what is wrong with them."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise sentence(error) from None
