"""The block: what is refused before it, what is refused in it, and that nothing of it stays behind."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import mistudio_ext as ms
from mistudio_ext.contract.models import checked
from mistudio_ext.saes import operations
from mistudio_ext.saes.check import Check
from mistudio_ext.saes.files import write_sae
from mistudio_ext.saes.schema import ImportSae, SaeAbout
from mistudio_ext.steering.schema import SteerOptions
from mistudio_ext.workspace.workspace import Workspace
from tests.support import work
from tests.support.families import get_model, make_model
from tests.support.hand_hooks import assert_close
from tests.support.nets import make_net
from tests.support.steering import HOOK, IDS, by_hand, hooks_of, net_for, run


def test_nothing_is_left_behind() -> None:
    model = make_model("gpt2")
    net, names, before = net_for(model), set(vars(model)), run(model, [IDS])
    steered = ms.steer([(net.feature(7), 4.0)], model, positions="generated")
    assert hooks_of(model) == 0
    for _ in range(2):
        with steered:
            assert hooks_of(model) > 0
            model.generate(torch.tensor([IDS]), max_new_tokens=3, pad_token_id=0)
        assert hooks_of(model) == 0
        assert set(vars(model)) == names
    assert torch.equal(run(model, [IDS]), before)


@pytest.mark.parametrize("inside", [False, True])
def test_nothing_is_left_behind_by_an_error(inside: bool) -> None:
    """In the block, or in the middle of the model's pass."""
    model, net = make_model("llama"), net_for(get_model("llama"))
    before = run(model, [IDS])

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    handle = model.model.layers[2].register_forward_hook(fail) if inside else None
    with pytest.raises(ZeroDivisionError), ms.steer([net.feature(7)], model, mode="ablate", positions="prompt"):
        fail(model.generate(torch.tensor([IDS]), max_new_tokens=3, pad_token_id=0))
    if handle is not None:
        handle.remove()
    assert hooks_of(model) == 0
    assert "generate" not in vars(model)
    assert torch.equal(run(model, [IDS]), before)
    with ms.steer([(net.feature(7), 4.0)], model):
        assert_close(run(model, [IDS])[0], by_hand(get_model("llama"), "llama", lambda x: x + 4 * net.W_dec[7], IDS), "again")


def test_one_block_at_a_time() -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    outer = ms.steer([(net.feature(7), 4.0)], model)
    with outer:
        expected = run(model, [IDS])
        for inner in (outer, ms.steer([(net.feature(8), 4.0)], model)):
            with pytest.raises(ms.MiStudioError, match="steered already"), inner:
                pass
        assert torch.equal(run(model, [IDS]), expected)
        # Another model is another thing.
        other = make_model("llama")
        with ms.steer([(net.feature(7), 4.0)], other):
            assert torch.equal(run(other, [IDS]), expected)
    assert hooks_of(model) == 0


@pytest.mark.parametrize(
    ("features", "options", "said"),
    [
        ([], {}, "No feature was chosen"),
        ("abc", {}, "no list of features"),
        (5, {}, "no list of features"),
        ([(3, 4.0)], {}, "A int is no feature"),
        (lambda net: [net.feature(3)], {}, "no pair of a feature and its strength"),
        (lambda net: (net.feature(3), 4.0), {}, "no pair of a feature and its strength"),
        (lambda net: [(net.feature(3), 4.0)], {"mode": "ablate"}, "A tuple is no feature"),
        (lambda net: [(net.feature(3), math.nan)], {}, "not a finite number"),
        (lambda net: [(net.feature(3), -math.inf)], {"mode": "clamp"}, "not a finite number"),
        (lambda net: [(net.feature(3), "much")], {}, "no strength"),
        (lambda net: [(net.feature(3), 1.0), (net.feature(3), 2.0)], {}, "more than once"),
        (lambda net: [(net.feature(3), 1.0)], {"mode": "rotate"}, "mode"),
        (lambda net: [(net.feature(3), 1.0)], {"positions": "some"}, "positions"),
        (lambda net: [(net.feature(3), 1.0)], {"first": -1}, "first"),
        (lambda net: [(net.feature(3), 1.0)], {"unit": "max"}, "unit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_before_the_model_is_run(features: Any, options: dict[str, Any], said: str) -> None:
    model, passes = make_model("llama"), list[None]()
    model.register_forward_hook(lambda *_: passes.append(None))
    with pytest.raises(ms.MiStudioError, match=said):
        ms.steer(features(net_for(model)) if callable(features) else features, model, **options)
    assert not passes
    assert hooks_of(model) == 1


def test_the_number_of_a_feature() -> None:
    net = make_net(width=20)
    for wrong in (-1, 20, 2.0, "3", None):
        with pytest.raises(ms.MiStudioError):
            net.feature(wrong)  # type: ignore[arg-type]
    feature = net.feature(np.int64(19))  # type: ignore[arg-type]
    assert torch.equal(feature.direction, net.W_dec[19])
    assert torch.equal(feature.encoder, net.encoder[19])
    assert feature.bias == float(net.b_enc[19])
    assert feature == net.feature(19) != make_net(width=20).feature(19)
    assert "<Feature 19 of SparseAutoencoder(6, 20, 6" in repr(feature)


def test_an_sae_of_another_model_and_what_is_no_model() -> None:
    model = get_model("llama")
    small = make_net()
    small.cfg = {"hook": HOOK}
    with pytest.raises(ms.MiStudioError, match="reads vectors of 6 numbers"):
        ms.steer([(small.feature(3), 4.0)], model)
    far = net_for(model, hook="layers.9.resid_post")
    with pytest.raises(ms.MiStudioError, match=r"no hook point layers\.9"):
        ms.steer([(far.feature(3), 4.0)], model)
    for wrong in ("gpt2", torch.nn.Linear(2, 2), None):
        with pytest.raises(ms.MiStudioError, match="no transformers model"):
            ms.steer([(net_for(model).feature(3), 4.0)], wrong)
    assert hooks_of(model) == 0


def test_a_part_of_the_model_by_itself_is_refused() -> None:
    """It would be steered at tokens that nobody knows."""
    model, net = get_model("llama"), net_for(get_model("llama"))
    with ms.steer([(net.feature(7), 4.0)], model):
        expected = run(model, [IDS])
        with pytest.raises(ms.MiStudioError, match="A part of the model"):
            model.model(torch.tensor([IDS]))
        assert torch.equal(run(model, [IDS]), expected)


def test_a_feature_of_an_sae_of_the_workspace(ws: Workspace, tmp_path: Path) -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    about = SaeAbout(architecture="standard", hook=HOOK, out_hook=HOOK, training=None, step=None, variant=None, fvu=None, l0=None)
    write_sae(tmp_path / "ours", net, about, Check.of(net, torch.randn(8, model.config.hidden_size)))
    started = operations.import_sae(ws, checked(ImportSae, {"path": str(tmp_path / "ours")}))
    assert work.do_next(ws, "io").state == "succeeded"
    sae = ms.open(ws.root).sae(started.object)
    feature = sae.feature(7)
    assert (feature.sae, feature.index, repr(feature)) == (sae, 7, f"<Feature 7 of {sae.id}>")
    assert feature == ms.open(ws.root).sae(sae.id).feature(7)
    assert torch.equal(feature.direction, net.W_dec[7])
    with pytest.raises(ms.MiStudioError, match="no feature 64"):
        sae.feature(64)
    with ms.steer([(feature, 4.0), (sae.feature(8), 1.0)], model):
        ours = run(model, [IDS])[0]
    assert_close(ours, by_hand(model, "llama", lambda x: x + 4 * net.W_dec[7] + net.W_dec[8], IDS), "of the workspace")


def test_its_parameters_are_those_of_the_schema() -> None:
    assert "positions: Which tokens are steered" in (ms.steer.__doc__ or "")
    assert SteerOptions().model_dump() == {"mode": "add", "positions": "all", "first": 0}
