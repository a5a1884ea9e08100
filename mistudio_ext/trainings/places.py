"""How a checkpoint is named from outside: `tr_7f3k9q2a@2000`."""

from __future__ import annotations

from ..contract.errors import BadRequest
from ..workspace.ids import is_id


def parse_checkpoint(text: str) -> tuple[str, int]:
    """The training's id and the step."""
    id, _, step = text.partition("@")
    if not is_id(id, "tr") or not step.isascii() or not step.isdigit() or len(step) > 12:
        raise BadRequest(
            f"“{text[:60]}” names no checkpoint.", "A checkpoint is named as in tr_7f3k9q2a@2000.", field="start_from"
        )
    return id, int(step)
