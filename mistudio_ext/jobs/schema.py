"""A job as every face shows it."""

from __future__ import annotations

from typing import Any, Literal

from ..contract.models import Contract, option

JobState = Literal[
    "queued", "running", "pausing", "paused", "stopping", "cancelling", "interrupted", "succeeded", "failed", "cancelled"
]
JobAction = Literal["pause", "resume", "stop", "cancel", "retry", "move_up"]
LogLevel = Literal["info", "warning", "error"]
Topic = Literal["jobs", "datasets", "tokenizations", "models", "captures", "saes", "trainings"]
EventType = Literal["created", "changed", "deleted", "state", "progress", "log"]

# A process works on it: its lock must be held, else it was interrupted.
ALIVE: tuple[JobState, ...] = ("running", "pausing", "stopping", "cancelling")
FINAL: tuple[JobState, ...] = ("succeeded", "failed", "cancelled")
STALLED_AFTER = 30.0


class Progress(Contract):
    done: float = option(0, title="Done", help="How much is done.")
    total: float | None = option(None, title="Of", help="How much there is; null where nobody can know yet.")
    unit: str = option("", title="Unit", help="What is counted.")
    stage: str = option("", title="Stage", help="What is being done now, in words.")
    rate: float | None = option(None, title="Rate", help="Units a second, lately.")
    seconds_left: float | None = option(None, title="Time left", help="At this rate.", unit="s")
    figures: dict[str, float | None] = option(default_factory=dict, title="Figures", help="What else the job counts.")


class ErrorDetails(Contract):
    code: str = option(title="Code", help="For programs.")
    hint: str = option(title="Hint", help="What to do about it.")
    field: str | None = option(None, title="Field", help="The parameter that is wrong.")
    request_id: str | None = option(None, title="Request", help="Id of the request, as in the server's log.")


class ErrorForm(Contract):
    """The one form of every error."""

    message: str = option(title="Message", help="What is wrong, in a person's words.")
    error: ErrorDetails


class Job(Contract):
    id: str
    kind: str = option(title="Kind", help="What it does, as `object.verb`.")
    label: str = option(title="Label", help="What it does, in words.")
    object: str = option(title="Object", help="Id of what it works on.")
    uses: list[str] = option(title="Uses", help="Ids of what it reads.")
    params: dict[str, Any]
    state: JobState
    stalled: bool = option(title="Stalled", help="It holds its lock but has not been heard of for long.")
    reason: str | None = option(title="Reason", help="Why it is in this state, where that needs words.")
    waits_for: str | None = option(title="Waits for", help="What a queued job waits for.")
    place: int | None = option(title="Place", help="Place in its queue, from 1.")
    lane: str = option(title="Lane", help="The kind of worker that it needs.")
    worker: str | None = option(title="Worker", help="The lane that runs it, or ran it last.")
    pid: int | None = option(title="Process", help="Process id of the lane while it runs.")
    memory: int | None = option(title="Memory", help="Memory of the lane's own while it runs.", unit="bytes")
    progress: Progress
    created: float
    started: float | None
    ended: float | None
    heartbeat: float | None
    attempt: int
    retry_of: str | None
    stopped_at_step: int | None
    error: ErrorForm | None
    result: dict[str, Any] | None
    log_lines: int
    controls: dict[JobAction, str | None] = option(
        title="Controls", help="For each action null where it can be done now, else the reason why it cannot."
    )


class ListJobs(Contract):
    state: JobState | None = option(None, title="State", help="Only jobs in this state.")
    object: str | None = option(None, title="Object", help="Only jobs on the object with this id.", max_length=100)
    limit: int = option(1000, title="Limit", help="How many at the most, running ones first.", ge=1, le=10000)


class JobList(Contract):
    jobs: list[Job]
    total: int = option(title="Total", help="How many there are, whatever the limit.")


class ReadLog(Contract):
    since: int = option(0, title="Since", help="The first line wanted, from 0.", ge=0, le=2**53)
    limit: int = option(1000, title="Limit", help="How many lines at the most.", ge=1, le=10000)


class LogLine(Contract):
    number: int
    time: float
    level: LogLevel
    text: str


class Log(Contract):
    lines: list[LogLine]
    total: int


class Event(Contract):
    id: int = option(title="Number", help="Grows by every event in the workspace.")
    topic: Topic
    time: float
    type: EventType
    object: str = option(title="Object", help="Id of what changed.")
    data: dict[str, Any] | None = option(title="Data", help="For `jobs`, the job's progress; else null: read the object.")


class EventsSince(Contract):
    id: int = option(0, title="Number", help="The last event that is known already.", ge=0, le=2**53)
    limit: int = option(500, title="Limit", help="How many events at the most.", ge=1, le=5000)


class Events(Contract):
    events: list[Event]
    last: int = option(title="Last", help="Number of the newest event in the workspace.")


class Started(Contract):
    """The object that a job works on, and the job; equal requests get the same ones."""

    object: str
    job: str | None = option(title="Job", help="Null where everything was there already.")
