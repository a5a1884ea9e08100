"""SAELens' folders both ways: theirs as they compute it, ours read back the same, and what cannot be carried over said so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mistudio_ext.contract.errors import MiStudioError, Unreadable
from mistudio_ext.saes.check import Check
from mistudio_ext.saes.files import about_of, read_check, read_sae, write_sae
from mistudio_ext.saes.folder import config_in
from mistudio_ext.saes.net import SparseAutoencoder
from mistudio_ext.saes.schema import SaeAbout
from mistudio_ext.saes.transformer_lens import ours, theirs
from tests.support import saelens
from tests.support.nets import KINDS, make_net

TRANSCODERS = ("transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder")
PLACE = {"hook": "layers.1.resid_post", "out_hook": "layers.1.resid_post"}


def assert_same(found: torch.Tensor, expected: Any) -> None:
    off = np.linalg.norm(found.double().numpy() - expected) / np.linalg.norm(expected)
    assert off < 1e-5, off


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        *((name, {}) for name in ("standard", "topk", "jumprelu", "gated", *TRANSCODERS)),
        *((name, {"apply_b_dec_to_input": False}) for name in ("standard", "topk", "jumprelu", "gated")),
        *((name, {"normalize_activations": "layer_norm"}) for name in ("standard", "topk", "gated", "transcoder")),
        ("topk", {"rescale_acts_by_decoder_norm": True}),
    ],
)
def test_theirs_computes_here_what_it_computes_there(tmp_path: Path, architecture: str, options: dict[str, Any]) -> None:
    values, tensors, x = saelens.config(architecture, **options), saelens.weights(architecture), saelens.rows()
    net = read_sae(saelens.write(tmp_path / "sae", values, tensors))
    z, made = saelens.computed(values, tensors, x)
    assert 0 < (z > 0).mean() < 1
    assert_same(net.encode(torch.from_numpy(x)), z)
    assert_same(net(torch.from_numpy(x)), made)
    transcoder = "transcoder" in architecture
    assert net.cfg["hook"] == ("layers.1.mlp_in" if transcoder else "layers.1.resid_post")
    assert net.cfg["out_hook"] == ("layers.1.mlp_out" if transcoder else "layers.1.resid_post")
    assert net.cfg["model_name"] == "tiny"


@pytest.mark.parametrize("kind", [np.float16, np.float64])
def test_other_floats_become_float32(tmp_path: Path, kind: Any) -> None:
    tensors = {name: each.astype(kind) for name, each in saelens.weights().items()}
    net = read_sae(saelens.write(tmp_path, saelens.config(), tensors))
    assert {each.dtype for each in net.tensors().values()} == {torch.float32}
    assert_same(net(torch.from_numpy(saelens.rows())), saelens.computed(saelens.config(), tensors, saelens.rows())[1])


def test_the_flat_configuration_of_earlier_versions(tmp_path: Path) -> None:
    flat = {
        "d_in": 6, "d_sae": 20, "dtype": "torch.float32", "model_name": "tiny", "hook_point": "blocks.3.hook_mlp_out",
        "hook_point_layer": 3, "activation_fn_str": "topk", "activation_fn_kwargs": {"k": 3}, "normalize_activations": False,
        "sae_lens_version": "4.4.1",
    }  # fmt: skip
    tensors = saelens.weights("topk") | {"scaling_factor": np.ones(20, np.float32)}
    net = read_sae(saelens.write(tmp_path / "topk", flat, tensors))
    del tensors["scaling_factor"]
    assert_same(net(torch.from_numpy(saelens.rows())), saelens.computed(saelens.config("topk"), tensors, saelens.rows())[1])
    assert net.cfg["hook"] == "layers.3.mlp_out"
    relu = {name: flat[name] for name in ("d_in", "d_sae", "hook_point")}
    net = read_sae(saelens.write(tmp_path / "relu", relu, saelens.weights()))
    assert_same(net(torch.from_numpy(saelens.rows())), saelens.computed(saelens.config(), saelens.weights(), saelens.rows())[1])
    for change, words in (
        ({"activation_fn_str": "tanh-relu"}, "activation function 'tanh-relu'"),
        ({"normalize_activations": True}, "expected_average_only_in"),
        ({"activation_fn_kwargs": {}}, "None as k"),
    ):
        with pytest.raises(Unreadable, match=words):
            read_sae(saelens.write(tmp_path / "refused", flat | change, tensors))


def test_a_logarithm_of_thresholds_of_earlier_versions(tmp_path: Path) -> None:
    tensors = saelens.weights("jumprelu")
    logarithm = {name: each for name, each in tensors.items() if name != "threshold"}
    logarithm["log_threshold"] = np.log(tensors["threshold"])
    net = read_sae(saelens.write(tmp_path, saelens.config("jumprelu"), logarithm))
    x = saelens.rows()
    assert_same(net(torch.from_numpy(x)), saelens.computed(saelens.config("jumprelu"), tensors, x)[1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", [{}, {"centered": False}, {"layer_norm": True, "layer_norm_out": True}])
def test_ours_is_laid_out_as_they_compute_it(tmp_path: Path, kind: str, form: dict[str, bool]) -> None:
    from safetensors.numpy import load_file

    net, x = make_net(kind, **form), saelens.rows()
    write_sae(tmp_path, net, SaeAbout(architecture=kind, **PLACE), None)
    values = json.loads((tmp_path / "cfg.json").read_text())
    z, made = saelens.computed(values, load_file(tmp_path / "sae_weights.safetensors"), x)
    assert_same(net.encode(torch.from_numpy(x)), z)
    assert_same(net(torch.from_numpy(x)), made)
    assert values["metadata"]["hook_name"] == "blocks.1.hook_resid_post"
    assert "6" <= values["metadata"]["sae_lens_version"] < "7"


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("kind", ["relu", "threshold"])
def test_our_transcoders_are_laid_out_as_they_compute_them(tmp_path: Path, kind: str, skip: bool) -> None:
    from safetensors.numpy import load_file

    net, x = make_net(kind, d_out=4, skip=skip), saelens.rows()
    target: Any = "skip_transcode" if skip else "transcode"
    about = SaeAbout(architecture=kind, target=target, hook="layers.1.mlp_in", out_hook="layers.1.mlp_out")
    write_sae(tmp_path, net, about, None)
    values = json.loads((tmp_path / "cfg.json").read_text())
    made = saelens.computed(values, load_file(tmp_path / "sae_weights.safetensors"), x)[1]
    assert_same(net(torch.from_numpy(x)), made)
    assert values["metadata"]["hook_name_out"] == "blocks.1.hook_mlp_out"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["autoencode", "transcode", "skip_transcode"])
@pytest.mark.parametrize("layer_norm", [False, True])
def test_ours_comes_back_the_same(tmp_path: Path, kind: str, target: Any, layer_norm: bool) -> None:
    """SAELens has not all of them: those it must not take for something else."""
    own = target == "autoencode"
    net = make_net(
        kind, d_out=6 if own else 4, skip=target == "skip_transcode", layer_norm=layer_norm, layer_norm_out=layer_norm and own
    )
    about = SaeAbout(
        architecture=kind, target=target, normalization="layer_norm" if layer_norm else "none", k=net.form.k, fvu=0.25, l0=3.0,
        training="tr_00000000", step=7, variant=1, **PLACE,
    )  # fmt: skip
    x = torch.from_numpy(saelens.rows())
    write_sae(tmp_path, net, about, Check.of(net, x))
    back = read_sae(tmp_path)
    assert torch.equal(back(x), net(x))
    assert back.form == net.form
    assert about_of(back) == about
    check = read_check(tmp_path, config_in(tmp_path))
    assert check is not None
    assert torch.equal(check.x, x)
    known = own or (kind in ("relu", "threshold") and not (layer_norm and target == "skip_transcode"))
    assert json.loads((tmp_path / "cfg.json").read_text())["architecture"].startswith("mistudio_") != known


def test_one_threshold_for_all_is_one_a_feature_there(tmp_path: Path) -> None:
    net = make_net("threshold").changed(threshold=torch.tensor(0.3))
    write_sae(tmp_path, net, SaeAbout(architecture="batchtopk", **PLACE), None)
    back = read_sae(tmp_path)
    assert back.threshold is not None
    assert back.threshold.tolist() == [torch.tensor(0.3).item()] * 20
    assert (back.cfg["architecture"], json.loads((tmp_path / "cfg.json").read_text())["architecture"]) == (
        "batchtopk",
        "jumprelu",
    )


def test_heads_lie_side_by_side(tmp_path: Path) -> None:
    place = "layers.2.attn_z"
    write_sae(tmp_path, make_net(), SaeAbout(architecture="standard", hook=place, out_hook=place), None)
    values = json.loads((tmp_path / "cfg.json").read_text())
    assert (values["reshape_activations"], values["metadata"]["hook_name"]) == ("hook_z", "blocks.2.attn.hook_z")
    assert read_sae(tmp_path).cfg["hook"] == place


def test_hook_points_have_both_names() -> None:
    for name in ("resid_pre", "attn_z", "attn_out", "resid_mid", "mlp_in", "mlp_out", "resid_post"):
        hook = f"layers.12.{name}"
        assert ours(str(theirs(hook))) == hook
        assert ours(hook) == hook
    assert theirs("layers.3.resid_post") == "blocks.3.hook_resid_post"
    assert [ours(each) for each in ("blocks.1.attn.hook_q", "hook_embed", "layers.1.nothing", "")] == [None] * 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"architecture": "topk", "k": 3}, "its activation function is topk and was relu"),
        ({"apply_b_dec_to_input": False}, "its decoder's bias is not taken from the input first, and was taken"),
        ({"normalize_activations": "layer_norm"}, "its normalization is layer_norm and was another"),
    ],
)
def test_what_does_not_match_is_said(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    net = make_net("relu")
    write_sae(tmp_path, net, SaeAbout(architecture="standard", **PLACE), Check.of(net, torch.from_numpy(saelens.rows())))
    values = json.loads((tmp_path / "cfg.json").read_text())
    (tmp_path / "cfg.json").write_text(json.dumps(values | change))
    with pytest.raises(Unreadable, match=said):
        read_sae(tmp_path)


def refused(tmp_path: Path, before: SparseAutoencoder, after: SparseAutoencoder) -> str:
    """What is said where an SAE was kept, and other weights were put in its place."""
    about = about_of(before)
    write_sae(tmp_path, after, about.model_copy(update={"k": before.form.k}), Check.of(before, torch.from_numpy(saelens.rows())))
    with pytest.raises(Unreadable) as error:
        read_sae(tmp_path)
    assert error.value.code == "not_the_same"
    return error.value.message


def test_a_topk_loaded_as_relu_is_found_out(tmp_path: Path) -> None:
    topk = make_net("topk")
    relu = topk.with_form(activation="relu", k=None)
    assert "its activation function is relu and was topk" in refused(tmp_path, topk, relu)


def test_another_k_other_weights_or_a_scale_are_found_out(tmp_path: Path) -> None:
    topk = make_net("topk")
    assert "its k is 5 and was 3" in refused(tmp_path / "k", topk, topk.with_form(k=5))
    assert "its weights are not the same" in refused(tmp_path / "other", topk, make_net("topk", seed=1))
    relu = make_net("relu")
    # Of all rows of a training, which the few that are kept only resemble.
    scale = 1.01 * 6**0.5 / float(torch.from_numpy(saelens.rows()).norm(dim=1).mean())
    unfolded = relu.changed(encoder=relu.encoder / scale, W_dec=relu.W_dec * scale, b_dec=relu.b_dec * scale)
    assert "normalization was folded in, and is not any more" in refused(tmp_path / "scale", relu, unfolded)


def test_one_row_that_falls_the_other_way_is_no_mismatch(tmp_path: Path) -> None:
    net, x = make_net("topk"), torch.from_numpy(saelens.rows())
    check = Check.of(net, x)
    check.made[0] += 1
    write_sae(tmp_path, net, about_of(net), check)
    read_sae(tmp_path)
    check.made[:4] += 1
    write_sae(tmp_path, net, about_of(net), check)
    with pytest.raises(MiStudioError, match="does not give what it gave"):
        read_sae(tmp_path)
