"""Live calls: answered in turn, each within its deadline, whatever happens to the process that answers."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import BadRequest, MiStudioError, TimedOut
from mistudio_ext.contract.operations import LiveRequest
from mistudio_ext.datasets import tokenizations
from mistudio_ext.datasets.tokenizing_schema import PreviewTokens, TokenPreview
from mistudio_ext.lanes import live_client, start
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.support import live, waiting


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def test_calls_of_many_threads_are_all_answered(ws: Workspace, tokenizer_folder: Path, pool: ThreadPoolExecutor) -> None:
    first: TokenPreview = perform(
        ws, tokenizations.preview_tokens, PreviewTokens(text="the rain", tokenizer=str(tokenizer_folder))
    )
    assert "".join(piece.text for piece in first.tokens) == "the rain"
    process = live.pid(ws)
    words = [f"rain {number}" for number in range(24)]
    answers = list(pool.map(lambda word: live_client.call(ws, live.request(tokenizer_folder, word)), words))
    assert ["".join(piece.text for piece in each.tokens) for each in answers] == words
    assert live.pid(ws) == process
    with pytest.raises(MiStudioError, match="tokenizer"):
        live_client.call(ws, live.request(tokenizer_folder / "nowhere"))
    with pytest.raises(BadRequest, match="not a live call"):
        live_client.call(ws, LiveRequest("os:system", {"command": "true"}, TokenPreview))
    assert live.pid(ws) == process


def test_a_call_that_takes_too_long_delays_nobody_for_long(
    ws: Workspace, tokenizer_folder: Path, pool: ThreadPoolExecutor
) -> None:
    live_client.call(ws, live.request(tokenizer_folder))
    process = live.pid(ws)
    slow = pool.submit(live_client.call, ws, live.request(tokenizer_folder, live.ENDLESS, seconds=2))
    live.until_calls(ws, 1)
    hopeless = pool.submit(live_client.call, ws, live.request(tokenizer_folder, seconds=0.5))
    live.until_calls(ws, 2)
    patient = pool.submit(live_client.call, ws, live.request(tokenizer_folder, "the storm"))
    with pytest.raises(TimedOut, match="longer than it may"):
        hopeless.result(timeout=60)
    with pytest.raises(TimedOut, match="longer than it may"):
        slow.result(timeout=60)
    # It waited its turn; the process that could not be freed is another one now.
    assert patient.result(timeout=60).count
    assert live.pid(ws) not in (process, None)


def test_a_call_whose_process_is_killed_is_answered_by_the_next(
    ws: Workspace, tokenizer_folder: Path, pool: ThreadPoolExecutor
) -> None:
    live_client.call(ws, live.request(tokenizer_folder))
    process = live.pid(ws)
    assert process
    os.kill(process, signal.SIGSTOP)  # so that it is surely killed in the middle
    calls = [pool.submit(live_client.call, ws, live.request(tokenizer_folder, f"rain {number}")) for number in range(4)]
    time.sleep(0.3)
    os.kill(process, signal.SIGKILL)
    assert all(each.result(timeout=60).count for each in calls)


def test_a_call_that_ends_every_process_is_told_so(
    ws: Workspace, tokenizer_folder: Path, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "REST", 1.0)
    live_client.call(ws, live.request(tokenizer_folder))
    deadly = pool.submit(live_client.call, ws, live.request(tokenizer_folder, live.ENDLESS))
    killed: set[int] = set()
    # A process that is killed before it has told its caller that it works does not count as one that the call ended.
    while not deadly.done():
        waiting.until(lambda: deadly.done() or live.pid(ws) not in (None, *killed), "the next lane")
        waiting.until(lambda: deadly.done() or live.calls(ws) == 1, "the call to be there")
        time.sleep(0.5)
        process = live.pid(ws)
        if process and not deadly.done():
            killed.add(process)
            os.kill(process, signal.SIGKILL)
    assert len(killed) >= live_client.LANES_A_CALL
    with pytest.raises(MiStudioError, match="ended while it worked"):
        deadly.result(timeout=60)
    assert live_client.call(ws, live.request(tokenizer_folder)).count


def test_it_leaves_when_nobody_calls(ws: Workspace, tokenizer_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTUDIO_LIVE_IDLE", "0.5")
    live_client.call(ws, live.request(tokenizer_folder))
    waiting.until(lambda: live.pid(ws) is None, "the idle lane to leave")
    assert live_client.call(ws, live.request(tokenizer_folder)).count


def test_a_lane_that_cannot_start_is_told_soon(ws: Workspace, tokenizer_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ws.root / "python"
    broken.write_text("#!/bin/sh\necho there is no Python here >&2\nexit 3\n")
    broken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(MiStudioError, match="cannot start: there is no Python here"):
        live_client.call(ws, live.request(tokenizer_folder))
    assert (ws.root / "jobs" / "logs" / "lane-live.txt").read_text().count("there is no Python") < 4
    monkeypatch.setattr(sys, "executable", str(ws.root / "nowhere"))
    monkeypatch.setattr("mistudio_ext.lanes.start._started", {})
    with pytest.raises(MiStudioError, match="cannot start"):
        live_client.call(ws, live.request(tokenizer_folder))
