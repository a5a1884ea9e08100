"""What a clone is asked for: the parameters of a training, with some of them changed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, product
from typing import Any

from ..contract.errors import BadRequest
from ..contract.models import checked
from .record_schema import TrainingRecord
from .schema import MOST_SAES, Train, Variant
from .unused import unused, usual, weighed

# Of each two there may be one; who names one means that one.
INSTEAD = {"steps": "tokens", "tokens": "steps", "width": "expansion", "expansion": "width"}
PLACES = ("hook", "out_hook")
Asked = dict[str, Any]


def cloned(record: TrainingRecord, changes: Asked) -> Train:
    """What hung on another option that is changed, such as the architecture, does not stand in the way."""
    values: Asked = record.model_dump(include={*Train.model_fields} - {"name", "tags", "notes"})
    values["saes"] = _saes(values["saes"], changes)
    for name, other in INSTEAD.items():
        # Where a width is given, the expansion does not count.
        if name in changes and other not in ("expansion", *changes):
            values[other] = None
    own = {name for name in changes if name in Variant.model_fields and (name in PLACES or isinstance(changes[name], list))}
    asked = checked(Train, values | {name: each for name, each in changes.items() if name not in own})
    left = [name for name in unused(asked.model_dump()) if name not in changes]
    kept = asked.model_dump(exclude={"saes", "sources"}) | {name: usual(name) for name in left}
    kept["saes"] = asked.model_dump()["saes"] if "saes" in changes else _without(asked.model_dump()["saes"], left)
    sources = [each.model_dump() for each in asked.sources]
    kept["sources"] = sources if "sources" in changes else weighed(sources, asked.mixing)
    return checked(Train, kept)


def _saes(there: list[Asked], changes: Asked) -> Any:
    """One number in the place of several holds for all; several are each with each of what else tells the SAEs apart."""
    named = [name for name in Variant.model_fields if name in changes]
    lists = {name: each for name in named if isinstance(each := changes[name], list)}
    if "saes" in changes:
        if lists:
            raise BadRequest("Lists and “saes” cannot be given together.", "Write all of it in “saes”.", field="saes")
        return changes["saes"]
    if empty := [name for name, values in lists.items() if not values]:
        raise BadRequest(f"The list of {empty[0]} is empty.", "Give one value at the least.", field=empty[0])
    lists |= {name: [changes[name]] for name in PLACES if name in named and name not in lists}
    others = _without(there, [*named, *(INSTEAD[name] for name in named if name in INSTEAD)]) or [{}]
    each_with_each = (other | dict(zip(lists, each, strict=True)) for other in others for each in product(*lists.values()))
    # One too many, so that too many are refused and not made.
    made = [*islice(each_with_each, MOST_SAES + 1)]
    return [] if made == [{}] else made


def _without(saes: Iterable[Asked], names: Iterable[str]) -> list[Asked]:
    """Those that are one without what told them apart are one."""
    found: list[Asked] = []
    for each in saes:
        rest = {name: value for name, value in each.items() if name not in {*names} and value is not None}
        if rest not in found:
            found.append(rest)
    return [] if found == [{}] else found
