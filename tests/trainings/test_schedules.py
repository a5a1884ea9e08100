"""Rates and penalties against their closed forms."""

from __future__ import annotations

import math

import pytest

from mistudio_ext.trainings.schedules import END, Penalty, Rate


def closed_form(schedule: str, step: int) -> float:
    """Of 1,000 steps: 50 of warm-up, 200 of decay."""
    if step <= 50:
        return step / 50
    if step <= 800 or schedule == "constant":
        return 1.0
    part = (step - 800) / 201
    return {"linear": 1 - part, "cosine": 0.5 * (1 + math.cos(math.pi * part)), "exponential": END**part}[schedule]


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "exponential"])
def test_a_rate_is_its_closed_form(schedule: str) -> None:
    rate = Rate(schedule, 1000, 0.05, 0.2)  # type: ignore[arg-type]
    for step in range(1, 1001):
        assert rate.at(step) == pytest.approx(closed_form(schedule, step), abs=1e-12)
        assert rate.at(step) > 0
    phases = [rate.phase(step) for step in (1, 49, 50, 800, 801, 1000)]
    assert phases[:4] == ["warm-up", "warm-up", "full", "full"]
    assert phases[4:] == (["full", "full"] if schedule == "constant" else ["decay", "decay"])


def test_an_extended_run_begins_its_schedule_anew() -> None:
    fresh, further = Rate("cosine", 400, 0.1, 0.5), Rate("cosine", 1400, 0.1, 0.5, begin=1000)
    assert [fresh.at(step) for step in range(1, 401)] == [further.at(1000 + step) for step in range(1, 401)]


def test_without_warm_up_and_decay_a_rate_stands() -> None:
    assert {Rate("cosine", 10, 0.0, 0.0).at(step) for step in range(1, 11)} == {1.0}
    # All of it may be both.
    assert all(0 < Rate("linear", 10, 1.0, 1.0).at(step) <= 1 for step in range(1, 11))


def test_a_penalty_grows_and_stands() -> None:
    penalty = Penalty(0.5, 10, None, 1000)
    assert [penalty.at(step) for step in (1, 5, 10, 1000)] == [0.05, 0.25, 0.5, 0.5]
    penalty.follow(500, 100.0)
    assert penalty.at(500) == 0.5
    assert Penalty(0.5, 0, None, 1000).at(1) == 0.5


@pytest.mark.parametrize("light", [0.03, 1.0, 30.0])
@pytest.mark.parametrize("late", [1, 60])
def test_a_penalty_finds_the_weight_that_gives_the_target(light: float, late: int) -> None:
    """In a world where L0 falls with the square root of the weight, and answers to it at once or late."""
    penalty, l0 = Penalty(light, 50, 20.0, 2000), 60.0
    for step in range(1, 2001):
        l0 += (20.0 * penalty.at(step) ** -0.5 - l0) / late
        penalty.follow(step, l0)
    assert l0 == pytest.approx(20.0, rel=0.05)
    again = Penalty(light, 50, 20.0, 2000)
    again.restore(penalty.state())
    assert again.at(2000) == penalty.at(2000)
