"""A model that an SAE does not belong to: refused where it cannot be, told where it may be, whatever fits by its numbers."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

import mistudio_ext as ms
from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.saes.net import SparseAutoencoder
from tests.support.families import get_model
from tests.support.nets import make_net

HOOK = "layers.1.resid_post"


def net_for(known: Any, **said: Any) -> SparseAutoencoder:
    net = make_net("topk", d_in=known.config.hidden_size, width=64, k=5)
    net.cfg.update({"hook": HOOK, "model_name": "lab/one", "training": "tr_1"} | said)
    return net


def named(known: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known.config, "_name_or_path", name, raising=False)


@pytest.mark.parametrize(("family", "other"), [("llama", "gpt2"), ("gpt2", "llama")])
def test_a_model_of_another_family_is_refused_although_all_widths_fit(family: str, other: str) -> None:
    right, wrong = get_model(family), get_model(other)
    assert right.config.hidden_size == wrong.config.hidden_size
    net = net_for(right, model_family=family)
    said = f"trained on a model of the family {family}, and this one is of {other}"
    for refused in (lambda: net.attach(wrong), lambda: net.attach(wrong, HOOK), lambda: ms.steer([(net.feature(3), 2.0)], wrong)):
        with pytest.raises(BadRequest, match=said) as caught:
            refused()
        assert caught.value.hint == "Choose the model that it was trained on: lab/one."
    for known in (net, net_for(right, model_family=None)):
        with known.attach(right):
            pass
        ms.steer([(known.feature(3), 2.0)], right)
    # Of one whose model is not known nothing is said.
    with net_for(right, model_family=None).attach(wrong):
        pass


@pytest.mark.parametrize(
    ("called", "said", "warned"),
    [
        ("lab/other", {}, True),
        ("lab/one", {}, False),
        ("One", {}, False),
        ("", {}, False),
        # Of another library's SAEs the names are not those of the models' makers.
        ("lab/other", {"training": None}, False),
        ("lab/other", {"model_name": ""}, False),
    ],
)
def test_a_model_of_another_name_is_told(
    called: str, said: dict[str, Any], warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = get_model("llama")
    named(known, called, monkeypatch)
    net = net_for(known, model_family="llama", **said)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        net.attach(known).remove()
        ms.steer([(net.feature(3), 2.0)], known)
    found = [each for each in told if "trained on lab/one" in str(each.message)]
    assert len(found) == (2 if warned else 0)
    # It points at the line that did it.
    assert {Path(each.filename).name for each in found} <= {Path(__file__).name}


def test_a_folder_says_nothing_of_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = get_model("llama")
    named(known, str(tmp_path), monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net_for(known, model_family="llama").attach(known).remove()
