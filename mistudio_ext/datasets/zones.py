"""Times of a table: those in a zone that this machine does not know are taken as the same times in UTC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

# Types made anew of other fields.
REMADE: dict[str, Callable[[Any, list[Any]], Any]] = {
    "is_struct": lambda _, fields: pa.struct(fields),
    "is_list": lambda _, fields: pa.list_(fields[0]),
    "is_large_list": lambda _, fields: pa.large_list(fields[0]),
    "is_fixed_size_list": lambda old, fields: pa.list_(fields[0], old.list_size),
    "is_map": lambda _, fields: pa.map_(fields[0].type.field(0), fields[0].type.field(1)),
}


def in_known_zones(column: Any) -> Any:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, in_known_zones(column.dictionary))
    known = _known(column.type)
    return column if known == column.type else column.cast(known)


def _known(type: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(type) and type.tz is not None:
        try:
            pa.lib.string_to_tzinfo(type.tz)
        except Exception:  # each library of zones has an error of its own
            return pa.timestamp(type.unit, "UTC")
    fields = [type.field(at) for at in range(type.num_fields)]
    known = [field.with_type(_known(field.type)) for field in fields]
    for test, make in REMADE.items():
        if known != fields and getattr(pa.types, test)(type):
            return make(type, known)
    return type
