"""What all handles have in common: an id in a workspace, read fresh each time, shown without ever failing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from ..contract.errors import MiStudioError
from ..display.table import in_lines
from ..display.text import plain
from ..workspace.workspace import Workspace as Core
from . import cards
from .cores import core_at

if TYPE_CHECKING:
    from .workspace import Workspace

Restored = TypeVar("Restored", bound="Handle")


class Handle(ABC):
    """An object of a workspace, by its id. Equal ids in one workspace are equal handles; pickling keeps the id."""

    _kind = ""

    def __init__(self, core: Core, id: str):
        self._core = core
        self._id = id

    @property
    def id(self) -> str:
        """The id, such as ds_7f3k9q2a."""
        return self._id

    @property
    def workspace(self) -> Workspace:
        """The workspace that it lies in."""
        from .workspace import Workspace

        return Workspace(self._core)

    @abstractmethod
    def _shown(self) -> tuple[str, str, cards.Pairs]:
        """Its name, its state in few words, and its facts."""

    def _more_html(self) -> str:
        return ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and (self._core.root, self._id) == (other._core.root, other._id)

    def __hash__(self) -> int:
        return hash((self._core.root, self._id))

    def __bool__(self) -> bool:
        # An empty dataset is a dataset.
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), str(self._core.root), self._id)

    def __repr__(self) -> str:
        try:
            name, state, _ = self._shown()
        except MiStudioError as error:
            return f"<{type(self).__name__} {self._id}: {plain(error.message, 200)}>"
        return f"<{type(self).__name__} {self._id} “{plain(name, 80)}”: {plain(state, 200)}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        try:
            name, _, pairs = self._shown()
        except MiStudioError:
            printer.text(repr(self))
            return
        width = max(len(key) for key, _ in pairs)
        lines = [f"{plain(name, 200)}  ({self._kind} {self._id})"]
        lines += [f"  {key:{width}}  {plain(value, 400)}" for key, value in pairs]
        printer.text("\n".join(lines))

    def _repr_html_(self) -> str:
        try:
            name, _, pairs = self._shown()
            return cards.card(self._kind, self._id, name, pairs, self._more_html())
        except MiStudioError as error:
            return cards.card(self._kind, self._id, "", [("", str(error))])


def _restore(kind: type[Restored], root: str, id: str) -> Restored:
    return kind(core_at(root), id)


HandleType = TypeVar("HandleType", bound=Handle)


class Listing(list[HandleType]):
    """A list of handles that shows itself as a table, as things were when it was made."""

    def __init__(self, handles: list[HandleType], headers: list[str], rows: list[list[str]]):
        super().__init__(handles)
        self._headers = headers
        self._rows = rows

    def _repr_html_(self) -> str:
        return cards.table(self._headers, self._rows, "" if self else "There are none.")

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(in_lines(self._headers, self._rows) if self else "There are none.")
