"""What a watch says about rows of numbers, and that it says it once."""

from __future__ import annotations

from typing import Any

import pytest

from mistudio_ext.contract.models import checked
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.trainings.health import Row, Watch
from mistudio_ext.trainings.plan import PlannedSae
from mistudio_ext.trainings.schema import Train


def watch(k: int | None = 8, **options: Any) -> Watch:
    own = SaeOptions(dead_after=1000, **options)
    return Watch(PlannedSae(0, "it", "in", "in", 64, 64, 512, k, 1e-3, own), steps=1000, batch_size=100)


GOOD: Row = {"loss": 0.5, "fvu": 0.3, "l0": 8.0, "dead": 0.0}


def said(watch: Watch, rows: dict[int, Row]) -> list[str]:
    found = []
    for step in range(10, 1001, 10):
        found += watch.look(step, GOOD | rows.get(step, {}), warm=step > 50)
    return [each.text for each in found]


def after(step: int, **row: float) -> dict[int, Row]:
    return {each: dict(row) for each in range(step, 1001, 10)}


def test_a_good_run_says_nothing() -> None:
    assert said(watch(), {}) == []


@pytest.mark.parametrize(
    ("watched", "rows", "words"),
    [
        (watch(), after(500, dead=0.3), "30% of the features are dead"),
        (watch(), {600: {"loss": 2.0}}, "jumped to 4.0 times its usual value at step 600"),
        (watch(), after(300, fvu=0.97), "Next to nothing is explained"),
        (watch(), after(600, fvu=0.6), "grew from 0.30 to 0.60"),
        (watch(None, architecture="standard"), after(300, l0=0.1), "Hardly a feature is on"),
        (watch(None, architecture="standard"), after(300, l0=40.0), "that is not sparse"),
        (watch(None, architecture="jumprelu", target_l0=20), after(10, l0=30.0), "30 features are on, 20 were wished"),
    ],
)
def test_what_is_wrong_is_said_once(watched: Watch, rows: dict[int, Row], words: str) -> None:
    [text] = [each for each in said(watched, rows) if words in each]
    assert text


@pytest.mark.parametrize(
    ("watched", "rows", "changes"),
    [
        (watch(dead_features="none"), after(500, dead=0.3), {"dead_features": "aux_k"}),
        (watch(), after(500, dead=0.3), {"learning_rate": 5e-4}),
        (watch(), {600: {"loss": 2.0}}, {"learning_rate": 5e-4}),
        (watch(), after(300, fvu=0.97), {"k": 16}),
        (watch(None, architecture="standard", l1_coefficient=0.08), after(300, l0=0.1), {"l1_coefficient": 0.04}),
        (watch(None, architecture="standard", l1_coefficient=0.08), after(300, l0=40.0), {"l1_coefficient": 0.1}),
        (watch(None, architecture="jumprelu", l0_coefficient=1e-6), after(300, l0=0.1), {"l0_coefficient": 1e-6}),
        (watch(None, architecture="gated", target_l0=20), after(300, l0=0.1), {"target_l0": 40.0}),
        (watch(None, architecture="jumprelu", target_l0=20), after(10, l0=30.0), {"steps": 2000, "tokens": None}),
        (watch(None, architecture="somebodys"), after(300, l0=40.0), {}),
    ],
)
def test_a_remedy_names_what_a_new_training_would_have(watched: Watch, rows: dict[int, Row], changes: dict[str, Any]) -> None:
    found = [
        each.changes for step in range(10, 1001, 10) for each in watched.look(step, GOOD | rows.get(step, {}), warm=step > 50)
    ]
    assert changes in found
    # They are parameters, and within their bounds.
    checked(Train, {"sources": [{"capture": "cp_1"}]} | changes)


def test_what_was_said_and_seen_goes_on_in_a_resumed_run() -> None:
    rows = after(400, dead=0.3) | {300: {"loss": 2.0}}
    whole, first, second = watch(), watch(), watch()
    every = [each for step in range(10, 1001, 10) for each in whole.look(step, GOOD | rows.get(step, {}), warm=True)]
    parts = [each for step in range(10, 301, 10) for each in first.look(step, GOOD | rows.get(step, {}), warm=True)]
    second.restore(first.state())
    parts += [each for step in range(310, 1001, 10) for each in second.look(step, GOOD | rows.get(step, {}), warm=True)]
    assert parts == every
    assert len(every) == 2
