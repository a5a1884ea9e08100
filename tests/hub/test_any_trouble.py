"""Whatever a hub does, in whatever order: the files come as they are, or a sentence does and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.hub import fetch
from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.download import cache_folder, download, look_up
from mistudio_ext.jobs.context import JobContext
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import noise

PIECE = 50_000
TROUBLE = st.one_of(
    st.builds(lambda n: {"drop_after": n}, st.integers(0, 300_000)),
    st.builds(lambda n: {"stall_after": n}, st.integers(0, 300_000)),
    st.builds(lambda n: {"short_by": n}, st.integers(1, 300_000)),
    st.builds(lambda status: {"status": status}, st.sampled_from([200, 204, 206, 304, 400, 403, 404, 408, 416, 429, 500, 503])),
    st.builds(lambda data: {"instead": data}, st.binary(max_size=100)),
    st.just({"corrupt": True}),
    st.just({"ignore_range": True}),
    st.just({"headers": {"X-Repo-Commit": "f" * 40}}),
    st.just({"headers": {"ETag": '"' + "f" * 64 + '"'}}),
    st.just({"headers": {"Retry-After": "nonsense"}, "status": 429}),
    st.just({"headers": {"Content-Encoding": "gzip"}}),
)
SIZES = st.lists(st.integers(0, 4 * PIECE) | st.sampled_from([0, 1, PIECE - 1, PIECE, PIECE + 1]), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(SIZES, st.lists(st.tuples(st.sampled_from(["*.bin", "*.txt", "*"]), TROUBLE), max_size=8), st.booleans())
def test_any_trouble(
    local: LocalHub,
    make_job: Callable[[], JobContext],
    sizes: list[int],
    troubles: list[tuple[str, dict[str, Any]]],
    redirects: bool,
) -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(fetch, "PIECE", PIECE)
    files = {f"{number}{'.bin' if number % 2 else '.txt'}": noise(size, number) for number, size in enumerate(sizes)}
    local.add("dataset", "org/set", files)
    local.storage_redirects = redirects
    local.troubles = []
    for pattern, what in troubles:
        local.trouble(pattern, **what)
    job = make_job()
    target = job.workspace.root / "datasets" / job.object
    try:
        sentences: list[MiStudioError] = []
        while not target.exists():
            # Each try uses up a trouble at least, so there is an end to it.
            assert len(sentences) <= len(troubles)
            try:
                hub = Hub(local.url, timeout=0.3, tries=3)
                download(job, hub, look_up(job, hub, "dataset", "org/set"), target)
            except MiStudioError as error:
                sentences.append(error)
        assert all(sentence.hint for sentence in sentences)
        assert {path.name: path.read_bytes() for path in target.iterdir()} == files
    finally:
        patch.undo()
        shutil.rmtree(cache_folder(job.workspace), ignore_errors=True)
