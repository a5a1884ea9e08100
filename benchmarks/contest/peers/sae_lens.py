"""sae-lens: its training classes, with the loop of its trainer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .wanted import Trained, Wanted


def _sae(d: int, wanted: Wanted) -> Any:
    from sae_lens import saes

    k, l0 = {"k": wanted.k}, {"jumprelu_sparsity_loss_mode": "step"}
    sae, config, more = {
        "topk": (saes.TopKTrainingSAE, saes.TopKTrainingSAEConfig, k),
        "batchtopk": (saes.BatchTopKTrainingSAE, saes.BatchTopKTrainingSAEConfig, k),
        "matryoshka": (
            saes.MatryoshkaBatchTopKTrainingSAE,
            saes.MatryoshkaBatchTopKTrainingSAEConfig,
            k | {"matryoshka_widths": wanted.prefixes},
        ),
        "standard": (saes.StandardTrainingSAE, saes.StandardTrainingSAEConfig, {}),
        "jumprelu": (saes.JumpReLUTrainingSAE, saes.JumpReLUTrainingSAEConfig, l0),
        "gated": (saes.GatedTrainingSAE, saes.GatedTrainingSAEConfig, {}),
    }[wanted.architecture]
    made: Any = config(d_in=d, d_sae=wanted.width, device="cpu", **more)
    return sae(made)


def sae_lens(first: Tensor, wanted: Wanted) -> Trained:
    from sae_lens.saes.sae import TrainStepInput

    torch.manual_seed(wanted.seed)
    sae = _sae(first.shape[1], wanted)
    optimizer = torch.optim.Adam(sae.parameters(), lr=wanted.rate or 3e-4)
    coefficients = {name: each.value for name, each in sae.get_coefficients().items()}
    silent = torch.zeros(wanted.width)
    made = 0

    def step(x: Tensor) -> None:
        nonlocal made
        if wanted.rate is not None:
            optimizer.param_groups[0]["lr"] = wanted.rate * min(1.0, (made + 1) / max(1, wanted.warm_up))
        out = sae.training_forward_pass(
            step_input=TrainStepInput(
                sae_in=x, coefficients=coefficients, dead_neuron_mask=silent > 1000, n_training_steps=made, is_logging_step=False
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

    def use(x: Tensor) -> tuple[Tensor, Tensor]:
        z = sae.encode(x)
        return z, sae.decode(z)

    return Trained(step, lambda: sae.W_dec, lambda: use)
