"""What throws something away: the statement first, then the question, then the deed."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from ..contract.errors import BadRequest, Conflict
from ..contract.models import checked
from ..display.bar import write
from ..display.text import plain
from ..jobs.operations import get_job
from ..lanes.perform import perform
from ..workspace.schema import Deleted, DeleteObject, DeletePlan
from .command import Call
from .options import UsageError


def delete(call: Call) -> Deleted:
    id = call.arguments[0]
    plans = call.command.plans
    plan: DeletePlan = perform(call.ws, plans.get(id[:2], next(iter(plans.values()))), id)
    if not call.given.yes:
        write(sys.stderr, f"{plain(plan.statement)}\n")
        if not sys.stdin.isatty():
            raise UsageError(BadRequest("Deleting asks first, and there is no terminal to ask at.", "Add --yes to delete."))
        if plan.blocked_by:
            raise Conflict(
                f"It is in use by: {plain(', '.join(plan.blocked_by), 500)}.", "Wait for the job, or cancel it.", code="in_use"
            )
        _ask("Delete?", "Nothing was deleted.")
    # What was shown is what is agreed to: should more go along by now, the operation refuses.
    agreed = checked(DeleteObject, {"agreed": [each.id for each in plan.also]})
    deleted: Deleted = replace(call, params=agreed).perform()
    return deleted


def cancel(call: Call) -> Any:
    """A script that says cancel means it; a person may have meant pause."""
    if not call.given.yes and sys.stdin.isatty():
        job = get_job(call.ws, call.arguments[0])
        write(sys.stderr, f"Cancelling throws away what “{plain(job.label, 100)}” has done; pausing would keep it.\n")
        _ask("Cancel the job?", "Nothing was cancelled.")
    return call.perform()


def _ask(question: str, otherwise: str) -> None:
    write(sys.stderr, f"{question} [y/N] ")
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise BadRequest(otherwise, "", code="not_agreed")
