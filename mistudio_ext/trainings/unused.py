"""Options that have no effect beside the others: refused where somebody asked for them, put back where they were inherited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..contract.errors import BadRequest
from ..saes.schema import BUILT_IN
from .schema import EstimateTraining, Mixing, Train, TrainOptions
from .source_schema import Share

WEIGHTED = ("weights", "curriculum")


def require_effect(params: Train | EstimateTraining) -> None:
    """Whoever gives a number believes that something follows from it."""
    idle = unused(params.model_dump())
    for name in idle:
        if getattr(params, name) != usual(name):
            raise _no_effect(name, params, field=name)
    for variant in params.saes:
        for name in idle:
            if getattr(variant, name, None) not in (None, usual(name)):
                raise _no_effect(name, params, field="saes")
    _require_weights(params.sources, params.mixing)


def unused(values: dict[str, Any]) -> list[str]:
    """Names of the options that have no effect. An architecture that a package brings may use all that are for architectures."""
    found = []
    for name in TrainOptions.model_fields:
        if rule := _rule(name):
            field, wanted = rule
            is_theirs = field == "architecture" and values[field] not in BUILT_IN
            if not is_theirs and values[field] not in wanted:
                found.append(name)
    return found


def usual(name: str) -> Any:
    return TrainOptions.model_fields[name].get_default(call_default_factory=True)


def weighed(sources: Sequence[dict[str, Any]], mixing: Mixing) -> list[dict[str, Any]]:
    """Without the weights that have no effect where sources are mixed like this."""
    idle = {"weight": 1.0} if mixing not in WEIGHTED else {}
    return [each | idle | ({"weight_at_end": None} if mixing != "curriculum" else {}) for each in sources]


def _rule(name: str) -> tuple[str, list[str]] | None:
    """The option that it hangs on, and the values of that with which it matters."""
    extra = TrainOptions.model_fields[name].json_schema_extra
    rule = extra.get("onlyWhen") if isinstance(extra, dict) else None
    if not isinstance(rule, str):
        return None
    field, _, wanted = rule.partition("=")
    return field, wanted.split("|")


def _no_effect(name: str, params: TrainOptions, *, field: str) -> BadRequest:
    other, wanted = _rule(name) or ("", [])
    title, of = (TrainOptions.model_fields[each].title for each in (name, other))
    now = str(getattr(params, other))
    choices = f"{', '.join(wanted[:-1])} or {wanted[-1]}" if len(wanted) > 1 else wanted[0]
    return BadRequest(
        f"“{title}” ({name}) has no effect where “{of}” is {now[:60]}.", f"Leave it out, or choose {choices}.", field=field
    )


def _require_weights(sources: Sequence[Share], mixing: Mixing) -> None:
    if mixing not in WEIGHTED and any(each.weight != 1.0 for each in sources):
        raise BadRequest(
            f"The weights of sources have no effect where “Mixing” is {mixing}.",
            "Choose the mixing weights, or leave the weights out.",
            field="mixing",
        )
    if mixing != "curriculum" and any(each.weight_at_end is not None for each in sources):
        raise BadRequest(
            f"Weights at the end have no effect where “Mixing” is {mixing}.",
            "Choose the mixing curriculum, or leave them out.",
            field="mixing",
        )
    ends = [each.weight if each.weight_at_end is None else each.weight_at_end for each in sources]
    if sources and not (any(each.weight for each in sources) and any(ends)):
        raise BadRequest("The weights of all sources are 0.", "Give one of them a weight above 0.", field="sources")
