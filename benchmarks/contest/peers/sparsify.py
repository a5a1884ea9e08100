"""eai-sparsify."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .wanted import Trained, Use, Wanted


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
