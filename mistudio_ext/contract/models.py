"""The base of every record and parameter set that goes over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import BadRequest

Model = TypeVar("Model", bound="Contract")
# What pydantic finds, by its types, in words that go on behind a field's name.
WORDS = {
    "missing": "is missing",
    "less_than_equal": "must be {le} at the most",
    "less_than": "must be less than {lt}",
    "greater_than_equal": "must be {ge} at the least",
    "greater_than": "must be more than {gt}",
    "string_too_short": "must have {min_length} characters at the least",
    "string_too_long": "must have {max_length} characters at the most",
    "too_short": "must have {min_length} entries at the least",
    "too_long": "must have {max_length} entries at the most",
    "literal_error": "must be one of {expected}",
    "string_type": "must be a text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number that is not infinite",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
}


class Contract(BaseModel):
    """Unknown fields are refused, not-a-number cannot enter, validators are built when first used."""

    model_config = ConfigDict(
        extra="forbid", defer_build=True, allow_inf_nan=False, ser_json_inf_nan="null", use_attribute_docstrings=False
    )


def option(
    default: Any = ...,
    *,
    title: str,
    help: str,
    unit: str = "",
    group: str = "",
    only_when: str = "",
    known: Sequence[str] = (),
    **limits: Any,
) -> Any:
    """A parameter with all that a form, the terminal and the documentation say of it.

    `only_when` names a sibling field that must be set for this one to matter, or be one of some values (`layout=rows|packed`), so
    that a form can leave it out. `known` are the values of a field of which such rules speak: with any other, all may matter.
    """
    said = {"unit": unit, "group": group, "onlyWhen": only_when, "known": list(known)}
    extra: dict[str, Any] = {key: value for key, value in said.items() if value}
    return Field(default, title=title, description=help, json_schema_extra=extra or None, **limits)


def sentence(error: ValidationError) -> BadRequest:
    """What pydantic found, as one sentence about the first wrong field."""
    found = error.errors(include_url=False, include_input=False)
    first = found[0]
    field = ".".join(str(part) for part in first["loc"])
    others = len(found) - 1
    more = "" if not others else " (1 more field is wrong.)" if others == 1 else f" ({others:,} more fields are wrong.)"
    if first["type"] == "extra_forbidden":
        return BadRequest(f"There is no parameter “{field}”.{more}", "Look at its spelling.", field=field)
    hint = "Give it a value." if first["type"] == "missing" else "Correct the value and try again."
    what = _in_words(first["type"], first.get("ctx", {}))
    if field and what is not None:
        return BadRequest(f"“{field}” {what}.{more}", hint, field=field)
    said = first["msg"].removeprefix("Value error, ").rstrip(".")
    return BadRequest(f"“{field}”: {said}.{more}" if field else f"{said}.{more}", hint, field=field or None)


def _in_words(type: str, context: dict[str, Any]) -> str | None:
    words = WORDS.get(type)
    if words is None:
        return None
    if context.get("min_length") == 1:
        return "must not be empty"
    return words.format(
        **{name: f"{each:,}".removesuffix(".0") if isinstance(each, int | float) else each for name, each in context.items()}
    )


def checked(model: type[Model], values: dict[str, Any]) -> Model:
    """`values` as a `model`, or the error that says what is wrong with them."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise sentence(error) from None
