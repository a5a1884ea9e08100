"""What users write for hook points, and what it comes to in a model of six layers."""

from __future__ import annotations

import pytest

from mistudio_ext.captures.hook_names import MOST, resolve
from mistudio_ext.contract.errors import BadRequest

LAYERS = 6
FORWARD = ["resid_pre", "attn_z", "attn_out", "resid_mid", "mlp_in", "mlp_out", "resid_post"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["layers.2.resid_post"], ["layers.2.resid_post"]),
        (["layers.middle.mlp_out"], ["layers.3.mlp_out"]),
        (["layers.2-4.resid_pre"], ["layers.2.resid_pre", "layers.3.resid_pre", "layers.4.resid_pre"]),
        (["layers.5-5.attn_z"], ["layers.5.attn_z"]),
        (["layers.all.mlp_in"], [f"layers.{layer}.mlp_in" for layer in range(LAYERS)]),
        ([" layers.0.attn_out "], ["layers.0.attn_out"]),
        # In the order of the forward pass, whatever the order in which they are named; each once.
        ([f"layers.1.{kind}" for kind in reversed(FORWARD)], [f"layers.1.{kind}" for kind in FORWARD]),
        (["layers.3.mlp_out", "layers.0-1.resid_post", "layers.middle.mlp_out", "layers.1.resid_post"],
         ["layers.0.resid_post", "layers.1.resid_post", "layers.3.mlp_out"]),
        (["layers.1.resid_pre", "layers.0.resid_post"], ["layers.0.resid_post", "layers.1.resid_pre"]),
    ],
)  # fmt: skip
def test_names(written: list[str], expected: list[str]) -> None:
    assert resolve(written, LAYERS) == expected


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ([], "No hook point was chosen"),
        (["layers.6.resid_post"], "no layer 6: the model has the layers 0 to 5"),
        (["layers.2-6.resid_post"], "no layer 6"),
        (["layers.4-2.resid_post"], "goes backwards"),
        (["layers.2.resid"], "no kind of hook point called resid; there are resid_pre, "),
        (["layers.2.resid_post", "layers.last.resid_post"], "“layers.last.resid_post” names no hook point"),
        *((["layers.2.resid_post", each], "names no hook point") for each in (
            "", "2", "layers.2", "layers..resid_post", "layers.-1.resid_post", "layers.2,3.resid_post", "layers.2-.resid_post",
            "layers.2.resid_post.x", "layers.99999999999999999999.resid_post", "layers.²-3.resid_post", "layers.2.\nresid_post",
        )),
    ],
)  # fmt: skip
def test_what_names_none(written: list[str], words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        resolve(written, LAYERS)
    assert words in caught.value.message
    assert caught.value.field == "hooks"


def test_there_is_a_limit() -> None:
    everything = [f"layers.all.{kind}" for kind in FORWARD]
    assert len(resolve(everything, MOST // 7)) == MOST // 7 * 7
    with pytest.raises(BadRequest, match="are the most"):
        resolve(everything, MOST // 7 + 1)
