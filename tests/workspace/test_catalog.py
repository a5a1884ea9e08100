"""The catalog under several writers and readers: nothing lost, nothing stale, nothing half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest

from mistudio_ext.contract.errors import DiskFull, NotFound, Unreadable
from mistudio_ext.workspace import events
from mistudio_ext.workspace.workspace import Workspace
from tests.support import queued

WRITE = """
import sys
from mistudio_ext.workspace.ids import new_id
from mistudio_ext.workspace.workspace import Workspace
ws = Workspace.open(sys.argv[1])
for number in range(int(sys.argv[3])):
    ws.catalog.insert({"id": new_id("tp"), "name": f"{sys.argv[2]}-{number}", "made_from": []})
    with ws.catalog.change():
        count = ws.catalog.get(sys.argv[4])["count"]
        ws.catalog.update(sys.argv[4], {"count": count + 1})
"""

CHANGE_AND_TELL = """
import sys
from mistudio_ext.workspace.workspace import Workspace
ws = Workspace.open(sys.argv[1])
for line in sys.stdin:
    ws.catalog.update(sys.argv[2], {"count": int(line)})
    print(line.strip(), flush=True)
"""


def counter(ws: Workspace) -> str:
    record = {"id": "pj_00000000", "name": "counter", "made_from": [], "count": 0}
    ws.catalog.insert(record)
    return str(record["id"])


def test_four_processes_that_write_a_hundred_times_each_lose_nothing(ws: Workspace) -> None:
    id = counter(ws)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(ws.root), str(each), "50", id], stderr=subprocess.PIPE, text=True)
        for each in range(4)
    ]
    seen = 0
    while any(each.poll() is None for each in writers):
        records = ws.catalog.all("templates")
        assert len(records) >= seen
        seen = len(records)
        assert all(each.keys() == {"id", "name", "made_from"} for each in records)
    assert [each.communicate()[1] for each in writers] == [""] * 4
    names = {each["name"] for each in ws.catalog.all("templates")}
    assert names == {f"{writer}-{number}" for writer in range(4) for number in range(50)}
    assert ws.catalog.get(id)["count"] == 200
    told = [each for each in events.since(ws.database, 0, limit=5000) if each["topic"] == "templates"]
    assert len({each["object"] for each in told}) == 200
    assert not list((ws.root / "catalog").glob("*part*"))


def test_threads_of_one_process_lose_nothing(ws: Workspace) -> None:
    id = counter(ws)

    def count() -> None:
        for _ in range(10):
            with ws.catalog.change():
                ws.catalog.update(id, {"count": ws.catalog.get(id)["count"] + 1})
        ws.database.close()

    threads = [threading.Thread(target=count) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert ws.catalog.get(id)["count"] == 50


def test_a_reader_that_was_told_never_sees_what_was_before(ws: Workspace) -> None:
    id = counter(ws)
    with subprocess.Popen(
        [sys.executable, "-c", CHANGE_AND_TELL, str(ws.root), id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdin
        assert writer.stdout
        for number in range(10, 99):  # two digits each: the file keeps its size
            writer.stdin.write(f"{number}\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == f"{number}\n"
            assert ws.catalog.get(id)["count"] == number


def test_a_file_of_the_same_size_and_time_is_read_anew(ws: Workspace) -> None:
    id = counter(ws)
    path = ws.root / "catalog" / "projects.json"
    for number in range(1, 10):
        assert ws.catalog.get(id)["count"] == number - 1
        before = path.stat()
        content = path.read_text().replace(f'"count": {number - 1}', f'"count": {number}')
        if number % 2:
            path.write_text(content)  # even in place
        else:
            (path.parent / "new").write_text(content)
            os.replace(path.parent / "new", path)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
    assert ws.catalog.get(id)["count"] == 9


def test_records_are_found_by_their_fields(ws: Workspace) -> None:
    ids = [queued.dataset(ws, name) for name in ("one", "two", "one")]
    assert [each["id"] for each in ws.catalog.all("datasets", name="one")] == [ids[0], ids[2]]
    assert [each["id"] for each in ws.catalog.all("datasets", name="one", id=ids[2])] == [ids[2]]
    assert ws.catalog.all("datasets", name="three") == ws.catalog.all("datasets", nothing=1) == []


def test_what_a_reader_was_given_is_its_own(ws: Workspace) -> None:
    id = queued.dataset(ws)
    ws.catalog.get(id)["made_from"].append("something")
    ws.catalog.all("datasets")[0]["name"] = "other"
    assert ws.catalog.get(id)["made_from"] == []
    assert ws.catalog.get(id)["name"] == "words"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"datasets": 5}', b'{"datasets": {"ds_00000000": 1}}', b"\xff\xfe"])
def test_an_unreadable_file_is_named_and_the_others_work(ws: Workspace, content: bytes) -> None:
    id = queued.dataset(ws)
    project = counter(ws)
    path = ws.root / "catalog" / "datasets.json"
    path.write_bytes(content)
    for action in (lambda: ws.catalog.get(id), lambda: ws.catalog.all("datasets"), lambda: ws.catalog.update(id, {})):
        with pytest.raises(Unreadable, match=r"datasets\.json"):
            action()
    assert path.read_bytes() == content
    assert ws.catalog.update(project, {"count": 7})["count"] == 7


def test_a_change_that_fails_leaves_everything_as_it_was(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    id = queued.dataset(ws)
    files = {path: path.read_bytes() for path in (ws.root / "catalog").glob("*.json")}

    def fails() -> None:
        with ws.catalog.change():
            queued.dataset(ws, "another")
            ws.catalog.update(id, {"name": "renamed"})
            counter(ws)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert {path: path.read_bytes() for path in (ws.root / "catalog").glob("*.json")} == files
    assert [each["name"] for each in ws.catalog.all("datasets")] == ["words"]
    assert not list((ws.root / "catalog").glob("*part*"))


def test_an_event_that_cannot_be_written_takes_the_change_back(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiskFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(events, "append", full)
        with pytest.raises(DiskFull):
            counter(ws)
    with pytest.raises(NotFound):
        ws.catalog.get("pj_00000000")
    assert counter(ws)


KILLED_AT = """
import os, signal, sys
from mistudio_ext.workspace import atomic
from mistudio_ext.workspace.workspace import Workspace
ws = Workspace.open(sys.argv[1])
rename, before = os.replace, sys.argv[3] == "before"
def dies(source, target):
    if not before:
        rename(source, target)
    os.kill(os.getpid(), signal.SIGKILL)
os.replace = dies
ws.catalog.update(sys.argv[2], {"count": 1})
"""


@pytest.mark.parametrize(("when", "count"), [("before", 0), ("after", 1)])
def test_killed_at_the_rename_there_is_the_old_or_the_new(ws: Workspace, when: str, count: int) -> None:
    id = counter(ws)
    ended = subprocess.run([sys.executable, "-c", KILLED_AT, str(ws.root), id, when], check=False, timeout=30)
    assert ended.returncode == -9
    assert ws.catalog.get(id)["count"] == count
    assert json.loads((ws.root / "catalog" / "projects.json").read_bytes())
    assert ws.catalog.update(id, {"count": 2})["count"] == 2
