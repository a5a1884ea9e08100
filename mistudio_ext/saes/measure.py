"""How well an SAE reconstructs and how sparse it is, gathered over batches of held-out rows in float64: sums alone, so that
parts can be put together, and one ratio of them in the end. Definitions: docs/metrics.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .affine import AffineMap
from .moments import Moments
from .net import SparseAutoencoder
from .slices import in_slices

if TYPE_CHECKING:
    from torch import Tensor

# Principal directions with less than this of the largest variance do not count, and there must be so many tokens a dimension.
SMALLEST, TOKENS_A_DIMENSION = 1e-6, 10


@dataclass(frozen=True)
class Numbers:
    """None is what is not defined here; `why` says why. `fired` counts the tokens at which each feature fired."""

    tokens: int
    mse: float | None
    fvu: float | None
    whitened_fvu: float | None
    directions: int | None
    affine_fvu: float | None
    prefix_fvu: list[float | None]
    cosine: float | None
    norm_ratio: float | None
    bias: float | None
    l0: float | None
    l1: float | None
    silent: float | None
    fired: np.ndarray[Any, np.dtype[np.int64]]
    target_mean: np.ndarray[Any, np.dtype[np.float64]]
    why: dict[str, str]

    @property
    def frequencies(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        return self.fired / max(self.tokens, 1)


class Measuring:
    """`prefixes` are widths, of a Matryoshka SAE. `whitened` keeps two square matrices of the target's dimensions."""

    def __init__(
        self,
        net: SparseAutoencoder,
        *,
        prefixes: Sequence[int] = (),
        affine: AffineMap | None = None,
        whitened: bool = False,
    ):
        import torch

        self.net, self.prefixes, self.affine, self.whitened = net, tuple(prefixes), affine, whitened
        width, d_out = net.W_dec.shape
        device = net.W_dec.device
        self.target = Moments(d_out, full=whitened, device=str(device))

        def zeros(*size: int) -> Tensor:
            return torch.zeros(size, dtype=torch.float64, device=device)

        self._unexplained = zeros(d_out, d_out) if whitened else zeros()
        self._affine, self._prefixes = zeros(), zeros(len(self.prefixes))
        # Tokens whose target is not 0, and over these the sums of cosines and of norm ratios.
        self._directed = zeros(3)
        # Squares of reconstructions, and their products with the targets.
        self._products = zeros(2)
        self._activations = zeros(width)
        self._fired = torch.zeros(width, dtype=torch.int64, device=device)

    def add(self, x: Tensor, y: Tensor | None = None) -> None:
        """Rows of the input and of the target, in the model's own units; without a target the input is it."""
        import torch

        with torch.no_grad():
            x = x.to(self.net.W_dec.device)
            y = x if y is None else y.to(self.net.W_dec.device)
            for part, target in zip(in_slices(x, self.net.shape.width), in_slices(y, self.net.shape.width), strict=True):
                self._add(part.float(), target.float())

    def merge(self, other: Measuring) -> None:
        """What another one of the same SAE has gathered."""
        self.target.merge(other.target)
        for name in ("_unexplained", "_affine", "_prefixes", "_directed", "_products", "_activations", "_fired"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def _add(self, x: Tensor, y: Tensor) -> None:
        import torch

        features = self.net.encode(x)
        made = self.net.decode(features, x).double()
        exact = y.double()
        self.target.add(exact)
        self._unexplained += _squares(exact - made, full=self.whitened)
        if self.affine is not None:
            self._affine += (exact - self.affine(x)).square().sum()
        for place, prefix in enumerate(self.prefixes):
            partly = features.clone()
            partly[:, prefix:] = 0
            self._prefixes[place] += (exact - self.net.decode(partly, x).double()).square().sum()
        norms, made_norms, products = exact.norm(dim=1), made.norm(dim=1), (exact * made).sum(1)
        some = norms > 0
        # Nothing has no direction: a reconstruction of 0 is as far from y's as one at right angles.
        cosines = torch.where(made_norms > 0, products / (norms * made_norms), 0.0)
        self._directed += torch.stack([some.sum(), cosines[some].sum(), (made_norms / norms)[some].sum()])
        self._products += torch.stack([made.square().sum(), products.sum()])
        self._activations += features.double().sum(0)
        self._fired += (features > 0).sum(0)

    def numbers(self) -> Numbers:
        tokens, total = self.target.rows, self.target.total
        error = float(self._unexplained.trace() if self.whitened else self._unexplained)
        directed, cosines, ratios = self._directed.tolist()
        made, products = self._products.tolist()
        decoder_norms = self.net.W_dec.detach().double().norm(dim=1)
        why: dict[str, str] = {}

        def of(name: str, value: float, count: float, reason: str) -> float | None:
            if not count:
                why[name] = "There were no tokens." if not tokens else reason
            elif not math.isfinite(value):
                why[name] = "It is not a number."
            return value / count if count and math.isfinite(value) else None

        equal = "All vectors are equal, so there is no variance to explain."
        whitened, directions = self._whitened(why) if self.whitened else (None, None)
        return Numbers(
            tokens=tokens,
            mse=of("mse", error, tokens, ""),
            fvu=of("fvu", error, total, equal),
            whitened_fvu=whitened,
            directions=directions,
            affine_fvu=None if self.affine is None else of("affine_fvu", float(self._affine), total, equal),
            prefix_fvu=[of("prefix_fvu", each, total, equal) for each in self._prefixes.tolist()],
            cosine=of("cosine", cosines, directed, "All vectors are 0."),
            norm_ratio=of("norm_ratio", ratios, directed, "All vectors are 0."),
            bias=of("bias", made, products, "The reconstruction is at right angles to the vectors."),
            l0=of("l0", float(self._fired.sum()), tokens, ""),
            l1=of("l1", float(self._activations @ decoder_norms), tokens, ""),
            silent=of("silent", float((self._fired == 0).sum()), len(self._fired) if tokens else 0, ""),
            fired=self._fired.cpu().numpy(),
            target_mean=self.target.mean.cpu().numpy(),
            why=why,
        )

    def _whitened(self, why: dict[str, str]) -> tuple[float | None, int | None]:
        import torch

        tokens, needed = self.target.rows, TOKENS_A_DIMENSION * len(self.target.mean)
        if tokens < needed:
            why["whitened_fvu"] = f"It needs {needed:,} tokens, ten a dimension."
            return None, None
        sums, directions = torch.linalg.eigh(self.target.scatter)
        kept = sums > SMALLEST * sums[-1]
        if not bool(kept.any()):
            why["whitened_fvu"] = "All vectors are equal, so there is no variance to explain."
            return None, None
        left = (directions * (self._unexplained @ directions)).sum(0)
        return float((left[kept] / sums[kept]).mean()), int(kept.sum())


def _squares(rows: Tensor, *, full: bool) -> Tensor:
    return rows.T @ rows if full else rows.square().sum()
