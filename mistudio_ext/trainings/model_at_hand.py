"""The model of the captures, loaded when it is first needed, kept as long as the run, and gone with it."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from typing_extensions import Self

from ..captures.loading import Loaded, loaded
from ..captures.make import plan_of
from ..captures.plan import Block
from ..captures.schema import CaptureOptions, CaptureRecord
from ..contract.models import checked
from ..models.schema import ModelFacts
from ..saes.effect import held_out_blocks
from ..workspace.workspace import Workspace


class ModelAtHand:
    """Used in a `with` block."""

    def __init__(self, ws: Workspace, captures: list[str], hooks: list[str], device: str):
        self.ws, self.hooks, self.device = ws, hooks, device
        self.records = [checked(CaptureRecord, ws.catalog.get(id)) for id in captures]
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.__dict__.pop("loaded", None)
        self._stack.close()

    @cached_property
    def loaded(self) -> Loaded:
        """In the precision in which the captures were made."""
        record = self.records[0]
        assert record.facts is not None
        facts = checked(ModelFacts, self.ws.catalog.get(record.model)["facts"])
        folder = self.ws.folder(record.model) / "files"
        way = loaded(folder, facts, self.hooks, record.facts.precision, fall_back=False, device=self.device)
        return self._stack.enter_context(way)

    def tokenization_of(self, number: int) -> Path:
        return self.ws.folder_of(self.ws.catalog.get(self.records[number].tokenization))

    def held_out(self, tokens: int) -> list[Block]:
        """Of each capture's held-out text an equal part of so many tokens."""
        found: list[Block] = []
        for record in self.records:
            options = CaptureOptions(**record.model_dump(include={*CaptureOptions.model_fields}))
            found += held_out_blocks(plan_of(self.ws, record, options), tokens // len(self.records))
        return found
