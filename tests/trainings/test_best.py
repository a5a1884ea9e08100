"""Which checkpoint counts as the best."""

from __future__ import annotations

from typing import Any

import pytest

from mistudio_ext.trainings import operations
from mistudio_ext.trainings.checkpoint import states_of
from mistudio_ext.trainings.rank import rank_of
from mistudio_ext.trainings.record_schema import Evaluation
from tests.trainings.conftest import HOOKS, Prepared


def found(**figures: Any) -> Evaluation:
    left = dict.fromkeys(name for name, field in Evaluation.model_fields.items() if field.is_required())
    return Evaluation.model_construct(**left | figures)


def test_at_a_fixed_k_it_is_the_lowest_fvu() -> None:
    assert rank_of(found(fvu=0.3, objective=9.0, l0=8.0), penalized=False, target_l0=None) == [0.3]


def test_under_a_penalty_it_is_the_lowest_objective() -> None:
    assert rank_of(found(fvu=0.3, objective=9.0, l0=8.0), penalized=True, target_l0=None) == [9.0]


def test_with_a_target_it_is_the_lowest_fvu_among_those_that_meet_it() -> None:
    # L0, FVU: from the best to the worst for a target of 10.
    order = [(10.9, 0.10), (9.1, 0.11), (10.0, 0.12), (11.2, 0.05), (8.8, 0.05), (20.0, 0.01), (4.0, 0.01), (0.0, 1.0)]
    ranks = [rank_of(found(fvu=fvu, objective=None, l0=l0), penalized=True, target_l0=10.0) for l0, fvu in order]
    assert ranks == sorted(ranks, key=lambda each: each or [])


@pytest.mark.parametrize("missing", ["fvu", "l0"])
def test_what_was_not_measured_is_never_the_best(missing: str) -> None:
    figures = {"fvu": 0.1, "l0": 10.0, "objective": 1.0} | {missing: None}
    assert rank_of(found(**figures), penalized=True, target_l0=10.0) is None


@pytest.mark.parametrize("architecture", ["standard", "jumprelu", "gated"])
def test_a_dense_beginning_is_not_the_best(prepared: Prepared, architecture: str) -> None:
    id = prepared.train(
        saes=[{"hook": HOOKS[0], "target_l0": 4}], architecture=architecture, steps=400, checkpoint_every=40, evaluate_every=None,
        keep_every=40, metrics_every=10, learning_rate=3e-3,
    )  # fmt: skip
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    seen = {
        each["step"]: each["evaluations"][0] for each in states_of(prepared.ws.folder(id)) if each["evaluations"][0] is not None
    }
    best = facts.saes[0].best_step
    assert best is not None
    missed = {step: abs(each["l0"] / 4 - 1) for step, each in seen.items()}
    met = {step: seen[step]["fvu"] for step, each in missed.items() if each <= 0.1}
    assert best == (min(met, key=lambda step: met[step]) if met else min(missed, key=lambda step: missed[step]))
