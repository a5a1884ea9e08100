"""Datasets of the hub: what can be asked for, and what is remembered of where a text came from."""

from __future__ import annotations

from ..contract.models import Contract, option


class FromHub(Contract):
    """Which text of the hub; `hub` stands for all of it."""

    hub: str | None = option(
        None,
        title="Dataset of the hub",
        help="Its name as the hub writes it: “owner/name”.",
        min_length=1,
        max_length=200,
    )
    config: str | None = option(
        None,
        title="Configuration",
        help="Which configuration (the hub also says “subset”) of it. Left out: the only or default one.",
        group="Hub",
        only_when="hub",
        min_length=1,
        max_length=200,
    )
    split: str | None = option(
        None,
        title="Split",
        help="One split, such as “train”. Left out: all splits, one after another.",
        group="Hub",
        only_when="hub",
        min_length=1,
        max_length=200,
    )
    revision: str | None = option(
        None,
        title="Revision",
        help="A branch, a tag or a commit. Left out: the newest state. Whatever it is now stays what this dataset is of.",
        group="Hub",
        only_when="hub",
        min_length=1,
        max_length=200,
    )
    row_limit: int | None = option(
        None,
        title="Row limit",
        help="Stop once there are so many samples in all; files behind that are not even fetched. Left out: everything.",
        group="Hub",
        unit="samples",
        only_when="hub",
        ge=1,
        le=2**45,
    )


class HubSource(Contract):
    """What of the hub a dataset is."""

    repository: str = option(title="Repository", help="As it was asked for.")
    config: str | None
    split: str | None = option(title="Split", help="The one that was asked for; null: all.")
    revision: str | None = option(title="Revision", help="The one that was asked for; null: the newest.")
    row_limit: int | None
    endpoint: str | None = option(None, title="Hub", help="Where it was found; null until the hub was asked.")
    commit: str | None = option(None, title="Commit", help="What the revision was then; null until the hub was asked.")
