"""What ours is measured against: a plain loop in torch, and the libraries that the field trains with.

This file runs in each library's own environment: it imports torch, and of the libraries the one that is asked for. Each does in a
step what its own trainer does, but for logging.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

# What pip is asked for, after torch in our version: alone, some of them bring one for another device.
PACKAGES = {
    "eai-sparsify": "eai-sparsify==1.3.3",
    "sae-lens": "sae-lens==6.54.12",
    "dictionary-learning": "dictionary-learning==0.1.0",
}


@dataclass(frozen=True)
class Wanted:
    """A rate that is given grows over a twentieth of the steps. None: rate, warm-up and optimizer are the library's defaults."""

    width: int
    k: int
    steps: int
    seed: int
    rate: float | None

    @property
    def warm_up(self) -> int:
        return self.steps // 20


# As the library itself uses what it trained: activations (tokens, width), and the reconstruction.
Use = Callable[[Tensor], tuple[Tensor, Tensor]]


class Trained(NamedTuple):
    step: Callable[[Tensor], Any]
    # (width, d).
    decoder: Callable[[], Tensor]
    # When the training is over.
    ready: Callable[[], Use]


def dense(first: Tensor, wanted: Wanted) -> Trained:
    """TopK as one writes it down: whole tables, torch's own autograd."""
    d, width = first.shape[1], wanted.width
    chance = torch.Generator().manual_seed(wanted.seed)
    rows = torch.nn.functional.normalize(torch.randn(width, d, generator=chance), dim=1)
    encoder, decoder = torch.nn.Parameter(rows.clone()), torch.nn.Parameter(rows.clone())
    b_enc, b_dec = torch.nn.Parameter(torch.zeros(width)), torch.nn.Parameter(torch.zeros(d))
    parameters = [encoder, decoder, b_enc, b_dec]
    optimizer = torch.optim.Adam(parameters, lr=wanted.rate or 1e-3, fused=True)
    silent = torch.zeros(width, dtype=torch.int64)

    def encode(x: Tensor) -> Tensor:
        pre = (x - b_dec) @ encoder.t() + b_enc
        values, indices = pre.topk(wanted.k, sorted=False)
        return torch.zeros_like(pre).scatter(1, indices, values.relu())

    def step(x: Tensor) -> None:
        z = encode(x)
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

    def use(x: Tensor) -> tuple[Tensor, Tensor]:
        z = encode(x)
        return z, z @ decoder + b_dec

    return Trained(step, lambda: decoder, lambda: use)


def sparsify(first: Tensor, wanted: Wanted) -> Trained:
    from sparsify import SparseCoderConfig
    from sparsify.sign_sgd import SignSGD
    from sparsify.sparse_coder import SparseCoder

    torch.manual_seed(wanted.seed)
    coder: Any = SparseCoder(first.shape[1], SparseCoderConfig(num_latents=wanted.width, k=wanted.k))
    coder.b_dec.data = first.mean(0)
    optimizer: Any
    schedule = None
    if wanted.rate is None:
        from schedulefree import ScheduleFreeWrapper

        optimizer = ScheduleFreeWrapper(SignSGD(coder.parameters(), lr=5e-3 / (wanted.width / 2**14) ** 0.5), momentum=0.95)
        optimizer.train()
    else:
        optimizer = torch.optim.Adam(coder.parameters(), lr=wanted.rate, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: _rising_and_falling(done, wanted))
    silent = torch.zeros(wanted.width, dtype=torch.int64)

    def step(x: Tensor) -> None:
        coder.set_decoder_norm_to_unit_norm()
        out = coder(x)
        out.fvu.backward()
        coder.remove_gradient_parallel_to_decoder_directions()
        optimizer.step()
        optimizer.zero_grad()
        if schedule is not None:
            schedule.step()
        fired = torch.zeros(wanted.width, dtype=torch.bool)
        fired[out.latent_indices.flatten()] = True
        silent.add_(len(x)).masked_fill_(fired, 0)

    def use(x: Tensor) -> tuple[Tensor, Tensor]:
        found = coder.encode(x)
        z = torch.zeros(len(x), wanted.width).scatter(1, found.top_indices, found.top_acts)
        return z, coder.decode(found.top_acts, found.top_indices)

    def ready() -> Use:
        if schedule is None:
            optimizer.eval()
        return use

    return Trained(step, lambda: coder.W_dec, ready)


def _rising_and_falling(done: int, wanted: Wanted) -> float:
    """As the library's own schedule for Adam."""
    if done < wanted.warm_up:
        return done / wanted.warm_up
    return max(0.0, (wanted.steps - done) / max(1, wanted.steps - wanted.warm_up))


def dictionary_learning(first: Tensor, wanted: Wanted) -> Trained:
    from dictionary_learning.trainers.top_k import TopKTrainer

    trainer: Any = TopKTrainer(
        steps=wanted.steps,
        activation_dim=first.shape[1],
        dict_size=wanted.width,
        k=wanted.k,
        layer=0,
        lm_name="none",
        lr=wanted.rate,
        warmup_steps=1000 if wanted.rate is None else wanted.warm_up,
        device="cpu",
        seed=wanted.seed,
    )
    made = 0

    def step(x: Tensor) -> None:
        nonlocal made
        trainer.update(made, x)
        made += 1

    def use(x: Tensor) -> tuple[Tensor, Tensor]:
        z = trainer.ae.encode(x)
        return z, trainer.ae.decode(z)

    return Trained(step, trainer.ae.decoder.weight.t, lambda: use)


def sae_lens(first: Tensor, wanted: Wanted) -> Trained:
    from sae_lens.saes.sae import TrainStepInput
    from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig

    torch.manual_seed(wanted.seed)
    sae: Any = TopKTrainingSAE(TopKTrainingSAEConfig(d_in=first.shape[1], d_sae=wanted.width, k=wanted.k, device="cpu"))
    optimizer = torch.optim.Adam(sae.parameters(), lr=wanted.rate or 3e-4)
    silent = torch.zeros(wanted.width)
    made = 0

    def step(x: Tensor) -> None:
        nonlocal made
        if wanted.rate is not None:
            optimizer.param_groups[0]["lr"] = wanted.rate * min(1.0, (made + 1) / max(1, wanted.warm_up))
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

    def use(x: Tensor) -> tuple[Tensor, Tensor]:
        z = sae.encode(x)
        return z, sae.decode(z)

    return Trained(step, lambda: sae.W_dec, lambda: use)


PEERS: dict[str, Callable[[Tensor, Wanted], Trained]] = {
    "plain torch": dense,
    "eai-sparsify": sparsify,
    "dictionary-learning": dictionary_learning,
    "sae-lens": sae_lens,
}
