"""The facts of an architecture, against a count by hand, with and without weights."""

from __future__ import annotations

import pytest

from mistudio_ext.models.describe import describe, empty_model
from tests.support.families import FAMILIES, LAYERS, VOCABULARY, WIDTH, get_model

NO_HEADS = ("mamba", "rwkv")
OWN_KEYS = ("gpt2", "gpt_neox", "gpt_neox_sequential", "opt", "opt_postnorm", "bloom", "gptj", "gpt_neo", "mpt")
FOUR_TIMES = ("gpt2", "bloom", "falcon", "falcon_new", "falcon_sequential", "gptj", "gpt_neo", "mpt", "rwkv")
EXPERTS = ("mixtral", "qwen3_moe", "gpt_oss")


@pytest.mark.parametrize("name", FAMILIES)
def test_facts(name: str):
    model = get_model(name)
    facts = describe(model)
    assert facts == describe(empty_model(model.config))
    assert facts.family == (FAMILIES[name].model_type or name)
    assert facts.architecture == type(model).__name__
    assert (facts.layers, facts.hidden_size, facts.vocabulary) == (LAYERS, WIDTH, VOCABULARY)
    assert facts.heads == (None if name in NO_HEADS else 4)
    one_for_all = ("falcon", "falcon_sequential")
    assert facts.key_value_heads == (None if name in NO_HEADS else 1 if name in one_for_all else 4 if name in OWN_KEYS else 2)
    assert facts.context == {"bloom": None, "mamba": None, "rwkv": 1024}.get(name, 64)
    assert facts.mlp_ratio == (None if name == "mamba" else 1.0 if name == "qwen3_moe" else 4.0 if name in FOUR_TIMES else 2.0)
    assert facts.experts == (4 if name in EXPERTS else None)


def test_parameters_by_hand():
    """Llama: two projections of 64 and two of 32 outputs, three matrices of the MLP, two norms; two embeddings, a norm."""
    layer = 2 * 64 * 64 + 2 * 32 * 64 + 3 * 128 * 64 + 2 * 64
    facts = describe(get_model("llama"))
    assert facts.layer_parameters == layer
    assert facts.parameters == 3 * layer + 2 * 128 * 64 + 64
    assert not facts.tied_embeddings


def test_tied_embeddings_are_counted_once():
    """GPT-2: one matrix for queries, keys and values, one back, two of the MLP, their biases, two norms."""
    layer = 64 * 192 + 192 + 64 * 64 + 64 + 2 * 64 * 256 + 256 + 64 + 4 * 64
    facts = describe(get_model("gpt2"))
    assert facts.layer_parameters == layer
    assert facts.parameters == 3 * layer + 128 * 64 + 64 * 64 + 2 * 64
    assert facts.tied_embeddings
