"""What the faces say about the workspace and its workers."""

from __future__ import annotations

from ..contract.models import Contract, option


class Lane(Contract):
    name: str
    pid: int | None
    host: str | None
    calls: int | None = option(title="Calls", help="For the worker that answers live calls: how many it has to answer.")


class System(Contract):
    version: str = option(title="Version", help="Of miStudio on the server.")
    workspace: str = option(title="Workspace", help="The folder that holds everything.")
    default_workspace: bool = option(title="Default", help="Whether a kernel finds this workspace without being told its path.")
    allowed_folders: list[str] = option(title="Allowed folders", help="Folders whose files may be read, besides the workspace.")
    free_bytes: int = option(title="Free", help="Free space on the workspace's disk.", unit="bytes")
    lanes: list[Lane] = option(title="Workers", help="The worker processes that run now.")
