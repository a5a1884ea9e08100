"""The model of a training's sources, loaded when it is first needed, kept as long as the run, and gone with it."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from typing_extensions import Self

from ..captures.loading import Loaded, loaded
from ..captures.make import plan_of
from ..captures.plan import Block, Plan
from ..contract.models import checked
from ..models.schema import ModelFacts
from ..saes.effect import held_out_blocks
from ..workspace.workspace import Workspace
from .sources import PlannedSource


class ModelAtHand:
    """Used in a `with` block. Whoever uses the model where another thread may too holds the `lock` meanwhile."""

    def __init__(self, ws: Workspace, sources: list[PlannedSource], hooks: list[str], device: str):
        self.ws, self.sources, self.hooks, self.device = ws, sources, hooks, device
        self.lock = threading.RLock()
        self._stack = ExitStack()
        self._loaded: Loaded | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loaded = None
        self._stack.close()

    @property
    def loaded(self) -> Loaded:
        """In the precision that all sources have."""
        with self.lock:
            if self._loaded is None:
                source = self.sources[0]
                facts = checked(ModelFacts, self.ws.catalog.get(source.model)["facts"])
                folder = self.ws.folder(source.model) / "files"
                way = loaded(folder, facts, self.hooks, source.precision, fall_back=False, device=self.device)
                self._loaded = self._stack.enter_context(way)
            return self._loaded

    def tokenization_of(self, number: int) -> Path:
        return self.ws.folder_of(self.ws.catalog.get(self.sources[number].tokenization))

    def plan_of(self, number: int) -> Plan:
        return plan_of(self.ws, self.sources[number].tokenization, self.sources[number].options)

    def held_out(self, tokens: int) -> list[Block]:
        """Of each source's held-out text an equal part of so many tokens."""
        share = tokens // len(self.sources)
        return [block for number in range(len(self.sources)) for block in held_out_blocks(self.plan_of(number), share)]
