"""Live calls of every length: a real preview, and one of a text so long that it takes as long as a test needs."""

from __future__ import annotations

from pathlib import Path

from mistudio_ext.contract.operations import LiveRequest
from mistudio_ext.datasets.tokenizations import PREVIEW
from mistudio_ext.datasets.tokenizing_schema import TokenPreview
from mistudio_ext.system.operations import get_system
from mistudio_ext.workspace.workspace import Workspace
from tests.support import waiting

# Far more than a face lets through: half a minute of work for the lane.
ENDLESS = "the storm gathered " * 1_000_000


def request(tokenizer: Path, text: str = "the rain", seconds: float = 60) -> LiveRequest[TokenPreview]:
    return LiveRequest(PREVIEW, {"text": text, "folder": str(tokenizer), "special_tokens": True}, TokenPreview, seconds)


def pid(ws: Workspace) -> int | None:
    return next((lane.pid for lane in get_system(ws).lanes if lane.name == "live"), None)


def calls(ws: Workspace) -> int | None:
    """How many calls the lane says that it has to answer; None: there is no lane."""
    return next((lane.calls for lane in get_system(ws).lanes if lane.name == "live"), None)


def until_calls(ws: Workspace, count: int) -> None:
    waiting.until(lambda: calls(ws) == count, f"{count} calls", seconds=60)
