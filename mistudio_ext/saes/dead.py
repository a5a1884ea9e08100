"""Features that never fire: counting them, and what brings them back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .largest import top_k
from .schema import DeadTreatment
from .sparse import Entries, decode, encode

if TYPE_CHECKING:
    from .training_form import BatchState, Losses, Pair, TrainingSae

# Aux-k helps a feature that was silent for this share of the tokens after which it counts as dead: then it is late.
HELPED_AFTER = 0.1
# A lifted feature rises this share further than it must, so that it is on in the next batch as well.
LIFTED_OVER = 0.1
# No bias is lifted above this share of a token's length, divided among the features that are on.
HIGHEST = 0.75


class DeadCount:
    """For how many tokens each feature has been silent."""

    def __init__(self, width: int, limit: int, device: torch.device | str = "cpu") -> None:
        self.limit = limit
        self.silent = torch.zeros(width, dtype=torch.int64, device=device)

    def add(self, fired: Tensor, tokens: int) -> None:
        self.silent = torch.where(fired, 0, self.silent + tokens)

    @property
    def dead(self) -> Tensor:
        return self.silent >= self.limit

    def treated(self, treatment: DeadTreatment) -> Tensor:
        """Whom a loss brings back. Aux-k helps early, for it does little to a feature that is only rare."""
        return self.silent >= HELPED_AFTER * self.limit if treatment == "aux_k" else self.dead


# ---- aux-k -------------------------------------------------------------------------------------------------------------------


def needs_residual(sae: TrainingSae, state: BatchState) -> bool:
    return sae.options.dead_features in ("aux_k", "ghost") and bool(state.dead.any())


def find_residual_variance(sae: TrainingSae, parts: Sequence[Pair], state: BatchState) -> None:
    """Of a batch in several parts, the squared error about its mean."""
    if not needs_residual(sae, state):
        return
    squares = torch.zeros((), dtype=torch.float64, device=sae.W_dec.device)
    sums = torch.zeros(sae.shape.d_out, dtype=torch.float64, device=sae.W_dec.device)
    for x, y in parts:
        error = (y - sae.reconstruct(x, state)).double()
        squares += error.square().sum()
        sums += error.sum(0)
    state.residual_variance = (squares - sums.square().sum() / state.tokens).float()


def add_dead_loss(sae: TrainingSae, losses: Losses, centred: Tensor, residual: Tensor, z: Tensor, state: BatchState) -> None:
    """`residual` is what the reconstruction by `z` lacks."""
    if not needs_residual(sae, state):
        return
    if sae.options.dead_features == "aux_k":
        losses.add("aux", sae.options.aux_coefficient * aux_k_loss(sae, centred, residual.detach(), z.detach(), state))
    else:
        losses.add("ghost", ghost_loss(sae, centred, residual.detach(), state))


def aux_k_loss(sae: TrainingSae, centred: Tensor, residual: Tensor, z: Tensor, state: BatchState) -> Tensor:
    """Share of the error's variance that the strongest dead features leave unexplained when they model it.

    The decoder's bias has no part in it: the error has it taken away already.
    """
    dead = state.dead.nonzero()[:, 0]
    k = min(sae.options.aux_k or max(1, sae.shape.d_in // 32), len(dead))
    with torch.no_grad():
        pre = centred @ sae.W_enc[dead].t() + sae.b_enc[dead]
        short = (sae.bar(z, dead, state) - pre).amin(0)
        state.short = short if state.short is None else torch.minimum(state.short, short)
        state.length = state.length + torch.linalg.vector_norm(centred, dim=1).sum() / state.tokens
        values, among = top_k(pre, k)
        entries = Entries.regular(dead[among], sae.shape.width)
    modeled = encode(values.reshape(-1), centred, sae.W_enc, sae.b_enc, sae.centre_bias, entries).relu()
    error = decode(modeled, sae.W_dec, entries) - residual
    variance = state.residual_variance
    if variance is None:
        variance = (residual - residual.mean(0)).square().sum()
    return error.square().sum() / variance.clamp_min(torch.finfo(torch.float32).tiny)


@torch.no_grad()
def lift(sae: TrainingSae, state: BatchState) -> None:
    """After a step: the biases of dead features rise so far that each would have been on at one token of the batch, and a bit.

    Where there is nothing left that they could model, aux-k makes them smaller, and they would never come back. There is a
    height that none rises above: features that nobody needs, each lifted over the others again and again, would drown the rest.
    """
    if state.short is None:
        return
    options = sae.options
    on = options.target_l0 if sae.penalized and options.target_l0 is not None else options.k
    room = (HIGHEST * state.length / math.sqrt(on) - sae.b_enc[state.dead]).clamp_min(0)
    sae.lift(state.dead, torch.minimum(state.short.clamp_min(0) * (1 + LIFTED_OVER), room))


# ---- ghost gradients ----------------------------------------------------------------------------------------------------------


def ghost_loss(sae: TrainingSae, centred: Tensor, residual: Tensor, state: BatchState) -> Tensor:
    """Dead features, through an exponential that is never off, model the error: each token's part is as large as its own error.

    (Jermyn and Templeton, transformer-circuits.pub, January 2024.)
    """
    dead = state.dead.nonzero()[:, 0]
    centre = centred if sae.centre_bias is None else centred + sae.b_dec.detach() - sae.b_dec
    modeled = (centre @ sae.W_enc[dead].t() + sae.b_enc[dead]).exp() @ sae.W_dec[dead]
    length = modeled.norm(dim=1, keepdim=True).clamp_min(1e-12)
    half = (residual.norm(dim=1, keepdim=True) / (2 * length)).detach()
    error = (modeled * half - residual).square().sum(1)
    weight = (residual.square().sum(1) / error.clamp_min(1e-12)).detach()
    total: Tensor = (error * weight).sum() / (sae.shape.d_out * state.tokens)
    return total


# ---- resampling ---------------------------------------------------------------------------------------------------------------


@torch.no_grad()
def resample(sae: TrainingSae, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor, state: BatchState, seed: int) -> int:
    """Dead features take the directions of badly reconstructed tokens of this batch; how many did.

    Tokens are drawn by the square of their loss (Bricken et al., 2023). What the optimizer remembers of the features goes.
    """
    features = state.dead.nonzero()[:, 0][: len(x)]
    if not len(features):
        return 0
    losses = (sae.reconstruct(x, state) - y).square().sum(1).double()
    chance = torch.Generator().manual_seed(seed)
    rows = torch.multinomial(losses.square().cpu() + 1e-300, len(features), generator=chance).to(x.device)
    unit = torch.nn.functional.normalize
    sae.revive(features, unit(sae.centre(x[rows]), dim=1), unit(y[rows] - sae.b_dec, dim=1))
    for parameter in sae.parameters():
        if parameter.shape[0] == sae.shape.width:
            for kept in optimizer.state.get(parameter, {}).values():
                if isinstance(kept, Tensor) and kept.shape == parameter.shape:
                    kept[features] = 0.0
    return len(features)
