"""What every architecture is while it is trained: weights on normalized inputs, a loss, what is done before and after an update.

A new architecture is a class like those beside this file: it says which features are on, and what the loss is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from .dead import find_residual_variance
from .net import Activation, Form, SparseAutoencoder
from .schema import SaeOptions
from .shape import Shape
from .sparse import Entries, product
from .start import geometric_median, unit_rows


@dataclass
class BatchState:
    """What a loss needs to know of the run, and of the whole batch that its micro-batch is a part of."""

    step: int
    steps: int
    # Of the whole batch.
    tokens: int
    # The coefficient of the sparsity penalty as it is now.
    penalty: float
    # (width,) bool: did not fire for long.
    dead: Tensor
    # Found by `prepare`: what is on starts here (BatchTopK); what aux-k's error is divided by.
    threshold: Tensor | None = None
    residual_variance: Tensor | None = None
    # Found by the losses: by how much each dead feature's bias falls short of having it on at one token.
    short: Tensor | None = None
    # And how long the batch's vectors are, on the average.
    length: Tensor | float = 0.0


@dataclass
class Losses:
    """Of one micro-batch. `total` is divided by the tokens of the whole batch; figures are sums, in normalized units."""

    total: Tensor
    # What `total` is made of, without graphs.
    parts: dict[str, Tensor]
    # Over tokens and dimensions.
    squared_error: Tensor
    # Over tokens, the sum of activations times the length of their decoder rows.
    l1: Tensor
    # (width,) int64: on how many tokens each feature was on.
    counts: Tensor

    @classmethod
    def of(cls, sae: TrainingSae, error: Tensor, z: Tensor, entries: Entries | None, state: BatchState) -> Losses:
        """The squared error a dimension, as every architecture has it, and the figures."""
        squared = error.square().sum()
        mse = squared / (sae.shape.d_out * state.tokens)
        detached = z.detach()
        lengths = sae.row_lengths()
        if entries is None:
            counts = (detached > 0).sum(0)
            l1 = (detached if lengths is None else detached * lengths.detach()).sum()
        else:
            counts = torch.bincount(entries.features[detached > 0], minlength=sae.shape.width)
            l1 = (detached if lengths is None else detached * lengths.detach()[entries.features]).sum()
        return cls(mse, {"mse": mse.detach()}, squared.detach(), l1, counts)

    def add(self, name: str, part: Tensor) -> None:
        self.total = self.total + part
        self.parts[name] = part.detach()

    @property
    def active(self) -> Tensor:
        return self.counts.sum()

    @property
    def fired(self) -> Tensor:
        return self.counts > 0


# The encoder of a feature with a new direction, beside the others: it shall not take over at once.
REVIVED = 0.2
# Pre-activations that are held at once.
BLOCK = 2**22
Pair = tuple[Tensor, Tensor]


class TrainingSae(nn.Module):
    architecture: ClassVar[str]
    # What the inference form does.
    activation: ClassVar[Activation]
    # Does the inference form work by a threshold that is to be calibrated?
    needs_threshold: ClassVar[bool] = False
    # Is its sparsity set by a penalty, so that a target L0 can move it?
    penalized: ClassVar[bool] = False

    W_enc: nn.Parameter
    b_enc: nn.Parameter
    W_dec: nn.Parameter
    b_dec: nn.Parameter
    W_skip: nn.Parameter | None

    def __init__(self, shape: Shape, options: SaeOptions, seed: int) -> None:
        super().__init__()
        self.shape = shape
        self.options = options
        # In which the encoder's products are taken. Weights stay in float32.
        self.compute = torch.float32
        self.centered = options.target == "autoencode"
        chance = torch.Generator().manual_seed(seed)
        decoder = unit_rows(shape.width, shape.d_out, chance)
        tied = options.tied_start and shape.d_in == shape.d_out
        self.W_dec = nn.Parameter(decoder)
        self.W_enc = nn.Parameter(decoder.clone() if tied else unit_rows(shape.width, shape.d_in, chance))
        self.b_enc = nn.Parameter(torch.zeros(shape.width))
        self.b_dec = nn.Parameter(torch.zeros(shape.d_out))
        skip = options.target == "skip_transcode"
        self.W_skip = nn.Parameter(torch.zeros(shape.d_out, shape.d_in)) if skip else None

    # ---- once ------------------------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def start(self, x: Tensor, y: Tensor) -> None:
        """From the first batch, normalized."""
        if self.options.start_at == "zero":
            return
        middle = geometric_median if self.options.start_at == "geometric_median" else (lambda rows: rows.mean(0))
        self.b_dec.copy_(middle(y))
        if not self.centered:
            # The encoder of a transcoder has no centre of its own to take away.
            self.b_enc.copy_(-(self.W_enc @ middle(x)))

    @torch.no_grad()
    def take(self, sae: SparseAutoencoder) -> None:
        """Start from another SAE of the same shape, in normalized units."""
        bias = sae.b_enc
        if sae.form.centered != self.centered:
            moved = sae.encoder @ sae.b_dec
            bias = bias - moved if sae.form.centered else bias + moved
        self.W_enc.copy_(sae.encoder)
        self.b_enc.copy_(bias)
        self.W_dec.copy_(sae.W_dec)
        self.b_dec.copy_(sae.b_dec)
        if self.W_skip is not None and sae.W_skip is not None:
            self.W_skip.copy_(sae.W_skip)

    # ---- each step -------------------------------------------------------------------------------------------------------------

    def tokens_at_once(self, x: Tensor) -> int:
        """How many tokens of this batch are best worked on together, where memory allows it."""
        return len(x)

    @torch.no_grad()
    def prepare(self, parts: Sequence[Pair], state: BatchState) -> None:
        """Before a step, over the whole batch: what its micro-batches cannot find out alone.

        A batch in one part finds it in its loss, without computing anything twice.
        """
        if len(parts) > 1:
            find_residual_variance(self, parts, state)

    def reconstruct(self, x: Tensor, state: BatchState) -> Tensor:
        raise NotImplementedError

    def loss(self, x: Tensor, y: Tensor, state: BatchState) -> Losses:
        raise NotImplementedError

    @torch.no_grad()
    def before_update(self) -> None:
        """Before clipping: rows of the decoder are turned, not stretched."""
        if self.options.decoder_norm == "unit" and self.W_dec.grad is not None:
            along = torch.linalg.vecdot(self.W_dec.grad, self.W_dec)
            self.W_dec.grad.addcmul_(self.W_dec, along[:, None], value=-1)

    @torch.no_grad()
    def after_update(self) -> None:
        if self.options.decoder_norm == "unit":
            self.W_dec.div_(torch.linalg.vector_norm(self.W_dec, dim=1, keepdim=True).clamp_min(1e-12))

    # ---- in the end ------------------------------------------------------------------------------------------------------------

    def inference(self, threshold: float | None = None) -> SparseAutoencoder:
        """As it is used, still for normalized inputs; `Normalizer.fold` brings it to the model's units.

        `threshold` is for those that need one (`threshold.py` finds it).
        """
        more = self.more_tensors()
        if self.needs_threshold:
            if threshold is None:
                raise ValueError("This architecture is used with a threshold")
            more["threshold"] = torch.tensor(threshold, device=self.W_dec.device)
        form = Form(self.activation, k=self.options.k if self.activation == "topk" else None, centered=self.centered)
        weights = {"encoder": self.W_enc, "b_enc": self.b_enc, "W_dec": self.W_dec, "b_dec": self.b_dec, "W_skip": self.W_skip}
        return SparseAutoencoder(form, **weights, **more)  # type: ignore[arg-type]

    def more_tensors(self) -> dict[str, Tensor]:
        """What the inference form needs besides the weights that all have."""
        return {}

    @torch.no_grad()
    def revive(self, features: Tensor, inputs: Tensor, targets: Tensor) -> None:
        """Give these features new directions, rows of length 1."""
        length = torch.linalg.vector_norm(self.W_enc, dim=1).mean()
        self.W_enc[features] = inputs * length * REVIVED
        self.b_enc[features] = 0.0
        self.W_dec[features] = targets

    @torch.no_grad()
    def lift(self, features: Tensor, by: Tensor) -> None:
        """Let these features (a mask) be on more easily, by so much of a pre-activation."""
        self.b_enc[features] += by

    # ---- for architectures -----------------------------------------------------------------------------------------------------

    def centre(self, x: Tensor) -> Tensor:
        return x - self.b_dec.detach() if self.centered else x

    @property
    def centre_bias(self) -> nn.Parameter | None:
        """What the encoder's gradient goes into besides its own weights."""
        return self.b_dec if self.centered else None

    @torch.no_grad()
    def pre_activations(self, centred: Tensor) -> Tensor:
        """Without a graph; `sparse.encode` gives those that matter their gradients."""
        return product(centred, self.W_enc, self.b_enc, self.compute)

    def blocks(self, centred: Tensor) -> Iterator[Tensor]:
        """The same in blocks of tokens: one that stays in the processor's cache, and never the whole batch's."""
        for rows in torch.split(centred, max(1, BLOCK // self.shape.width)):
            yield self.pre_activations(rows)

    def bar(self, z: Tensor, features: Tensor, state: BatchState) -> Tensor:
        """What pre-activations of these features must reach to be on beside the activations `z`: (tokens or 1, features or 1)."""
        raise NotImplementedError

    def beside(self, x: Tensor) -> Tensor:
        """What is in a reconstruction besides the features."""
        return self.b_dec if self.W_skip is None else self.b_dec + x @ self.W_skip.t()

    def row_lengths(self) -> Tensor | None:
        """Of the decoder's rows; None: all are 1."""
        return None if self.options.decoder_norm == "unit" else torch.linalg.vector_norm(self.W_dec, dim=1)
