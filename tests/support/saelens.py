"""Folders as SAELens lays them out, written without it and without us, and what it computes with them, in NumPy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

D, D_OUT, WIDTH, K = 6, 4, 20, 3
Numbers = np.ndarray[Any, np.dtype[Any]]


def config(architecture: str = "standard", **more: Any) -> dict[str, Any]:
    metadata = {
        "sae_lens_version": "6.54.12", "sae_lens_training_version": "6.54.12", "model_name": "tiny",
        "hook_name": "blocks.1.hook_resid_post", "prepend_bos": True,
    }  # fmt: skip
    transcoder = "transcoder" in architecture
    values: dict[str, Any] = {
        "d_in": D, "d_sae": WIDTH, "dtype": "float32", "device": "cpu", "apply_b_dec_to_input": not transcoder,
        "normalize_activations": "none", "reshape_activations": "none", "architecture": architecture,
    }  # fmt: skip
    if transcoder:
        values["d_out"] = D_OUT
        metadata |= {"hook_name": "blocks.1.ln2.hook_normalized", "hook_name_out": "blocks.1.hook_mlp_out"}
    if architecture == "topk":
        values |= {"k": K, "rescale_acts_by_decoder_norm": False}
    return values | {"metadata": metadata | more.pop("metadata", {})} | more


def weights(architecture: str = "standard", d_in: int = D, seed: int = 0) -> dict[str, Numbers]:
    chance = np.random.default_rng(seed)
    d_out = D_OUT if "transcoder" in architecture else d_in

    def some(*shape: int) -> Numbers:
        return (chance.normal(size=shape) * 0.4).astype(np.float32)

    found = {"W_enc": some(d_in, WIDTH), "W_dec": some(WIDTH, d_out), "b_dec": some(d_out)}
    if architecture == "gated":
        found |= {"b_gate": some(WIDTH), "b_mag": some(WIDTH), "r_mag": some(WIDTH)}
    else:
        found["b_enc"] = some(WIDTH)
    if "jumprelu" in architecture:
        found["threshold"] = np.abs(some(WIDTH))
    if "skip" in architecture:
        found["W_skip"] = some(d_out, d_in)
    return found


def write(folder: Path, values: dict[str, Any], tensors: dict[str, Numbers]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cfg.json").write_text(json.dumps(values))
    save_file({name: np.ascontiguousarray(each) for name, each in tensors.items()}, folder / "sae_weights.safetensors")
    return folder


def rows(count: int = 40, d_in: int = D) -> Numbers:
    return (np.random.default_rng(9).normal(size=(count, d_in)) * 2 + 0.3).astype(np.float32)


def computed(values: dict[str, Any], w: dict[str, Numbers], x: Numbers) -> tuple[Numbers, Numbers]:
    """Features and reconstruction, step by step as SAELens does them, in float64."""
    w = {name: each.astype(np.float64) for name, each in w.items()}
    x, transcoder = x.astype(np.float64), "transcoder" in values["architecture"]
    given = x
    if values["normalize_activations"] == "layer_norm":
        mean = x.mean(-1, keepdims=True)
        deviation = (x - mean).std(-1, ddof=1, keepdims=True)
        given = (x - mean) / (deviation + 1e-5)
    if values["apply_b_dec_to_input"]:
        given = given - w["b_dec"]
    lengths = np.linalg.norm(w["W_dec"], axis=1)
    by_length = values.get("rescale_acts_by_decoder_norm", False)
    match values["architecture"]:
        case "gated":
            on = given @ w["W_enc"] + w["b_gate"] > 0
            z = on * np.maximum(given @ (w["W_enc"] * np.exp(w["r_mag"])) + w["b_mag"], 0)
        case "topk":
            pre = (given @ w["W_enc"] + w["b_enc"]) * (lengths if by_length else 1)
            z = np.maximum(pre, 0)
            for row in z:
                row[np.argsort(row)[: -values["k"]]] = 0
        case name:
            pre = given @ w["W_enc"] + w["b_enc"]
            z = np.maximum(pre, 0)
            if "jumprelu" in name:
                z = z * (pre > w["threshold"])
    made = (z / lengths if by_length else z) @ w["W_dec"] + w["b_dec"]
    if values["normalize_activations"] == "layer_norm" and not transcoder:
        made = made * deviation + mean
    if "W_skip" in w:
        made = made + x @ w["W_skip"].T
    return z, made
