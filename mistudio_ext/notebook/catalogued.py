"""What handles of catalog objects share: name, tags, notes, state, and deleting with its statement."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ..contract.models import checked
from ..display.text import plain, size
from ..jobs.states import ObjectState
from ..lanes.perform import perform
from ..workspace.schema import DeleteObject, DeletePlan, EditObject
from . import cards
from .handle import Handle

if TYPE_CHECKING:
    from typing_extensions import Self


class Catalogued(Handle):
    _edit: ClassVar[Callable[..., Any]]
    _plan: ClassVar[Callable[..., DeletePlan]]
    _delete: ClassVar[Callable[..., Any]]

    @abstractmethod
    def _record(self) -> Any:
        """The record as it is now, with its state."""

    @property
    def name(self) -> str:
        """What you call it."""
        return str(self._record().name)

    @property
    def state(self) -> ObjectState:
        """empty, working, ready or failed."""
        state: ObjectState = self._record().state
        return state

    @property
    def reason(self) -> str | None:
        """Why it is in its state, where that needs words."""
        reason: str | None = self._record().reason
        return reason

    @property
    def tags(self) -> list[str]:
        """Words to find it by; `tag` and `untag` change them."""
        return list(self._record().tags)

    @property
    def notes(self) -> str:
        """What you want to remember about it; `note` changes it."""
        return str(self._record().notes)

    @property
    def created(self) -> float:
        """When it was made, in seconds since 1970."""
        return float(self._record().created)

    def rename(self, name: str) -> Self:
        """Give it another name."""
        return self._change(name=name)

    def tag(self, *tags: str) -> Self:
        """Add tags."""
        with self._core.catalog.change():
            return self._change(tags=list(dict.fromkeys([*self.tags, *tags])))

    def untag(self, *tags: str) -> Self:
        """Remove tags."""
        with self._core.catalog.change():
            return self._change(tags=[each for each in self.tags if each not in tags])

    def note(self, notes: str) -> Self:
        """Replace the notes."""
        return self._change(notes=notes)

    def _change(self, **changes: Any) -> Self:
        perform(self._core, self._edit, self._id, checked(EditObject, changes))
        return self

    def delete(self, *, confirm: bool = False) -> Deletion:
        """Say what deleting it would take with it; with `confirm=True`, delete it and all that."""
        plan: DeletePlan = perform(self._core, self._plan, self._id)
        if confirm:
            agreed = checked(DeleteObject, {"agreed": [each.id for each in plan.also]})
            perform(self._core, self._delete, self._id, agreed)
        return Deletion(plan, confirm)


class Deletion:
    """What a delete takes with it: `.statement`, the ids in `.also`, `.bytes`; `.done` says whether it has happened."""

    def __init__(self, plan: DeletePlan, done: bool):
        self.ids = [plan.id, *(each.id for each in plan.also)]
        self.statement = plan.statement
        self.also = self.ids[1:]
        self.bytes = plan.bytes
        self.blocked_by = plan.blocked_by
        self.done = done

    def __str__(self) -> str:
        if self.done:
            return f"Deleted {', '.join(self.ids)}; {size(self.bytes)} freed."
        if self.blocked_by:
            return f"{self.statement} Not now: it is in use by {', '.join(self.blocked_by)}."
        return f"{self.statement} Nothing is deleted yet: delete(confirm=True) does it."

    def __repr__(self) -> str:
        return plain(str(self))

    def _repr_html_(self) -> str:
        return cards.note(str(self))
