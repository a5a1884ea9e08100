"""Short typed ids: `ds_7f3k9q2a`. The prefix says the kind, so that an id alone finds its record and its folder."""

from __future__ import annotations

import re
import secrets

from ..contract.errors import BadRequest

# Without i, l, o and u: nothing to misread, no words by accident.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 8
PREFIXES = {
    "ds": "datasets",
    "tk": "tokenizations",
    "md": "models",
    "cp": "captures",
    "sa": "saes",
    "tr": "trainings",
    "fs": "feature_sets",
    "st": "presets",
    "tp": "templates",
    "pj": "projects",
    "jb": "jobs",
    "up": "uploads",
}
_FORM = re.compile(rf"({'|'.join(PREFIXES)})_[{ALPHABET}]{{{LENGTH}}}")


def new_id(prefix: str) -> str:
    if prefix not in PREFIXES:
        raise ValueError(f"no kind of object has the prefix {prefix}")
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_id(text: str, prefix: str | None = None) -> bool:
    match = _FORM.fullmatch(text)
    return match is not None and prefix in (None, match[1])


def collection_of(id: str) -> str:
    """The kind of object that an id names. Every id from outside passes here before it becomes part of a path."""
    match = _FORM.fullmatch(id)
    if match is None:
        raise BadRequest(f"“{id[:60]}” is not an id.", "An id has a kind and eight letters or digits, such as ds_7f3k9q2a.")
    return PREFIXES[match[1]]
