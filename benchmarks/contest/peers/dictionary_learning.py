"""dictionary-learning: its own trainers."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from .wanted import PREFIXES, Trained, Wanted


def _trainer(wanted: Wanted) -> tuple[type, dict[str, Any]]:
    """The class, and what it needs that others do not."""
    from dictionary_learning.trainers.batch_top_k import BatchTopKTrainer
    from dictionary_learning.trainers.gdm import GatedSAETrainer
    from dictionary_learning.trainers.jumprelu import JumpReluTrainer
    from dictionary_learning.trainers.matryoshka_batch_top_k import MatryoshkaBatchTopKTrainer
    from dictionary_learning.trainers.standard import StandardTrainer
    from dictionary_learning.trainers.top_k import TopKTrainer

    shares = [end - start for start, end in zip((0.0, *PREFIXES), PREFIXES, strict=False)]
    return {
        "topk": (TopKTrainer, {"k": wanted.k}),
        "batchtopk": (BatchTopKTrainer, {"k": wanted.k}),
        "matryoshka": (MatryoshkaBatchTopKTrainer, {"k": wanted.k, "group_fractions": shares}),
        "standard": (StandardTrainer, {}),
        "jumprelu": (JumpReluTrainer, {"target_l0": wanted.k}),
        "gated": (GatedSAETrainer, {}),
    }[wanted.architecture]


def dictionary_learning(first: Tensor, wanted: Wanted) -> Trained:
    trainer_class, more = _trainer(wanted)
    if wanted.rate is not None:
        more |= {"lr": wanted.rate, "warmup_steps": wanted.warm_up}
    trainer: Any = trainer_class(
        steps=wanted.steps,
        activation_dim=first.shape[1],
        dict_size=wanted.width,
        layer=0,
        lm_name="none",
        device="cpu",
        seed=wanted.seed,
        **more,
    )
    made = 0

    def step(x: Tensor) -> None:
        nonlocal made
        trainer.update(made, x)
        made += 1

    def use(x: Tensor) -> tuple[Tensor, Tensor]:
        z = trainer.ae.encode(x)
        return z, trainer.ae.decode(z)

    def decoder() -> Tensor:
        rows: Tensor = trainer.ae.decoder.weight.t() if hasattr(trainer.ae, "decoder") else trainer.ae.W_dec
        return rows

    return Trained(step, decoder, lambda: use)
