"""A coefficient from another framework means something else here: by how much is said in its help, and true."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from mistudio_ext.saes.registry import architecture
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.training_form import BatchState
from tests.support.dense_saes import Jump, Step

D, WIDTH, TOKENS, OURS = 16, 48, 64, 0.02
FIELDS = {"standard": "l1_coefficient", "gated": "l1_coefficient", "jumprelu": "l0_coefficient"}


def saelens(name: str, w: dict[str, Tensor], x: Tensor, coefficient: float, bandwidth: float) -> Tensor:
    """As SAELens defines it: the squared error summed over dimensions, the mean over tokens, and its coefficient."""
    centred = x - w["b_dec"]
    pre = centred @ w["W_enc"].T + w["b_enc"]
    lengths = w["W_dec"].norm(dim=1)
    more = torch.zeros(())
    if name == "standard":
        z = pre.relu()
        penalty = (z * lengths).sum(1).mean()
    elif name == "jumprelu":
        z = Jump.apply(pre, w["threshold"], bandwidth)
        penalty = Step.apply(pre, w["threshold"], bandwidth).sum(1).mean()
    else:
        gates = pre.relu()
        z = ((centred @ w["W_enc"].T) * w["r_mag"].exp() + w["b_mag"]).relu() * (pre > 0)
        penalty = (gates * lengths).sum(1).mean()
        # There the gates' own reconstruction teaches decoder and bias, too; here it is left out of them.
        more = (gates @ w["W_dec"].detach() + w["b_dec"].detach() - x).square().sum(1).mean()
    return (z @ w["W_dec"] + w["b_dec"] - x).square().sum(1).mean() + coefficient * penalty + more


@pytest.mark.parametrize("name", FIELDS)
def test_the_help_says_the_factor_and_the_factor_is_true(name: str) -> None:
    """At d times our coefficient their objective is d times ours: the same minimum."""
    help = str(SaeOptions.model_fields[FIELDS[name]].description)
    assert "SAELens" in help
    assert "this one times d" in help
    options = SaeOptions(architecture=name, bandwidth=0.5, decoder_norm="free", dead_features="none")
    sae = architecture(name)(Shape(D, D, WIDTH), options, seed=0)
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for each in sae.parameters():
            each += 0.1 * torch.randn(each.shape, generator=chance)
    x = torch.randn(TOKENS, D, generator=chance)
    state = BatchState(1, 1, TOKENS, OURS, torch.zeros(WIDTH, dtype=torch.bool))
    loss = sae.loss(x, x, state)
    loss.total.backward()  # type: ignore[no-untyped-call]
    weights = {each: value.detach().clone().requires_grad_() for each, value in sae.named_parameters()}
    theirs = saelens(name, weights, x, OURS * D, 0.5)
    theirs.backward()  # type: ignore[no-untyped-call]
    assert float(theirs.detach()) == pytest.approx(D * float(loss.total.detach()), rel=1e-5)
    for each, value in weights.items():
        ours = sae.get_parameter(each).grad
        assert ours is not None
        assert value.grad is not None
        torch.testing.assert_close(D * ours, value.grad, rtol=1e-3, atol=1e-4, msg=lambda text, each=each: f"{each}: {text}")


def test_each_coefficient_has_a_scale_and_a_help_of_its_own() -> None:
    fields: dict[str, Any] = SaeOptions.model_json_schema()["properties"]
    l1, l0 = fields["l1_coefficient"], fields["l0_coefficient"]
    assert l1["description"] != l0["description"]
    assert (l1["minimum"], l1["maximum"]) != (l0["minimum"], l0["maximum"])
    assert "not" in l0["description"]
    assert "L1 coefficient" in l0["description"]
    for name, coefficient in FIELDS.items():
        assert name in fields[coefficient]["onlyWhen"]
        other = l0 if coefficient == "l1_coefficient" else l1
        assert name not in other["onlyWhen"]
