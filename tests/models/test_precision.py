"""Weights in fewer bits: what they take, what of a model is really held so, and that hook points mean the same in them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
import torch

from mistudio_ext.captures.forward import read_activations
from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.models.describe import empty_model
from mistudio_ext.models.hook_points import find_hook_points
from mistudio_ext.models.load import load_model
from mistudio_ext.models.precision import QUANTIZED, estimate_bytes, parse_precision, smaller
from mistudio_ext.models.quantize import count_weights, make_fit, measure
from mistudio_ext.models.schema import Precision, Weights
from tests.support.families import FAMILIES, get_model, make_model
from tests.support.hand_hooks import assert_close, direct

needs_bitsandbytes = pytest.mark.skipif(find_spec("bitsandbytes") is None, reason="bitsandbytes has no wheel for this machine")
needs_hqq = pytest.mark.skipif(find_spec("hqq") is None, reason="hqq is an extra")
TEXT = [1, 17, 99, 3, 64, 0, 23, 88]
FEW = ["gpt2", "llama", "opt", "mixtral", "falcon"]
NOTHING_QUANTIZED = ("falcon", "falcon_new", "falcon_sequential")


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folders: dict[str, Path] = {}

    def save(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp(name)
            get_model(name).save_pretrained(folders[name])
        return folders[name]

    return save


def check(name: str, folder: Path, precision: Precision) -> None:
    full = get_model(name)
    model = load_model(folder, precision)
    estimated = estimate_bytes(count_weights(empty_model(full.config)), precision)
    measured = measure(model)
    assert measured.parameters == sum(parameter.numel() for parameter in full.parameters())
    assert estimated == pytest.approx(measured.bytes, rel=0.005)
    by_hand = sum(
        module.weight.numel()
        for path, module in full.named_modules()
        if type(module).__name__ in ("Linear", "Conv1D") and module is not full.get_output_embeddings()
    )
    assert measured.quantized_share == pytest.approx(by_hand / measured.parameters if precision in QUANTIZED else 0)
    assert (measured.quantized_share == 0) == (precision not in QUANTIZED or name in NOTHING_QUANTIZED)
    # The hook points are those of full precision, and there is read what passes there.
    points = find_hook_points(model)
    assert points == find_hook_points(full)
    read = read_activations(model, points, torch.tensor([TEXT])).rows
    for key, rows in direct(model, name, TEXT).items():
        assert_close(read[key].float(), rows.float(), f"{name} {precision} {key}")
    # The first use may put weights in another order, never more of them.
    assert measure(model).bytes == pytest.approx(measured.bytes, rel=0.005)
    # And it is still that model.
    exact = direct(full, name, TEXT)["layers.0.resid_post"].double()
    error = (read["layers.0.resid_post"].double() - exact).norm() / exact.norm()
    assert error < {"float32": 1e-6, "float16": 0.005, "bfloat16": 0.05, "int8": 0.1, "hqq2": 1.0}.get(precision, 0.5)


@needs_bitsandbytes
@pytest.mark.parametrize("precision", ["float16", "int8", "nf4"])
@pytest.mark.parametrize("name", FEW)
def test_a_model_in_a_precision(name: str, precision: Precision, saved: Any):
    check(name, saved(name), precision)


@pytest.mark.long
@needs_bitsandbytes
@pytest.mark.parametrize("precision", [each for each in get_args(Precision) if each != "hqq2"])
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_in_every_precision(name: str, precision: Precision, saved: Any):
    if name == "mamba" and precision in QUANTIZED:
        pytest.skip("refused, see below")
    check(name, saved(name), precision)


@needs_hqq
@pytest.mark.parametrize("name", FEW)
def test_two_bits(name: str, saved: Any):
    check(name, saved(name), "hqq2")


@pytest.mark.skipif(find_spec("hqq") is not None, reason="hqq is installed")
def test_two_bits_without_their_package(saved: Any):
    with pytest.raises(BadRequest, match="needs the package hqq") as caught:
        load_model(saved("llama"), "hqq2")
    assert "pip install" in caught.value.hint
    assert caught.value.field == "precision"


@needs_bitsandbytes
@pytest.mark.parametrize("precision", ["nf4", "fp4"])
def test_four_bits_in_shapes_that_the_fast_path_cannot_take(precision: Precision, tmp_path: Path):
    """Neither 40 outputs nor 40 inputs fit it; on processors that have the path the first use would fail."""
    from bitsandbytes.nn import Linear4bit

    model = make_model("llama", intermediate_size=40)
    model.save_pretrained(tmp_path)
    loaded = load_model(tmp_path, precision)
    with torch.no_grad():
        close = torch.nn.functional.cosine_similarity(*(each(torch.tensor([TEXT])).logits[0] for each in (loaded, model)))
    assert close.mean() > 0.9
    # As on such a processor.
    matrices = {path: each for path, each in loaded.named_modules() if isinstance(each, Linear4bit)}
    for each in matrices.values():
        each.support_avx512bf16_for_cpu = True
    make_fit(loaded)
    kept_off = {path.split(".")[-1] for path, each in matrices.items() if not each.support_avx512bf16_for_cpu}
    assert kept_off == {"gate_proj", "up_proj", "down_proj"}


@needs_bitsandbytes
@pytest.mark.parametrize("precision", ["int8", "nf4", "fp4"])
def test_what_cannot_work_is_refused_before_it_is_loaded(precision: Precision, saved: Any):
    with pytest.raises(BadRequest, match=f"mamba do not run in {precision}"):
        load_model(saved("mamba"), precision)


@needs_bitsandbytes
@pytest.mark.parametrize("precision", ["int8", "nf4"])
def test_what_is_not_known_to_fail_is_refused_when_it_does(precision: Precision, saved: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mistudio_ext.models.load.NOT_IN", {})
    with pytest.raises(BadRequest, match=f"mamba do not run in {precision}"):
        load_model(saved("mamba"), precision)


def test_a_half_precision_file_is_loaded_in_what_is_asked_for(tmp_path: Path):
    make_model("gpt2").half().save_pretrained(tmp_path)
    assert {each.dtype for each in load_model(tmp_path, "float32").parameters()} == {torch.float32}


def test_estimates_by_hand():
    """A thousand parameters, of which 640 in two matrices with 20 rows."""
    weights = Weights(parameters=1000, quantizable=640, rows=20, matrices=2, buffers=7)
    assert estimate_bytes(weights, "float32") == 4007
    assert estimate_bytes(weights, "bfloat16") == estimate_bytes(weights, "float16") == 2007
    assert estimate_bytes(weights, "int8") == 7 + 360 * 4 + 640 + 80
    assert estimate_bytes(weights, "int8", "cuda") == 7 + 360 * 2 + 640 + 80
    # Half a byte each, ten scales of a byte, and two tables.
    assert estimate_bytes(weights, "nf4", "cuda") == estimate_bytes(weights, "fp4", "cuda") == 7 + 720 + 320 + 10 + 2 * 1092
    # A quarter of a byte each, and two numbers of two bytes for each 32.
    assert estimate_bytes(weights, "hqq2") == 7 + 720 + 160 + 80


def test_each_smaller_precision_is_smaller():
    weights = Weights(parameters=7_000_000_000, quantizable=6_500_000_000, rows=1_000_000, matrices=225, buffers=0)
    for precision in get_args(Precision):
        for device in ("cpu", "cuda"):
            less = smaller(precision)
            if less is not None:
                assert estimate_bytes(weights, less, device) < estimate_bytes(weights, precision, device)
    assert smaller("hqq2") is None


@pytest.mark.parametrize(
    ("word", "precision"),
    [("float32", "float32"), ("FP32", "float32"), (" bf16 ", "bfloat16"), ("half", "float16"), ("8bit", "int8"), ("nf4", "nf4")],
)
def test_precisions_by_name_and_by_short_form(word: str, precision: Precision):
    assert parse_precision(word) == precision


def test_an_unknown_precision_is_refused():
    with pytest.raises(BadRequest, match="no precision called float8") as caught:
        parse_precision("float8")
    assert "bfloat16" in caught.value.hint
