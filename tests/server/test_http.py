"""Odd requests, odd bodies, and a workspace that is broken: always the one form, always a sentence."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from mistudio_ext.server import api, threads
from mistudio_ext.workspace.workspace import Workspace
from tests.support.server import Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("http")
    with running(folder / "server", folder / "workspace") as server:
        yield server
        assert "Traceback" not in server.log


def form(response: httpx.Response, status: int) -> dict[str, Any]:
    """The one form of errors, checked."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/json")
    found: dict[str, Any] = response.json()
    assert set(found) == {"message", "error"}
    assert set(found["error"]) == {"code", "hint", "field", "request_id"}
    assert found["message"]
    assert found["error"]["hint"]
    assert found["error"]["request_id"] == response.headers["x-request-id"]
    return found


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("PUT", "datasets", {"GET", "POST"}),
        ("PATCH", "system", {"GET"}),
        ("POST", "openapi.json", {"GET"}),
        ("TRACE", "datasets", {"GET", "POST"}),
        ("BREW", "datasets/ds_00000000", {"GET", "PATCH", "DELETE"}),
        ("POST", "events", {"GET"}),
    ],
)
def test_a_wrong_verb_is_told_the_right_ones(server: Server, verb: str, path: str, allowed: set[str]) -> None:
    response = server.request(verb, path)
    form(response, 405)
    assert set(response.headers["allow"].split(", ")) - {"OPTIONS"} == allowed


def test_head_and_options(server: Server) -> None:
    response = server.request("HEAD", "datasets")
    assert (response.status_code, response.content) == (405, b"")
    assert server.request("OPTIONS", "datasets").status_code < 300


@pytest.mark.parametrize(
    "path", ["", "/", "x", "datasets/", "datasets//samples", "%2e%2e/datasets", "events/since/", "datasets%2fx"]
)
def test_an_address_that_is_none(server: Server, path: str) -> None:
    form(server.request("GET", path), 404)


@pytest.mark.parametrize(
    "id",
    [
        "x",
        "ds_",
        "ds_0000000",
        "ds_000000000",
        "DS_00000000",
        "ds_0000000i",
        "%00",
        "ds_00000000%0a",
        "%2e%2e",
        "..%2f..",
        "é" * 300,
    ],
)
def test_an_id_that_is_none(server: Server, id: str) -> None:
    form(server.request("GET", f"datasets/{id}"), 400)
    form(server.request("GET", f"jobs/{id}/log"), 400)
    form(server.request("DELETE", f"uploads/{id}"), 400)


def test_an_address_or_query_that_is_not_utf8(server: Server) -> None:
    form(server.request("GET", "datasets/%ff"), 400)
    form(server.request("GET", "datasets?filter=%ff"), 400)
    form(server.request("GET", "datasets?no_track_activity=%ff"), 400)
    form(server.request("GET", "datasets?token=%ff"), 400)


@pytest.mark.parametrize("query", ["filter=a&filter=b", "filter=a&filter=", "limit=1", "filter[]=a", "Filter=a", "=a", "a&b"])
def test_a_query_that_is_not_ours(server: Server, query: str) -> None:
    form(server.request("GET", f"datasets?{query}"), 400)


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=1e3", "offset=9999999999999999999999", "limit=0", "limit=501", "characters=x"]
)
def test_a_number_out_of_its_bounds(server: Server, query: str) -> None:
    assert (
        form(server.request("GET", f"datasets/ds_00000000/samples?{query}"), 400)["error"]["field"]
        == query.split("=", maxsplit=1)[0]
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"texts": ["\xff"]}',
        b'{"texts": ["\\ud800"]}',
        b'{"texts": [NaN]}',
        b'{"texts": NaN}',
        b'{"texts": [1]}',
        b'{"texts": []}',
        b'{"texts": ["a"], "unknown": 1}',
        b'{"texts": ["a"], "name": ""}',
        b'{"texts": ["a"], "name": 5}',
        b'{"texts": ["a"]} {}',
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b'{"texts": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        '{"texts": ["a"]}'.encode("utf-16"),
        b'{"texts": ["a"], "name": "' + b"x" * 300 + b'"}',
    ],
    ids=range(21),
)
def test_a_body_that_is_wrong(server: Server, body: bytes) -> None:
    response = server.request("POST", "datasets", content=body, headers={"Content-Type": "application/json"})
    form(response, 400)
    assert server.ask("GET", "datasets") == {"datasets": []}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "0.6", '"0.1"', "true", "null"])
def test_a_number_that_is_none(server: Server, number: str) -> None:
    body = f'{{"tokenizer": "x", "eval_share": {number}}}'.encode()
    response = server.request("POST", "datasets/ds_00000000/tokenizations", content=body)
    assert form(response, 400)["error"]["field"] == "eval_share"


@pytest.mark.parametrize(
    "type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_a_body_of_another_kind(server: Server, type: str) -> None:
    form(server.request("POST", "datasets", content=b'{"texts": ["a"]}', headers={"Content-Type": type}), 400)


def test_a_body_that_is_too_large(server: Server) -> None:
    body = b'{"texts": ["' + b"x" * api.MAX_JSON + b'"]}'
    form(server.request("POST", "datasets", content=body), 413)


def test_uploads_in_parts(server: Server) -> None:
    upload = server.ask("POST", "uploads", {"name": "a.txt", "size": 10})
    address = f"uploads/{upload['id']}"
    assert form(server.request("PUT", f"{address}?offset=3", content=b"x"), 409)["error"]["code"] == "wrong_offset"
    assert form(server.request("PUT", address, content=b"x"), 400)["error"]["field"] == "offset"
    assert server.request("PUT", f"{address}?offset=0", content=iter([b"he", b"llo"])).json()["received"] == 5  # chunked
    form(server.request("PUT", f"{address}?offset=5", content=b"more than that"), 413)
    assert server.ask("GET", address)["received"] == 5
    form(server.request("POST", "datasets", json={"upload": upload["id"]}), 409)
    assert (
        server.request("PUT", f"{address}?offset=5", content=b"world", headers={"Content-Type": "text/html"}).json()["received"]
        == 10
    )
    form(server.request("PUT", f"{address}?offset=0", content=b"x" * (api.MAX_PART + 1)), 413)
    assert server.request("DELETE", address).status_code == 204
    form(server.request("DELETE", address), 404)
    form(server.request("PUT", f"{address}?offset=10", content=b""), 404)


def test_many_parts_at_once_make_one_file(server: Server) -> None:
    """Everybody sends every part until it fits; each is taken once."""
    upload = server.ask("POST", "uploads", {"name": "a.txt", "size": 200})

    def send(_: int) -> None:
        while (received := server.ask("GET", f"uploads/{upload['id']}")["received"]) < 200:
            part = bytes([65 + received // 10]) * 10
            response = server.request("PUT", f"uploads/{upload['id']}?offset={received}", content=part)
            assert response.status_code in (200, 409), response.text

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
        content = Path(server.ask("GET", "system")["workspace"]) / "uploads" / upload["id"] / "content"
        assert content.read_bytes() == b"".join(bytes([65 + each]) * 10 for each in range(20))
        taken = list(pool.map(lambda _: server.request("POST", "datasets", json={"upload": upload["id"]}), range(8)))
    assert sorted(each.status_code for each in taken) == [202, *[404] * 7]


def test_what_is_outside_cannot_be_told_from_what_is_not_there(server: Server, tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "tokenizer.json").write_text("{}")
    inside = server.folder / "links"
    inside.mkdir()
    (inside / "link.txt").symlink_to(outside)
    (inside / "folder").symlink_to(tmp_path)
    (inside / "tokenizer").mkdir()
    (inside / "tokenizer" / "tokenizer.json").symlink_to(tmp_path / "tokenizer" / "tokenizer.json")
    (inside / "loop.txt").symlink_to(inside / "loop.txt")
    dataset = server.ask("POST", "datasets", {"texts": ["one"]})["object"]

    def said(path: str) -> list[dict[str, Any]]:
        answers = [
            form(server.request("POST", "datasets", json={"path": path}), 403),
            form(server.request("POST", f"datasets/{dataset}/tokenizations", json={"tokenizer": path}), 403),
            form(server.request("POST", "tokens/preview", json={"text": "a", "tokenizer": path}), 403),
        ]
        return [{"message": each["message"].replace(path, "PATH"), **each["error"], "request_id": None} for each in answers]

    there = said(str(outside))
    assert there == said(str(tmp_path / "missing.txt"))
    assert there == said("/etc/passwd")
    assert there == said("../../../../../../etc/passwd")
    assert there == said("links/link.txt")
    assert there == said("links/folder/secret.txt")
    assert there == said("links/folder/missing.txt")
    assert there == said("~root/x")
    assert there == said("~nobodyofthisname/x")
    for path in ("links/tokenizer", str(inside / "tokenizer")):
        form(server.request("POST", f"datasets/{dataset}/tokenizations", json={"tokenizer": path}), 403)
        form(server.request("POST", "tokens/preview", json={"text": "a", "tokenizer": path}), 403)
    form(server.request("POST", "datasets", json={"path": "links/loop.txt"}), 404)
    form(server.request("POST", "datasets", json={"path": "links/missing.txt"}), 404)
    form(server.request("POST", "datasets", json={"path": "a\x00b"}), 400)


def test_slow_work_is_logged_with_the_requests_id(server: Server) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: server.request("GET", "jobs"), range(64)))
    ids = [each.headers["x-request-id"] for each in answers]
    assert len(set(ids)) == 64
    refused = server.request("GET", "datasets/x")
    assert refused.headers["x-request-id"] not in ids


def test_an_address_cannot_write_a_line_of_its_own_into_the_log(server: Server) -> None:
    server.request("GET", "datasets/a%0aFORGED%0d")
    assert not [line for line in server.log.splitlines() if line.startswith("FORGED")]


def test_raw_nonsense_does_not_stop_the_server(server: Server) -> None:
    for raw in (
        b"\x00\xff\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /mistudio/api/datasets HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(raw)
            connection.recv(1000)
    assert server.ask("GET", "datasets")


@pytest.mark.parametrize("path", ["datasets", "jobs", "system", "events/since"])
def test_a_broken_workspace_is_told_in_a_sentence(tmp_path: Path, path: str) -> None:
    """By the code behind the handler: what breaks, and how it mends, needs no server."""

    def ask() -> api.Answer:
        return api.answer(lambda: Workspace.open(tmp_path / "ws"), api.Request("id", "GET", path, "", b"", ""))

    def told(status: int, *words: str) -> None:
        answer = ask()
        assert (answer.status, answer.trace) == (status, ""), answer
        assert all(word in json.loads(answer.body)["message"] for word in words), answer.body

    Workspace.open(tmp_path / "ws").close()
    version = tmp_path / "ws" / "catalog" / "version.json"
    good = version.read_bytes()
    version.write_text('{"schema": 99}')
    told(409, "99", str(tmp_path / "ws"))
    for bad in (b"", b"nonsense", b"[]", b"\xff"):
        version.write_bytes(bad)
        told(422, "version.json")
    version.write_bytes(good)
    assert ask().status == 200
    jobs = tmp_path / "ws" / "jobs" / "jobs.sqlite"
    jobs.write_bytes(b"no database at all, and long enough to be taken for none" * 20)
    told(422, "jobs.sqlite")
    jobs.unlink()
    if path == "datasets":
        catalog = tmp_path / "ws" / "catalog" / "datasets.json"
        for bad in (b"nonsense", b"[1]", b"\xff"):
            catalog.write_bytes(bad)
            told(422, "datasets.json")
        catalog.unlink()
    assert ask().status == 200
    shutil.rmtree(tmp_path / "ws")
    (tmp_path / "ws").write_text("a file")
    told(400, str(tmp_path / "ws"))


@pytest.mark.skipif(os.getuid() == 0 and not shutil.which("setpriv"), reason="root may write everywhere")
def test_an_unwritable_workspace_is_told_in_a_sentence(tmp_path: Path) -> None:
    """As a user without rights, which a test that runs as root has to become."""
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws").chmod(0o555)
    code = (
        "from pathlib import Path\nfrom mistudio_ext.server import api\nfrom mistudio_ext.workspace.workspace import Workspace\n"
        "request = api.Request('id', 'GET', 'datasets', '', b'', '')\n"
        f"answer = api.answer(lambda: Workspace.open({str(tmp_path / 'ws')!r}), request)\n"
        "print(answer.status, answer.body, answer.trace)"
    )
    drop = ["setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"] if os.getuid() == 0 else []
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [*drop, sys.executable, "-c", code], capture_output=True, text=True, cwd="/", env={"HOME": "/", "PYTHONPATH": os.getcwd()}
    )
    assert done.stdout.startswith("400 "), done
    assert "may not be written" in done.stdout


def test_too_many_waiting_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio
    from threading import Event

    from mistudio_ext.contract.errors import Busy

    monkeypatch.setattr(threads, "MAX_WAITING", 3)

    async def crowd() -> list[Any]:
        pool, gate = threads.Threads(2, "test"), Event()
        asked = [asyncio.ensure_future(pool.run(gate.wait, 30)) for _ in range(10)]
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(crowd())
    assert answers.count(True) == 5
    assert sum(isinstance(each, Busy) for each in answers) == 5
