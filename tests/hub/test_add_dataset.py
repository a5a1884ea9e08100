"""A dataset of the hub, from the question to the samples, through a real lane: every way it can go, and every way it can end."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import operations
from mistudio_ext.datasets.schema import AddDataset
from mistudio_ext.hub.token import save_token, token_file
from mistudio_ext.jobs.control import cancel_job, pause_job, resume_job, retry_job
from mistudio_ext.jobs.records import get_job
from mistudio_ext.jobs.schema import Job, Started
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making, waiting
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import MB, TOKEN, noise

NAME = "org/notes"


@pytest.fixture(autouse=True)
def named_in_the_settings(local: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENDPOINT": local.url, "TRIES": "3", "TIMEOUT": "5"}.items():
        monkeypatch.setenv(f"MISTUDIO_HUB_{name}", value)


def start(ws: Workspace, hub: str = NAME, **values: Any) -> Started:
    started: Started = perform(ws, operations.add_dataset, checked(AddDataset, {"hub": hub, **values}))
    return started


def job_of(ws: Workspace, started: Started) -> Job:
    return waiting.for_job(ws, str(started.job))


def added(ws: Workspace, hub: str = NAME, **values: Any) -> str:
    started = start(ws, hub, **values)
    job = job_of(ws, started)
    assert job.state == "succeeded", job.error
    return started.object


def refused(ws: Workspace, hub: str = NAME, **values: Any) -> tuple[str, str | None, str]:
    """How it ended: the error's code, its field, and all that is said."""
    job = job_of(ws, start(ws, hub, **values))
    assert job.state == "failed", job
    assert job.error is not None
    error = job.error.error
    return error.code, error.field, f"{job.error.message} {error.hint}"


def facts(ws: Workspace, id: str) -> Any:
    return operations.get_dataset(ws, id).facts


def samples(ws: Workspace, id: str) -> list[tuple[str, str, Any]]:
    stored = making.rows(ws.folder(id) / "data")
    others = [other and json.loads(other) for other in stored["other"]]
    return list(zip(stored["text"], stored["split"], others, strict=True))


def jsonl(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def parquet(columns: dict[str, list[Any]], **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


def test_a_public_repository_becomes_a_dataset(ws: Workspace, local: LocalHub) -> None:
    commit = local.add("dataset", NAME, {"train.jsonl": jsonl([{"text": "one", "n": 1}, {"text": "two"}, 3])}).refs["main"]
    id = added(ws, tags=["x"])
    dataset = operations.get_dataset(ws, id)
    assert (dataset.name, dataset.tags, dataset.state) == ("notes", ["x"], "ready")
    assert samples(ws, id) == [("one", "train", {"n": 1}), ("two", "train", None)]
    assert (facts(ws, id).bad_rows, facts(ws, id).bad_examples) == (1, ["train.jsonl, line 3: neither an object nor a text"])
    source = dataset.source
    assert (source.kind, source.name) == ("hub", NAME)
    assert source.hub is not None
    assert (source.hub.endpoint, source.hub.commit, source.hub.revision) == (local.url, commit, None)
    assert not (ws.folder(id) / "hub").exists(), "what was downloaded goes once it was read"
    same = perform(ws, operations.add_dataset, AddDataset(texts=["one", "two"]))
    assert job_of(ws, same).state == "succeeded"
    assert facts(ws, same.object).fingerprint == facts(ws, id).fingerprint, "equal text is equal text, wherever it is from"


def test_splits_and_configurations(ws: Workspace, local: LocalHub) -> None:
    files = {
        "data/train-00000.parquet": parquet({"body": ["a", None, "b"], "raw": [b"xy", None, b""]}, row_group_size=2),
        "data/test-00000.parquet": parquet({"body": ["c", "", "d"], "raw": [None, None, None]}),
    }
    local.add("dataset", NAME, files)
    id = added(ws, columns="body")
    assert samples(ws, id)[0] == ("a", "train", {"raw": "(2 bytes)"})
    assert facts(ws, id).splits == {"train": 2, "test": 2}
    assert facts(ws, id).bad_rows == 2
    only = added(ws, columns="body", split="test")
    assert facts(ws, only).splits == {"test": 2}
    code, field, says = refused(ws, split="validation", columns="body")
    assert (code, field) == ("hub_subset", "split")
    assert "“train”, “test”" in says
    assert samples(ws, added(ws)) == samples(ws, id), "the only column with text"
    code, field, says = refused(ws, columns="text")
    assert (code, field) == ("no_column", "columns")
    assert "“body”, “raw”" in says


def test_one_file_may_be_two_splits_and_a_name_may_look_like_a_token(ws: Workspace, local: LocalHub) -> None:
    card = "---\nconfigs:\n- config_name: default\n  data_files:\n"
    card += "".join(f"  - split: {split}\n    path: hf_texts_of_many_years_long_ago.jsonl\n" for split in ("train", "test"))
    files = {"README.md": f"{card}---\n".encode(), "hf_texts_of_many_years_long_ago.jsonl": jsonl([{"text": "one"}])}
    local.add("dataset", "org/hf_texts_of_many_years_long_ago", files)
    id = added(ws, "org/hf_texts_of_many_years_long_ago")
    assert facts(ws, id).splits == {"train": 1, "test": 1}
    assert operations.get_dataset(ws, id).name == "hf_texts_of_many_years_long_ago"


def test_other_kinds_of_files(ws: Workspace, local: LocalHub) -> None:
    table = pa.table({"text": ["k", "l"]})
    arrow = io.BytesIO()
    with pa.ipc.new_stream(arrow, table.schema) as stream:
        stream.write_table(table)
    kinds = {
        "csv/train.csv": b'\xef\xbb\xbfid,text\n1,"a\nb"\n2,caf\xe9\n3\n4,x,y\n',
        "json/train.json": b' [{"text": "c", "n": NaN}, "d"]'.strip(),
        "gz/train.txt.gz": gzip.compress(b"e\n\nf\n"),
        "zst/train.jsonl.zst": pa.compress(jsonl([{"text": "g"}, {"text": "h"}]), "zstd", asbytes=True),
        "arrow/train.arrow": arrow.getvalue(),
    }
    found = {}
    for path, content in kinds.items():
        form, _, file = path.partition("/")
        local.add("dataset", f"org/{form}", {file: content})
        found[form] = added(ws, f"org/{form}")
    assert {form: [text for text, _, _ in samples(ws, id)] for form, id in found.items()} == {
        "csv": ["a\nb", "caf\ufffd"], "json": ["c", "d"], "gz": ["e", "f"], "zst": ["g", "h"], "arrow": ["k", "l"],
    }  # fmt: skip
    assert (facts(ws, found["csv"]).bad_rows, facts(ws, found["csv"]).repaired_rows) == (2, 1)
    assert samples(ws, found["json"])[0][2] == {"n": "NaN"}
    local.add("dataset", "org/broken", {"train.parquet": b"PAR1 nothing else PAR1"})
    assert refused(ws, "org/broken")[0] == "unreadable"


def test_what_is_gone_gated_or_a_program_says_so(ws: Workspace, local: LocalHub) -> None:
    rows = {"train.jsonl": jsonl([{"text": "one"}])}
    assert refused(ws, "org/none")[:2] == ("hub_gone", "hub")
    local.add("dataset", NAME, rows)
    assert refused(ws, revision="nowhere")[:2] == ("hub_revision", "revision")
    local.add("dataset", "org/script", {"script.py": b"raise SystemExit\n"})
    assert refused(ws, "org/script")[0] == "hub_script"
    local.add("dataset", "org/gated", rows, gated=True, allowed={TOKEN})
    local.users[TOKEN] = "jane"
    started = start(ws, "org/gated")
    job = job_of(ws, started)
    assert job.error is not None
    assert job.error.error.code == "hub_gated"
    # With a token the very same job can be tried again.
    save_token(local.url, TOKEN)
    again = perform(ws, retry_job, job.id)
    assert waiting.for_job(ws, again.id).state == "succeeded"
    assert [text for text, _, _ in samples(ws, started.object)] == ["one"]


def test_no_token_is_anywhere_in_the_workspace(ws: Workspace, local: LocalHub) -> None:
    local.users[TOKEN] = "jane"
    local.add("dataset", "org/gated", {"train.jsonl": jsonl([{"text": "one"}])}, gated=True, allowed={TOKEN})
    save_token(local.url, TOKEN)
    added(ws, "org/gated", notes=f"with {TOKEN}")
    refused(ws, "org/none")
    assert any(request.token for request in local.requests)
    for path in ws.root.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes(), path
    assert token_file().stat().st_mode & 0o077 == 0


def test_a_dropped_connection_is_mended(ws: Workspace, local: LocalHub) -> None:
    content = jsonl([{"text": noise(3000, seed).hex()} for seed in range(300)])
    local.add("dataset", NAME, {"train.jsonl": content})
    local.trouble("train.jsonl", drop_after=700_000, times=2)
    id = added(ws)
    assert facts(ws, id).samples == 300
    assert local.sent["train.jsonl"] < len(content) + 700_000, "each part came once, but for what was on its way"


def test_a_killed_lane_fetches_only_what_is_missing(ws: Workspace, local: LocalHub) -> None:
    content = jsonl([{"text": noise(3000, seed).hex()} for seed in range(1500)])
    local.add("dataset", NAME, {"train.jsonl": content})
    local.trouble("train.jsonl", bytes_per_second=4e6)
    started = start(ws)
    id = str(started.job)
    waiting.until(lambda: get_job(ws, id).progress.done > 4 * MB, "half of it to be there")
    assert get_job(ws, id).progress.unit == "bytes"
    os.kill(get_job(ws, id).pid or 0, signal.SIGKILL)
    waiting.until(lambda: get_job(ws, id).state == "interrupted", "the truth", seconds=10)
    time.sleep(0.5)
    local.forget()
    perform(ws, resume_job, id)
    assert waiting.for_job(ws, id).state == "succeeded"
    assert facts(ws, started.object).samples == 1500
    assert local.bytes_sent < len(content) - 3 * MB
    assert not any("/tree/" in request.path for request in local.requests), "the plan of the first try still holds"


def test_pause_cancel_and_retry_keep_what_is_there(ws: Workspace, local: LocalHub) -> None:
    content = jsonl([{"text": noise(3000, seed).hex()} for seed in range(1500)])
    local.add("dataset", NAME, {"train.jsonl": content})
    local.trouble("train.jsonl", bytes_per_second=3e6, times=2)
    started = start(ws)
    id = str(started.job)
    waiting.until(lambda: get_job(ws, id).progress.done > 2 * MB, "some of it")
    perform(ws, pause_job, id)
    assert waiting.for_job(ws, id, "paused").state == "paused"
    perform(ws, resume_job, id)
    waiting.until(lambda: get_job(ws, id).progress.done > 5 * MB, "more of it")
    perform(ws, cancel_job, id)
    assert waiting.for_job(ws, id, "cancelled").state == "cancelled"
    time.sleep(0.3)
    local.forget()
    again = perform(ws, retry_job, id)
    assert waiting.for_job(ws, again.id).state == "succeeded"
    assert facts(ws, started.object).samples == 1500
    assert local.bytes_sent < len(content) - 4 * MB


def test_behind_the_row_limit_nothing_is_fetched(ws: Workspace, local: LocalHub) -> None:
    files = {f"train-{part:05d}-of-00004.jsonl": jsonl([{"text": f"{part} {row}"} for row in range(10)]) for part in range(4)}
    local.add("dataset", NAME, files)
    id = added(ws, row_limit=15)
    assert [text for text, _, _ in samples(ws, id)] == [f"{part} {row}" for part in range(4) for row in range(10)][:15]
    fetched = {name for name, size in local.sent.items() if size and name.startswith("train-")}
    assert fetched == set(sorted(files)[:2])


def test_impossible_questions_are_refused_at_once(ws: Workspace) -> None:
    for field, values in {
        "hub": {"hub": "../up"},
        "revision": {"hub": NAME, "revision": "a..b"},
        "split": {"texts": ["one"], "split": "train"},
        "row_limit": {"hub": NAME, "row_limit": 0},
    }.items():
        with pytest.raises(BadRequest) as caught:
            perform(ws, operations.add_dataset, checked(AddDataset, values))
        assert caught.value.field == field
    with pytest.raises(BadRequest, match="texts and hub"):
        perform(ws, operations.add_dataset, AddDataset(texts=["one"], hub=NAME))
    assert not ws.catalog.all("datasets")
