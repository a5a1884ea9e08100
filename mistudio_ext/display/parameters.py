"""Parameters in words, from their schema: what completion, `help` and `--help` say of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..contract.models import Contract
from .text import marked

Kind = Literal["integer", "number", "string", "boolean", "list", "other"]
MISSING: Any = object()


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: Kind
    choices: tuple[str, ...]
    default: Any
    help: str
    can_be_null: bool

    @property
    def required(self) -> bool:
        return self.default is MISSING


def parameters(model: type[Contract]) -> dict[str, Parameter]:
    """The fields of a schema, by name, in their order."""
    schema = model.model_json_schema()
    return {
        name: _parameter(name, field, schema.get("$defs", {}), name in schema.get("required", ()), model)
        for name, field in schema.get("properties", {}).items()
    }


def _parameter(name: str, field: dict[str, Any], definitions: dict[str, Any], required: bool, model: type[Contract]) -> Parameter:
    default = MISSING if required else model.model_fields[name].get_default(call_default_factory=True)
    inner = _without_null(field)
    if "$ref" in inner:
        inner = definitions[inner["$ref"].rsplit("/", 1)[1]] | inner
    return Parameter(
        name=name,
        kind=_kind(inner),
        choices=tuple(str(each) for each in inner.get("enum", ())),
        default=default,
        help=_help(field, inner, default),
        can_be_null=any(each.get("type") == "null" for each in field.get("anyOf", ())),
    )


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    choices = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    return choices[0] if len(choices) == 1 else field


def _kind(field: dict[str, Any]) -> Kind:
    kind = field.get("type")
    if kind == "array":
        return "list" if field.get("items", {}).get("type") == "string" else "other"
    return kind if kind in ("integer", "number", "string", "boolean") else "other"


def _help(field: dict[str, Any], inner: dict[str, Any], default: Any) -> str:
    facts = [each for each in (_range(inner, field.get("unit", "")), _default(default)) if each]
    text: str = field.get("description") or field.get("title", "")
    return text + (f" ({'; '.join(facts)})" if facts else "")


def _range(field: dict[str, Any], unit: str) -> str:
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    words = ""
    # A bound that only keeps numbers inside 64 bits tells nobody anything.
    if low is not None and high is not None and high < 2**45:
        words = f"{low:,} to {high:,}"
    elif low is not None:
        words = f"{'above' if 'exclusiveMinimum' in field else 'at least'} {low:,}"
    elif high is not None:
        words = f"at most {high:,}"
    return f"{words} {unit}".strip()


def _default(default: Any) -> str:
    if default is MISSING or default is None or default in ("", []):
        return ""
    if isinstance(default, bool):
        return f"default {'yes' if default else 'no'}"
    # Of blanks alone nothing would be seen.
    return f"default {default if not isinstance(default, str) or default.strip() else f'“{marked(default)}”'}"
