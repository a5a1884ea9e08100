"""Settings of a workspace's processes, and what a delete says before it is done."""

from __future__ import annotations

import unicodedata
from typing import Any

from pydantic import field_validator

from ..contract.models import Contract, option

# Marks that turn the direction of what follows them: a name with one can be made to look like another name.
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible_line(text: str) -> str:
    """A name is one line that can be seen, and is what it looks like."""
    text = text.strip()
    if not text:
        raise ValueError("It has no visible letter")
    for letter in text:
        if letter in TURNS or unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp"):
            raise ValueError(f"It must be one line without control characters; U+{ord(letter):04X} is one")
    return text


def visible_lines(*fields: str) -> Any:
    """The check that makes these fields of a model, texts or lists of texts, visible lines; of equal ones one stays."""

    def check(value: str | list[str] | None) -> str | list[str] | None:
        if isinstance(value, list):
            return list(dict.fromkeys(map(visible_line, value)))
        return None if value is None else visible_line(value)

    return field_validator(*fields)(check)


class Settings(Contract):
    """Read from `mistudio.toml` in Jupyter's configuration folders; each can be overridden by `MISTUDIO_<NAME>`."""

    workspace: str = option(
        "", title="Workspace", help="The folder that holds everything. Empty: `mistudio` in Jupyter's data folder."
    )
    lane_idle: float = option(
        120.0, title="Idle time of workers", help="How long a worker waits for work before it leaves.", unit="s", gt=0, le=86400
    )
    live_idle: float = option(
        600.0,
        title="Idle time of the live worker",
        help="How long the worker that answers live calls keeps what it has loaded.",
        unit="s",
        gt=0,
        le=86400,
    )
    trust_remote_code: bool = option(
        False,
        title="Run models' own code",
        help="Whether program code that came along with a model is run, for models of kinds that transformers does not know. "
        "It can do whatever you can.",
    )
    capture_seconds: float = option(
        60.0,
        title="Time between saves of a capture",
        help="A crash costs a capture this much work at the most.",
        unit="s",
        gt=0,
        le=3600,
    )
    event_days: float = option(
        7.0, title="Days to keep events", help="Progress events of ended jobs are dropped after this.", unit="days", gt=0, le=3650
    )
    hub_endpoint: str = option(
        "",
        title="Address of the hub",
        help="Where models and datasets come from, or a mirror of it. Empty: HF_ENDPOINT where that is set, "
        "else https://huggingface.co. Nothing is ever asked of another hub.",
        group="Hub",
        max_length=500,
    )
    hub_cache: str = option(
        "",
        title="Folder for downloads",
        help="Where downloads lie until they are whole. Empty: in the workspace.",
        group="Hub",
        max_length=4096,
    )
    hub_cache_days: float = option(
        7.0,
        title="Days to keep unfinished downloads",
        help="What a cancelled or failed download left behind is removed after this.",
        unit="days",
        group="Hub",
        gt=0,
        le=3650,
    )
    hub_connections: int = option(4, title="Connections", help="How many a download uses at once.", group="Hub", ge=1, le=16)
    hub_timeout: float = option(
        30.0,
        title="Patience with a silent hub",
        help="After this long without a byte a connection is given up and made anew.",
        unit="s",
        group="Hub",
        ge=0.1,
        le=600,
    )
    hub_tries: int = option(
        8, title="Tries", help="Tries without a single new byte before a download fails.", group="Hub", ge=1, le=100
    )


class DeleteItem(Contract):
    id: str
    kind: str = option(title="Kind", help="What it is: dataset, tokenization …")
    name: str


class DeletePlan(Contract):
    """What would go if this object were deleted."""

    id: str
    statement: str = option(title="Statement", help="The whole plan in words.")
    also: list[DeleteItem] = option(title="Goes along", help="Objects that were made from it and go with it.")
    bytes: int = option(title="Space freed", help="What is freed on disk.", unit="bytes")
    blocked_by: list[str] = option(
        title="Blocked by", help="Labels of the jobs that use it now. While there are any, nothing is deleted."
    )


class DeleteObject(Contract):
    agreed: list[str] | None = option(
        None,
        title="Agreed",
        help="Ids that the user was told would go along. When more would go by now, nothing is deleted. "
        "Left out: everything may go.",
    )


class Deleted(Contract):
    ids: list[str]
    bytes: int


class EditObject(Contract):
    """What every object lets its owner change."""

    _visible = visible_lines("name", "tags")

    name: str | None = option(None, title="Name", help="What you call it.", min_length=1, max_length=200)
    tags: list[str] | None = option(None, title="Tags", help="Words to find it by.", max_length=50)
    notes: str | None = option(None, title="Notes", help="What you want to remember about it.", max_length=20000)


class ListObjects(Contract):
    filter: str = option("", title="Filter", help="Words that the name, id, source or tags must hold.", max_length=500)
