"""What a hub says of a repository, and each refusal as a sentence that says what to do."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.download import look_up
from mistudio_ext.hub.listing import account, list_repository
from mistudio_ext.hub.trouble import transport_trouble
from mistudio_ext.jobs.context import JobCancelled, JobContext
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import TOKEN


def refused(hub: Hub, id: str = "org/set", revision: str = "main") -> MiStudioError:
    with pytest.raises(MiStudioError) as caught:
        list_repository(hub, "dataset", id, revision)
    return caught.value


def test_a_listing_is_of_one_commit(local: LocalHub, hub: Hub) -> None:
    repository = local.add("dataset", "org/set", {"b.txt": b"1", "a/c.parquet": b"22"})
    first = repository.refs["main"]
    second = repository.commit({"b.txt": b"3"}, "dev")
    listing = list_repository(hub, "dataset", "org/set")
    assert (listing.commit, listing.license, listing.gated) == (first, "mit", False)
    assert [(file.path, file.size, file.sha256 is None) for file in listing.files] == [
        ("b.txt", 1, True),
        ("a/c.parquet", 2, False),
    ]
    assert [file.path for file in listing.choose(["*.parquet"])] == ["a/c.parquet"]
    assert list_repository(hub, "dataset", "org/set", "dev").commit == second
    assert list_repository(hub, "dataset", "org/set", first).commit == first


def test_long_lists_come_in_pages(local: LocalHub, hub: Hub) -> None:
    local.add("dataset", "org/set", {f"{n:05}.txt": b"" for n in range(2500)})
    assert len(list_repository(hub, "dataset", "org/set").files) == 2500


def test_gone(local: LocalHub, hub: Hub) -> None:
    error = refused(hub)
    assert (error.code, error.status, error.field) == ("hub_gone", 404, "hub")
    assert str(error).startswith(f"There is no dataset org/set at {local.url}, or it is private and needs a token. Look at")


def test_a_model_where_a_dataset_is_asked_for(local: LocalHub, hub: Hub) -> None:
    local.add("model", "org/set", {})
    assert refused(hub).message == "org/set is a model, not a dataset."


def test_private(local: LocalHub, hub: Hub) -> None:
    local.users = {TOKEN: "somebody", "of-member": "member"}
    local.add("dataset", "org/set", {"a": b""}, private=True, allowed={"of-member"})
    assert "it is private and needs a token" in str(refused(hub))
    assert "your token may not read it" in str(refused(Hub(local.url, TOKEN)))
    assert list_repository(Hub(local.url, "of-member"), "dataset", "org/set").files


def test_gated(local: LocalHub, hub: Hub) -> None:
    local.users = {TOKEN: "somebody", "of-member": "member"}
    local.add("dataset", "org/set", {"a": b""}, gated=True, allowed={"of-member"})
    page = f"{local.url}/datasets/org/set"
    without = refused(hub)
    assert (without.code, without.status) == ("hub_gated", 403)
    assert f"Accept its conditions at {page}, make a token at {local.url}/settings/tokens" in without.hint
    outside = refused(Hub(local.url, TOKEN))
    assert outside.message == "The dataset org/set is gated, and your account is not among those who may have it."
    assert f"Ask for access at {page}" in outside.hint
    assert list_repository(Hub(local.url, "of-member"), "dataset", "org/set").gated


def test_a_token_that_nobody_knows(local: LocalHub) -> None:
    local.add("dataset", "org/set", {"a": b""})
    assert refused(Hub(local.url, TOKEN)).code == "hub_token"


def test_the_connection_can_be_tried(local: LocalHub, hub: Hub) -> None:
    local.users = {TOKEN: "somebody"}
    assert account(hub) is None
    assert account(Hub(local.url, TOKEN)) == "somebody"
    with pytest.raises(MiStudioError, match="does not know your token"):
        account(Hub(local.url, TOKEN[:-1]))


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("http_proxy", raising=False)
        heard: list[bytes] = []

        def answer() -> None:
            connection, _ = proxy.accept()
            heard.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
            connection.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        assert account(Hub("http://hub.invalid")) is None
        thread.join()
    assert heard[0].startswith(b"GET http://hub.invalid/api/models?limit=1 HTTP/1.1")


def test_a_certificate_that_is_not_trusted_is_named() -> None:
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate")
    sentence = transport_trouble(error, "https://hub.example", "hub.example").sentence
    assert (sentence.code, "SSL_CERT_FILE" in sentence.hint) == ("hub_certificate", True)


def test_what_the_server_imports_is_light() -> None:
    program = """
import sys
import mistudio_ext.hub.names, mistudio_ext.hub.schema, mistudio_ext.hub.token
print([name for name in ("httpx", "httpx2", "huggingface_hub", "datasets", "numpy") if name in sys.modules])"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_wrong_revision(local: LocalHub, hub: Hub) -> None:
    local.add("dataset", "org/set", {"a": b""})
    error = refused(hub, revision="v9")
    assert (error.message, error.field) == ("The dataset org/set has no revision “v9”.", "revision")


def test_rate_limited(local: LocalHub, hub: Hub) -> None:
    local.add("dataset", "org/set", {"a": b""})
    local.trouble("api/*", times=9, status=429, headers={"Retry-After": "3600"})
    error = refused(hub)
    assert error.code == "hub_rate_limited"
    assert "It asks to wait 3,600 s." in error.message
    local.troubles.clear()
    local.trouble("api/*", status=429, headers={"RateLimit": '"api";r=0;t=1'})
    began = time.monotonic()
    assert list_repository(hub, "dataset", "org/set").files
    assert time.monotonic() - began > 0.9


def test_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    error = refused(Hub(url, tries=2))
    assert (error.code, error.message) == ("hub_unreachable", f"The hub at {url} cannot be reached.")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MiStudioError, match="HF_HUB_OFFLINE"):
        Hub(url)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"sha": "main"}',
        b'{"sha": 1}',
        b"\xff",
        b'{"sha": "' + b"a" * 40 + b'", "id": 3}',
        b"null",
        b"[" * 9999,
    ],
)
def test_what_is_no_hub(body: bytes, monkeypatch: pytest.MonkeyPatch, local: LocalHub) -> None:
    local.answers["api/datasets/org/set/revision/main"] = body
    error = refused(Hub(local.url, tries=1))
    assert error.message == f"{local.url} does not answer like a hub."


SHA1 = "a" * 40


@pytest.mark.parametrize(
    "entry",
    [
        {"path": "x", "size": -1, "oid": SHA1},
        {"path": "x", "size": "1", "oid": SHA1},
        {"path": "x", "size": 1},
        {"path": "x", "size": 1, "oid": "../" * 13 + "a"},
        {"path": "x", "size": 1, "oid": SHA1, "lfs": {"oid": "../x", "size": 1}},
        3,
        None,
    ],
)
def test_entries_that_make_no_sense(local: LocalHub, hub: Hub, entry: object) -> None:
    local.add("dataset", "org/set", {"a": b""})
    local.extra_entries = [entry]
    assert refused(hub).code == "hub_answer"


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/passwd",
        "a/../../x",
        "a//b",
        "",
        "a\\..\\b",
        "a\0b",
        ".",
        "a/.",
        "x" * 256,
        "a\nb",
        "\ud800",
        7,
        None,
        "d/" * 600,
        "a/b",
    ],
)
def test_hostile_file_names_are_refused(local: LocalHub, hub: Hub, path: object) -> None:
    local.add("dataset", "org/set", {"a": b""})
    local.extra_entries = [{"type": "file", "path": path, "size": 1, "oid": "a" * 40}]
    error = refused(hub)
    assert error.code == "hub_name"
    assert error.message.isascii()


@pytest.mark.parametrize(
    "id",
    [
        "",
        "/",
        "a/b/c",
        "../x",
        "a/..",
        "a/b..c",
        "http://x/y",
        "a b",
        "a/b?x",
        "a/b#c",
        "a%2fb",
        "-a",
        "a.",
        "a/b.git",
        "a--b/c",
        "x" * 97,
        "a\n",
        "é",
    ],
)
def test_what_is_no_repository_is_not_asked_for(local: LocalHub, hub: Hub, id: str) -> None:
    assert refused(hub, id).field == "hub"
    assert not local.requests


@pytest.mark.parametrize(
    "revision", ["", "../x", "a..b", "-x", "/x", "x/", "a//b", "a b", "a?b", "a#b", "a%b", "x" * 201, "a\n", "a:b"]
)
def test_what_is_no_revision_is_not_asked_for(local: LocalHub, hub: Hub, revision: str) -> None:
    assert refused(hub, revision=revision).field == "revision"
    assert not local.requests


@pytest.mark.parametrize(
    "url",
    ["", "file:///etc", "hub.example", "http://", "http://u:secret@h", "http://h?x", "http://h#x", "http://h:x", "http://h\n"],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(MiStudioError) as caught:
        Hub(url)
    assert caught.value.field == "hub_endpoint"
    assert "secret" not in str(caught.value)


def test_a_silent_hub_can_be_cancelled(local: LocalHub, make_job: Callable[[], JobContext], hub: Hub) -> None:
    local.add("dataset", "org/set", {"a": b""})
    local.trouble("api/*", wait=3)
    job = make_job()
    began = time.monotonic()
    job.progress = lambda *_: setattr(job, "request", "cancel") if time.monotonic() - began > 0.5 else None  # type: ignore[method-assign]
    with pytest.raises(JobCancelled):
        look_up(job, hub, "dataset", "org/set")
    assert time.monotonic() - began < 1.5
