"""The six architectures written as plainly as they can be: whole tables, plain autograd, nothing shared with the package."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor


class Step(torch.autograd.Function):
    """Heaviside, with the rectangular kernel's estimate for the threshold alone."""

    @staticmethod
    def forward(ctx: Any, pre: Tensor, threshold: Tensor, width: float) -> Tensor:
        ctx.save_for_backward(pre, threshold)
        ctx.width = width
        return (pre > threshold).to(pre.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        pre, threshold = ctx.saved_tensors
        kernel = ((pre - threshold) / ctx.width).abs().lt(0.5).to(pre.dtype) / ctx.width
        return None, (-kernel * gradient).sum(0), None


class Jump(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, pre: Tensor, threshold: Tensor, width: float) -> Tensor:
        ctx.save_for_backward(pre, threshold)
        ctx.width = width
        return pre * (pre > threshold)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        pre, threshold = ctx.saved_tensors
        kernel = ((pre - threshold) / ctx.width).abs().lt(0.5).to(pre.dtype) / ctx.width
        return gradient * (pre > threshold), (-threshold * kernel * gradient).sum(0), None


def keep_top(pre: Tensor, k: int) -> Tensor:
    mask = torch.zeros_like(pre).scatter(1, pre.detach().topk(k, dim=1).indices, 1.0)
    return pre.relu() * mask


def keep_top_of_batch(pre: Tensor, count: int) -> Tensor:
    flat = pre.relu().reshape(-1)
    mask = torch.zeros_like(flat).scatter(0, flat.detach().topk(count).indices, 1.0)
    return (flat * mask).view_as(pre)


def dense_loss(
    w: dict[str, Tensor],
    x: Tensor,
    y: Tensor,
    options: Any,
    *,
    centered: bool,
    penalty: float,
    dead: Tensor,
    prefixes: list[int] | None = None,
) -> SimpleNamespace:
    """Loss of one whole batch from weights by name; its parts, activations and reconstruction."""
    tokens, d = y.shape
    x_c = x - w["b_dec"] if centered else x
    pre = x_c @ w["W_enc"].T + w["b_enc"]
    beside = w["b_dec"] + (x @ w["W_skip"].T if "W_skip" in w else 0.0)
    lengths = w["W_dec"].norm(dim=1)
    gates = None
    match options.architecture:
        case "topk":
            z = keep_top(pre, options.k)
        case "batchtopk" | "matryoshka":
            z = keep_top_of_batch(pre, options.k * tokens)
        case "standard":
            z = pre.relu()
        case "jumprelu":
            z = Jump.apply(pre, w["threshold"], options.bandwidth)
        case "gated":
            linear = x_c @ w["W_enc"].T
            gates = (linear + w["b_enc"]).relu()
            z = (linear * w["r_mag"].exp() + w["b_mag"]).relu() * (linear + w["b_enc"] > 0)
    y_hat = z @ w["W_dec"] + beside
    parts: dict[str, Tensor] = {}
    if options.architecture == "matryoshka":
        assert prefixes is not None
        errors = [(z[:, :p] @ w["W_dec"][:p] + beside - y).square().sum() / (d * tokens) for p in prefixes]
        parts["prefixes"] = torch.stack(errors).mean()
    else:
        parts["mse"] = (y_hat - y).square().sum() / (d * tokens)
    if options.architecture == "standard":
        parts["l1"] = penalty * (z * lengths).sum() / tokens
    if options.architecture == "jumprelu":
        parts["l0"] = penalty * Step.apply(pre, w["threshold"], options.bandwidth).sum() / tokens
    if gates is not None:
        parts["l1"] = penalty * (gates * lengths).sum() / tokens
        frozen = beside.detach() if "W_skip" not in w else w["b_dec"].detach() + x @ w["W_skip"].detach().T
        parts["gates"] = (gates @ w["W_dec"].detach() + frozen - y).square().sum() / (d * tokens)
    if dead.any():
        residual = (y - y_hat).detach()
        if options.dead_features == "aux_k":
            k_aux = min(options.aux_k or max(1, x.shape[1] // 32), int(dead.sum()))
            strongest = keep_top(pre.masked_fill(~dead, -torch.inf), k_aux).masked_fill(~dead, 0.0)
            share = (strongest @ w["W_dec"] - residual).square().sum() / (residual - residual.mean(0)).square().sum()
            parts["aux"] = options.aux_coefficient * share
        if options.dead_features == "ghost":
            modeled = pre[:, dead].exp() @ w["W_dec"][dead]
            scale = (residual.norm(dim=1, keepdim=True) / (2 * modeled.norm(dim=1, keepdim=True))).detach()
            error = (modeled * scale - residual).square().sum(1)
            parts["ghost"] = (error * (residual.square().sum(1) / error).detach()).sum() / (d * tokens)
    return SimpleNamespace(total=sum(parts.values()), parts=parts, z=z, y_hat=y_hat)
