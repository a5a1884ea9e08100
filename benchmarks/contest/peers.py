"""What ours is measured against: a plain loop in torch, and the libraries that the field trains with.

This file runs in each library's own environment: it imports torch, and of the libraries the one that is asked for. Each does in a
step what its own trainer does, but for logging.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Step = Callable[[Tensor], Any]
# What pip is asked for, after torch in our version: alone, some of them bring one for another device.
PACKAGES = {
    "eai-sparsify": "eai-sparsify==1.3.3",
    "sae-lens": "sae-lens==6.54.12",
    "dictionary-learning": "dictionary-learning==0.1.0",
}


def dense(d: int, width: int, k: int, rate: float) -> Step:
    """TopK as one writes it down: whole tables, torch's own autograd."""
    chance = torch.Generator().manual_seed(0)
    rows = torch.nn.functional.normalize(torch.randn(width, d, generator=chance), dim=1)
    encoder, decoder = torch.nn.Parameter(rows.clone()), torch.nn.Parameter(rows.clone())
    b_enc, b_dec = torch.nn.Parameter(torch.zeros(width)), torch.nn.Parameter(torch.zeros(d))
    parameters = [encoder, decoder, b_enc, b_dec]
    optimizer = torch.optim.Adam(parameters, lr=rate, fused=True)
    silent = torch.zeros(width, dtype=torch.int64)

    def step(x: Tensor) -> None:
        pre = (x - b_dec) @ encoder.t() + b_enc
        values, indices = pre.topk(k, sorted=False)
        z = torch.zeros_like(pre).scatter(1, indices, values.relu())
        loss = (z @ decoder + b_dec - x).square().sum(1).mean()
        loss.backward()
        with torch.no_grad():
            assert decoder.grad is not None
            decoder.grad -= (decoder.grad * decoder).sum(1, keepdim=True) * decoder
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            decoder.div_(decoder.norm(dim=1, keepdim=True))
            fired = (z > 0).any(0)
            silent.add_(len(x)).masked_fill_(fired, 0)

    return step


def sparsify(d: int, width: int, k: int, rate: float) -> Step:
    from sparsify import SparseCoderConfig
    from sparsify.sparse_coder import SparseCoder

    coder: Any = SparseCoder(d, SparseCoderConfig(num_latents=width, k=k))
    optimizer = torch.optim.Adam(coder.parameters(), lr=rate, fused=True)
    silent = torch.zeros(width, dtype=torch.int64)

    def step(x: Tensor) -> None:
        coder.set_decoder_norm_to_unit_norm()
        out = coder(x)
        out.fvu.backward()
        coder.remove_gradient_parallel_to_decoder_directions()
        torch.nn.utils.clip_grad_norm_(coder.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        fired = torch.zeros(width, dtype=torch.bool)
        fired[out.latent_indices.flatten()] = True
        silent.add_(len(x)).masked_fill_(fired, 0)

    return step


def dictionary_learning(d: int, width: int, k: int, rate: float) -> Step:
    from dictionary_learning.trainers.top_k import TopKTrainer

    trainer: Any = TopKTrainer(
        steps=100_000,
        activation_dim=d,
        dict_size=width,
        k=k,
        layer=0,
        lm_name="none",
        lr=rate,
        warmup_steps=0,
        device="cpu",
        seed=0,
    )
    made = 0

    def step(x: Tensor) -> None:
        nonlocal made
        trainer.update(made, x)
        made += 1

    return step


def sae_lens(d: int, width: int, k: int, rate: float) -> Step:
    from sae_lens.saes.sae import TrainStepInput
    from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig

    sae: Any = TopKTrainingSAE(TopKTrainingSAEConfig(d_in=d, d_sae=width, k=k, device="cpu"))
    optimizer = torch.optim.Adam(sae.parameters(), lr=rate)
    silent = torch.zeros(width)
    made = 0

    def step(x: Tensor) -> None:
        nonlocal made
        out = sae.training_forward_pass(
            step_input=TrainStepInput(
                sae_in=x, coefficients={}, dead_neuron_mask=silent > 1000, n_training_steps=made, is_logging_step=False
            )
        )
        with torch.no_grad():
            fired = (out.feature_acts > 0).float().sum(0)
            silent.add_(1).masked_fill_(fired > 0, 0)
        out.loss.backward()
        torch.nn.utils.clip_grad_norm_(sae.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        made += 1

    return step


PEERS: dict[str, Callable[[int, int, int, float], Step]] = {
    "plain torch": dense,
    "eai-sparsify": sparsify,
    "dictionary-learning": dictionary_learning,
    "sae-lens": sae_lens,
}
