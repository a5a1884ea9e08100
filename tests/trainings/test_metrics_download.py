"""Numbers of a run as files, read back by other readers; and what is sent over the wire."""

from __future__ import annotations

import csv
import io
import json
import math
import tarfile
from pathlib import Path

import numpy as np
import pytest

from mistudio_ext.cli import main
from mistudio_ext.contract.errors import Conflict
from mistudio_ext.saes.download import download_sae
from mistudio_ext.saes.files import read_sae
from mistudio_ext.trainings.metrics_download import ROWS, Table, as_csv, as_json, safe
from mistudio_ext.trainings.metrics_file import MetricsWriter
from mistudio_ext.trainings.record_schema import SaeOfTraining
from mistudio_ext.trainings.sae_of import sae_of_training
from tests.support import work
from tests.support.server import running
from tests.trainings.conftest import HOOKS, Prepared

COUNT = ROWS + 100


def written(path: Path, seed: int) -> list[list[float | None]]:
    """Rows behind their steps, as they shall be read."""
    values: list[list[float | None]] = np.random.default_rng(seed).normal(size=(COUNT, 2)).tolist()
    values[5] = [None, 1e-300]
    values[ROWS] = [math.inf, 7.0]
    writer = MetricsWriter(path, ["loss", "dead"], 0)
    for number, (loss, dead) in enumerate(values):
        writer.add(10 * number, {"loss": loss, "dead": dead})
    writer.flush()
    writer.close()
    values[ROWS] = [None, 7.0]
    return values


def test_every_number_of_every_sae_is_in_the_table(tmp_path: Path) -> None:
    paths = [tmp_path / f"training-{number}.bin" for number in range(3)]
    known = [written(path, seed) for seed, path in enumerate(paths[:2])]
    titles = ['=cmd|"/c calc"!A1', "k 8, width 64", "not begun"]
    pieces = list(as_csv([Table(number, *each) for number, each in enumerate(zip(titles, paths, strict=True))]))
    head, *lines = csv.reader(io.StringIO(b"".join(pieces).decode(), newline=""))
    assert head == ["sae", "title", "step", "loss", "dead"]
    wanted = [
        [
            str(sae),
            ("'" if sae == 0 else "") + titles[sae],
            str(10 * number),
            *("" if each is None else repr(each) for each in row),
        ]
        for sae, rows in enumerate(known)
        for number, row in enumerate(rows)
    ]
    found = [[*each[:3], *("" if cell == "" else repr(float(cell)) for cell in each[3:])] for each in lines]
    assert found == wanted
    # However long it is, so much of it is in memory at once.
    assert max(each.count(b"\n") for each in pieces) == ROWS


def test_the_same_is_in_the_lists(tmp_path: Path) -> None:
    path = tmp_path / "machine.bin"
    known = written(path, 0)
    found = json.loads(b"".join(as_json("tr_1", "machine", [Table(None, "", path)])), parse_constant=pytest.fail)
    assert found == {
        "training": "tr_1",
        "of": "machine",
        "tables": [
            {
                "sae": None,
                "title": "",
                "columns": ["step", "loss", "dead"],
                "rows": [[10 * number, *row] for number, row in enumerate(known)],
            }
        ],
    }


def test_what_was_not_begun_is_empty(tmp_path: Path) -> None:
    tables = [Table(0, "", tmp_path / "none.bin")]
    assert list(as_csv(tables)) == []
    assert json.loads(b"".join(as_json("tr_1", "training", tables)))["tables"][0]["rows"] == []


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1", "'=1"), (" \u200b\t@x", "' \u200b\t@x"), ("＋1", "'＋1"), ("a=1", "a=1"), ("", "")],  # noqa: RUF001
)
def test_no_text_is_a_formula(text: str, cell: str) -> None:
    assert safe(text) == cell


def test_both_come_over_http_and_an_sae_in_an_archive(prepared: Prepared, tmp_path: Path) -> None:
    ws = prepared.ws
    id = prepared.train(saes=[{"hook": HOOKS[0]}])
    sae = sae_of_training(ws, id, SaeOfTraining()).object
    with pytest.raises(Conflict, match="is not ready"):
        download_sae(ws, sae)
    assert work.do_next(ws, "io").state == "succeeded"
    with running(tmp_path / "server", ws.root) as server:
        missing = server.request("GET", "saes/sa_00000000/download")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
        archive = server.request("GET", f"saes/{sae}/download")
        table = server.request("GET", f"trainings/{id}/metrics/download", params={"of": "evaluation"})
        lists = server.request("GET", f"trainings/{id}/metrics/download", params={"format": "json"})
        page = server.ask("GET", f"trainings/{id}/metrics")
    assert archive.headers["content-disposition"] == f'attachment; filename="{sae}.tar"'
    with tarfile.open(fileobj=io.BytesIO(archive.content)) as file:
        file.extractall(tmp_path / "got", filter="data")
    for each in (tmp_path / "got" / sae).iterdir():
        assert each.read_bytes() == (ws.folder(sae) / each.name).read_bytes()
    assert read_sae(tmp_path / "got" / sae).shape.width == 64
    assert [each["step"] for each in csv.DictReader(io.StringIO(table.text))] == ["10", "20", "30"]
    assert [row[0] for row in lists.json()["tables"][0]["rows"]] == page["steps"] == list(range(1, 31))
    loss = lists.json()["tables"][0]["columns"].index("loss")
    assert [row[loss] for row in lists.json()["tables"][0]["rows"]] == page["columns"]["loss"]


def test_a_terminal_writes_them_where_one_is(
    prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    id = prepared.train(saes=[{"hook": HOOKS[0]}])
    monkeypatch.chdir(tmp_path)
    typed = ["training", "download-metrics", id, "--of", "machine", "--workspace", str(prepared.ws.root)]
    assert main(typed) == 0
    path = tmp_path / f"{id}-machine.csv"
    assert f"Wrote {path} (" in capfd.readouterr().out
    assert path.read_text().startswith("step,tokens_per_second,")
    assert main(typed) == 1
    assert "already" in capfd.readouterr().err
