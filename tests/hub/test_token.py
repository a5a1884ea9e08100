"""The token: shown to the hub it is for, and to nobody and nothing else."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx
import pytest

from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.hub.client import Hub, check_target
from mistudio_ext.hub.download import download
from mistudio_ext.hub.listing import list_repository
from mistudio_ext.hub.names import endpoint_of
from mistudio_ext.hub.token import find_token, save_token, token_file, token_state
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.context import JobContext
from mistudio_ext.workspace import redact as redacting
from mistudio_ext.workspace.atomic import write_json
from mistudio_ext.workspace.redact import redact
from mistudio_ext.workspace.workspace import Workspace
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import TOKEN

ODD = "not-of-the-usual-form-0123"
HUB = "https://huggingface.co"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redacting, "_known", ())


def test_it_is_kept_for_one_hub_and_readable_by_its_owner_alone() -> None:
    save_token("https://hub.example/", f" {TOKEN}\n")
    assert stat.S_IMODE(token_file().stat().st_mode) == 0o600
    assert find_token("https://hub.example") == TOKEN
    assert find_token(HUB) is None
    assert find_token("https://hub.example.evil.example") is None
    state = token_state("https://hub.example")
    assert state.source == "saved"
    assert TOKEN not in state.model_dump_json()
    token_file().chmod(0o644)
    find_token("https://hub.example")
    assert stat.S_IMODE(token_file().stat().st_mode) == 0o600
    save_token("https://hub.example", "")
    assert find_token("https://hub.example") is None
    assert TOKEN not in token_file().read_text()


@pytest.mark.parametrize("text", ["short", "with space in it", "x" * 5000, 'quote"inside', "line\nbreak", "ümlaut-token"])
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(MiStudioError) as caught:
        save_token(HUB, text)
    assert text not in str(caught.value)


def test_the_login_of_the_hubs_own_library_is_for_its_hub_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert token_state(HUB).source == "none"
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert token_state(HUB).source == "login"
    assert (find_token(HUB), find_token("https://mirror.example")) == (TOKEN, None)
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    assert (find_token(HUB), find_token("https://mirror.example")) == (None, TOKEN)
    save_token("https://mirror.example", ODD)
    assert find_token("https://mirror.example") == ODD
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    save_token("https://mirror.example", "")
    assert find_token("https://mirror.example") is None


def test_the_storage_is_never_shown_it(local: LocalHub, job: JobContext, tmp_path: Path) -> None:
    local.users = {TOKEN: "member"}
    local.add("dataset", "org/set", {"a.bin": b"a" * 1000, "b.txt": b"b"}, gated=True, allowed={TOKEN})
    hub = Hub(local.url, TOKEN)
    download(job, hub, list_repository(hub, "dataset", "org/set"), tmp_path / "workspace" / "files")
    stored = [request for request in local.requests if request.path.startswith("/storage")]
    assert {request.host for request in stored} == {local.storage_url.removeprefix("http://")}
    assert [request.token for request in stored] == [None] * len(stored)
    assert {request.token for request in local.requests if request not in stored} == {TOKEN}


def test_it_is_nowhere_in_the_workspace(local: LocalHub, ws: Workspace, tmp_path: Path) -> None:
    """Everything that can be written is tried with tokens in it; then every byte of the workspace is looked at."""
    local.users = {ODD: "member"}
    local.add("dataset", "org/set", {"a.bin": b"a" * 1000}, gated=True, allowed={ODD})
    save_token(local.url, ODD)
    text = f"GET https://me:{TOKEN}@host/x?token={ODD} Authorization: Bearer {ODD} and {TOKEN}"
    kind = queue.JobKind("dataset.add", "mistudio_ext.datasets.jobs:add", "io")
    id = queue.submit(ws, kind, label=text, object="ds_22222222", uses=[], params={"note": text, "deep": {"in": [text]}})
    assert queue.claim(ws, "io", "io-0", 1) is not None
    job = JobContext(ws, id, 1, "ds_22222222")
    hub = Hub(local.url, find_token(local.url))
    download(job, hub, list_repository(hub, "dataset", "org/set"), ws.root / "datasets" / "ds_22222222" / "files")
    job.log("error", text)
    job.progress(1, 2, text)
    job.flush()
    queue.end(ws, id, "failed", error=MiStudioError(text, text), reason=text, result={"is": text})
    write_json(ws.root / "record.json", {"text": text})
    found = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and any(secret.encode() in path.read_bytes() for secret in (ODD, TOKEN))
    ]
    assert found == [token_file()]
    assert json.loads((ws.root / "record.json").read_text())["text"].count("[secret]") >= 3


def test_what_is_no_secret_stays() -> None:
    for text in (
        "half_hearted",
        "hf_short",
        "https://huggingface.co/a/b?revision=main",
        "a Bearer of news",
        "2 > 1 & 3",
        "",
        "sk-ill",
    ):
        assert redact(text) == text
    assert (
        redact('{"url": "https://u:p@h/x?X-Amz-Signature=abc&y=1"}')
        == '{"url": "https://[secret]@h/x?X-Amz-Signature=[secret]&y=1"}'
    )


@pytest.mark.parametrize(
    ("target", "endpoint", "allowed"),
    [
        ("https://93.184.216.34/file", HUB, True), ("http://93.184.216.34/file", HUB, False), ("https://127.0.0.1/x", HUB, False),
        ("https://169.254.169.254/latest", HUB, False), ("https://10.0.0.1/x", HUB, False), ("https://[::1]/x", HUB, False),
        ("ftp://93.184.216.34/x", HUB, False), ("https://u:p@93.184.216.34/x", HUB, False), ("https://localhost/x", HUB, False),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:8", True), ("http://10.0.0.1/x", "http://10.0.0.2", True),
    ],
)  # fmt: skip
def test_where_a_hub_may_send_us(target: str, endpoint: str, allowed: bool) -> None:
    if allowed:
        check_target(httpx.URL(target), httpx.URL(endpoint))
    else:
        with pytest.raises(MiStudioError, match="where a hub has no business"):
            check_target(httpx.URL(target), httpx.URL(endpoint))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "//", "http://[bad", "ftp://x/y", "http://u:p@127.0.0.1/"])
def test_bad_redirects_are_not_followed(local: LocalHub, hub: Hub, job: JobContext, tmp_path: Path, location: str) -> None:
    local.add("dataset", "org/set", {"a.txt": b"a"})
    listing = list_repository(hub, "dataset", "org/set")
    local.trouble("a.txt", times=99, status=302, headers={"Location": location})
    with pytest.raises(MiStudioError):
        download(job, hub, listing, tmp_path / "workspace" / "files")
    assert {request.host for request in local.requests} == {local.url.removeprefix("http://")}


def test_a_circle_of_redirects_ends(local: LocalHub, hub: Hub) -> None:
    local.add("dataset", "org/set", {"a.txt": b"a"})
    local.trouble("a.txt", method="HEAD", times=99, status=302, headers={"Location": "?again"})
    with pytest.raises(MiStudioError, match="does not answer like a hub"):
        list_repository(hub, "dataset", "org/set")


def test_the_hub_is_the_one_that_was_named(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert endpoint_of(ws.settings) == HUB
    monkeypatch.setenv("HF_ENDPOINT", "https://theirs.example/")
    assert endpoint_of(ws.settings) == "https://theirs.example"
    settings = ws.settings.model_copy(update={"hub_endpoint": "https://ours.example"})
    assert endpoint_of(settings) == "https://ours.example"
