"""TopK as one writes it down in torch: whole tables, torch's own autograd."""

from __future__ import annotations

import torch
from torch import Tensor

from .wanted import Trained, Wanted


def plain(first: Tensor, wanted: Wanted) -> Trained:
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
