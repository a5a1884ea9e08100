"""What stands beside the FVU of a transcoder and of a Matryoshka SAE, in every face; which phase a run says it is in."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import pytest

import mistudio_ext as ms
from mistudio_ext.cli import main
from mistudio_ext.contract.operations import Download
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.trainings import operations, run
from mistudio_ext.trainings.record_schema import DownloadMetrics
from tests.support import work
from tests.trainings.conftest import HOOKS, Prepared
from tests.trainings.test_training import vectors_of


def downloaded(prepared: Prepared, id: str, format: Any) -> str:
    found = operations.download_metrics(prepared.ws, id, DownloadMetrics(of="evaluation", format=format))
    assert isinstance(found, Download)
    return b"".join(found.content).decode()


def words(prepared: Prepared, id: str, capfd: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """In a terminal and in a notebook."""
    assert main(["training", "show", id, "--workspace", str(prepared.ws.root)]) == 0
    return capfd.readouterr().out, ms.open(prepared.ws.root).training(id)._repr_html_()


def test_a_transcoder_stands_beside_the_best_affine_map(prepared: Prepared, capfd: pytest.CaptureFixture[str]) -> None:
    id = prepared.train(target="transcode", saes=[{"hook": HOOKS[0], "out_hook": HOOKS[1]}])
    x, y = (vectors_of(prepared, hook, held_out=False).double().numpy() for hook in HOOKS)
    held_x, held_y = (vectors_of(prepared, hook, held_out=True).double().numpy()[:256] for hook in HOOKS)
    ones = np.ones((len(x), 1))
    best = np.linalg.lstsq(np.hstack([x, ones]), y, rcond=None)[0]
    left = held_y - np.hstack([held_x, ones[: len(held_x)]]) @ best
    fvu = float(np.square(left).sum() / np.square(held_y - held_y.mean(0)).sum())
    handle = ms.open(prepared.ws.root).training(id)
    table = handle.metrics(of="evaluation")
    assert table["affine_fvu"].iloc[-1] == pytest.approx(fvu, rel=1e-4)
    [*_, last] = csv.DictReader(downloaded(prepared, id, "csv").splitlines())
    assert float(last["affine_fvu"]) == table["affine_fvu"].iloc[-1]
    for shown in words(prepared, id, capfd):
        assert "FVU of an affine map" in shown
        assert f"{fvu:.4g}" in shown
        assert "prefixes" not in shown


def test_the_fvu_is_listed_a_prefix(prepared: Prepared, capfd: pytest.CaptureFixture[str]) -> None:
    # The smaller one has fewer prefixes: a share that gives no more features than the last one is none.
    id = prepared.train(
        architecture="matryoshka", prefixes=[0.001, 0.015, 0.5], saes=[{"hook": HOOKS[0], "width": each} for each in (64, 128)]
    )
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    found = [each.evaluation for each in facts.saes]
    assert [each.prefixes for each in found if each] == [[1, 32, 64], [1, 2, 64, 128]]
    assert [len(each.prefix_fvu) for each in found if each] == [3, 4]
    assert all(each and each.prefix_fvu[-1] == pytest.approx(each.fvu) for each in found)
    table = ms.open(prepared.ws.root).training(id).metrics(of="evaluation")
    names = [f"prefix_{number}_fvu" for number in (1, 2, 3, 4)]
    for number, each in enumerate(found):
        assert each is not None
        (row,) = table[(table["sae"] == number) & (table.index == 30)][names].to_numpy()
        expected = [*each.prefix_fvu, None][:4]
        np.testing.assert_array_equal(row, np.array(expected, dtype=np.float64))
    # One header for both.
    rows = list(csv.DictReader(downloaded(prepared, id, "csv").splitlines()))
    assert [row["prefix_4_fvu"] == "" for row in rows] == [row["sae"] == "0" for row in rows]
    assert rows[-1][names[1]] == repr(found[1].prefix_fvu[1])  # type: ignore[union-attr]
    tables = json.loads(downloaded(prepared, id, "json"))["tables"]
    assert [each["columns"][-4:] for each in tables] == [names, names]
    for shown in words(prepared, id, capfd):
        assert "FVU of prefixes" in shown
        assert f"32: {found[0].prefix_fvu[1]:.4g}" in shown  # type: ignore[union-attr]
        assert "affine" not in shown


def test_before_its_first_step_a_run_says_how_long_it_will_be(prepared: Prepared) -> None:
    plan = [({}, 10_000), ({"steps": 7}, 7), ({"tokens": 64 * 9 + 5}, 9)]
    for options, steps in plan:
        health = operations.get_health(prepared.ws, prepared.start(**{"steps": None, **options}))
        assert (health.step, health.steps, health.phase) == (0, steps, "warm-up")


@pytest.mark.parametrize("architecture", ["standard", "topk"])
def test_no_sparsity_is_full_while_the_penalty_grows(
    prepared: Prepared, architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rate is at its height after 12 of 60 steps, the penalty only after 40; k needs none."""
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)
    grows = {"sparsity_warm_up": 2 / 3} if architecture == "standard" else {}
    id = prepared.start(saes=[{"hook": HOOKS[0]}], architecture=architecture, steps=60, warm_up=0.2, decay=0.2, **grows)
    said = {}
    while work.do_next(prepared.ws, "gpu", request="pause", after=7).state == "paused":
        health = operations.get_health(prepared.ws, id)
        said[health.step] = health.phase
        job = operations.get_training(prepared.ws, id).job
        assert job is not None
        resume_job(prepared.ws, job.id)
    full = 40 if grows else 12
    assert said == {step: "warm-up" if step < full else "decay" if step > 48 else "full" for step in said}
    assert {*said.values()} == {"warm-up", "full", "decay"}
    assert any(12 < step < 40 for step in said)
