"""The learning rate that is found: a power of tokens and width, in bounds, and what a training is planned with."""

from __future__ import annotations

import pytest

from mistudio_ext.saes.learning_rate import auto_rate
from mistudio_ext.saes.schema import BUILT_IN
from mistudio_ext.trainings.plan import plan_saes
from mistudio_ext.trainings.schema import TrainOptions

MILLION = 1_000_000
TOKENS = [1, 1000, MILLION // 8, MILLION, 8 * MILLION, 512 * MILLION, 2**45]
WIDTHS = [2, 512, 2048, 8192, 32768, 2**22]


@pytest.mark.parametrize(
    ("tokens", "width", "rate"),
    [
        (MILLION, 2048, 4.5e-3),
        # Eight times the tokens: half of it. Four times the width: half of it.
        (8 * MILLION, 2048, 2.25e-3),
        (MILLION, 8192, 2.25e-3),
        (8 * MILLION, 8192, 1.125e-3),
        (64 * MILLION, 32768, 2.8125e-4),
        # Within its bounds.
        (1, 2, 8e-3),
        (2**45, 2**22, 5e-5),
    ],
)
def test_by_hand(tokens: int, width: int, rate: float) -> None:
    assert auto_rate("topk", width, tokens, "adam") == pytest.approx(rate, rel=1e-9)
    assert auto_rate("topk", width, tokens, "adamw") == auto_rate("topk", width, tokens, "adam")
    for architecture in ("batchtopk", "matryoshka", "standard", "jumprelu", "gated"):
        assert auto_rate(architecture, width, tokens, "adam") == pytest.approx(1.5 * rate, rel=1e-9)
    assert auto_rate("topk", width, tokens, "adafactor") == pytest.approx(min(0.1, 10 * rate), rel=1e-9)
    assert auto_rate("topk", width, tokens, "sgd") == pytest.approx(min(0.1, 100 * rate), rel=1e-9)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "adafactor"])
@pytest.mark.parametrize("architecture", [*BUILT_IN, "somebodys"])
def test_more_tokens_and_wider_nets_never_ask_for_larger_steps(architecture: str, optimizer: str) -> None:
    rates = [[auto_rate(architecture, width, tokens, optimizer) for tokens in TOKENS] for width in WIDTHS]
    assert all(row == sorted(row, reverse=True) for row in rates)
    assert all([*column] == sorted(column, reverse=True) for column in zip(*rates, strict=True))
    # What a parameter may be.
    field = TrainOptions.model_json_schema()["properties"]["learning_rate"]["anyOf"][0]
    assert all(field["minimum"] <= rate <= field["maximum"] for row in rates for rate in row)
    if optimizer != "sgd":
        # Between the bounds they do fall.
        assert rates[2][3] > rates[2][4] > rates[2][5]


def test_a_training_is_planned_with_it_unless_it_is_told_another() -> None:
    # A thousand steps of a thousand tokens.
    options = TrainOptions(width=2048, steps=1000, batch_size=1000, saes=[{}, {"k": 8}, {"width": 8192}])  # type: ignore[list-item]
    planned = plan_saes(options, {"in": 64}, 1000)
    assert [each.learning_rate for each in planned] == pytest.approx([4.5e-3, 4.5e-3, 2.25e-3])
    told = plan_saes(options.model_copy(update={"learning_rate": 1e-4}), {"in": 64}, 1000)
    assert [each.learning_rate for each in told] == [1e-4] * 3
