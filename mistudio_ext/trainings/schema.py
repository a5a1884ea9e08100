"""Trainings: parameters and records. The only place where a default or a bound of theirs is written."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from ..contract.models import Contract, option
from ..saes.schema import SaeOptions
from ..workspace.schema import visible_lines
from .source_schema import Source

Optimizer = Literal["adam", "adamw", "sgd", "adafactor"]
Schedule = Literal["cosine", "constant", "linear", "exponential"]
Mixing = Literal["uniform", "weights", "sequence", "curriculum"]
Compute = Literal["float32", "bfloat16"]
MOST_SAES = 64
DEFAULT_STEPS = 10_000


class Variant(Contract):
    """One of the SAEs of a training: what of it differs from the training's own options."""

    hook: str | None = option(None, title="Hook point", help="Where it reads. Left out: each of the sources.", max_length=100)
    out_hook: str | None = option(None, title="Output hook point", help="Of a transcoder: what it reconstructs.", max_length=100)
    width: int | None = option(None, title="Width", help="Number of features.", ge=2, le=2**22)
    expansion: float | None = option(None, title="Expansion", help="Features a dimension of the input.", ge=1, le=256)
    k: int | None = option(None, title="k", help="Features that are on.", ge=1, le=65536)
    l1_coefficient: float | None = option(None, title="L1 coefficient", help="As above.", ge=1e-5, le=1e-1)
    l0_coefficient: float | None = option(None, title="L0 coefficient", help="As above.", ge=1e-6, le=10)
    target_l0: float | None = option(None, title="Target L0", help="As above.", ge=1, le=65536)


class TrainOptions(SaeOptions):
    saes: list[Variant] = option(
        default_factory=list,
        title="SAEs",
        help="Several SAEs at once, fed by the same batches: each entry is one, and says what of it differs. Left out: one for "
        "each hook point of the sources.",
        group="Architecture",
        max_length=MOST_SAES,
    )
    steps: int | None = option(
        None,
        title="Steps",
        help=f"How many batches. Left out: {DEFAULT_STEPS:,}, or what the tokens give.",
        unit="steps",
        group="Length",
        ge=1,
        le=10_000_000,
    )
    tokens: int | None = option(
        None, title="Tokens", help="How many tokens, in place of steps.", unit="tokens", group="Length", ge=1, le=2**45
    )
    batch_size: int = option(4096, title="Batch size", help="Tokens a step.", unit="tokens", group="Length", ge=64, le=65536)
    micro_batch: int | None = option(
        None,
        title="Micro-batch",
        help="Tokens that are held in memory together; gradients add up to the batch. Left out: the batch. It halves by itself "
        "when memory runs out.",
        unit="tokens",
        group="Length",
        ge=16,
        le=65536,
    )
    time_limit: float | None = option(
        None, title="Time limit", help="Stop, and keep what was learned, after so long.", unit="s", group="Length", gt=0
    )
    seed: int = option(0, title="Seed", help="Of the start and of the order of the data.", group="Length", ge=0, le=2**32 - 1)
    learning_rate: float | None = option(
        None,
        title="Learning rate",
        help="Left out: found from architecture, width and number of tokens.",
        group="Optimizer",
        ge=1e-6,
        le=1e-1,
    )
    optimizer: Optimizer = option("adam", title="Optimizer", help="Which rule changes the weights.", group="Optimizer")
    beta1: float = option(
        0.9,
        title="Beta 1",
        help="Memory of Adam's mean; momentum of sgd.",
        group="Optimizer",
        only_when="optimizer=adam|adamw|sgd",
        ge=0,
        lt=1,
    )
    beta2: float = option(
        0.999,
        title="Beta 2",
        help="Memory of Adam's mean square.",
        group="Optimizer",
        only_when="optimizer=adam|adamw",
        ge=0,
        lt=1,
    )
    weight_decay: float = option(0.0, title="Weight decay", help="Pull of all weights to 0.", group="Optimizer", ge=0, le=1)
    clip: float | None = option(
        1.0, title="Clip", help="The longest gradient of an SAE; null: as it comes.", group="Optimizer", gt=0, le=1e6
    )
    schedule: Schedule = option(
        "cosine", title="Schedule", help="How the learning rate falls over the last part.", group="Optimizer"
    )
    warm_up: float = option(
        0.05, title="Warm-up", help="Share of the steps over which the learning rate grows from 0.", group="Optimizer", ge=0, le=1
    )
    decay: float = option(
        0.2,
        title="Decay",
        help="Share of the steps, at the end, over which it falls.",
        group="Optimizer",
        only_when="schedule=cosine|linear|exponential",
        ge=0,
        le=1,
    )
    compute: Compute = option(
        "float32",
        title="Precision",
        help="Of the products. Weights, thresholds and optimizer stay in float32.",
        group="Machine",
    )
    device: str = option(
        "auto",
        title="Device",
        help="auto, cpu, cuda or cuda:n.",
        group="Machine",
        pattern=r"^(auto|cpu|cuda(:\d{1,2})?)$",
    )
    threads: int | None = option(
        None, title="Threads", help="Of the processor. Left out: all cores.", group="Machine", ge=1, le=1024
    )
    buffer: int = option(
        262_144,
        title="Buffer",
        help="Vectors that are mixed together where a model is read directly; fewer where memory is short.",
        unit="tokens",
        group="Machine",
        ge=256,
        le=2**30,
    )
    metrics_every: int = option(
        10, title="Metrics every", help="Steps between two rows of the metrics.", unit="steps", group="Keeping", ge=1, le=100_000
    )
    evaluate_every: int | None = option(
        500,
        title="Evaluate every",
        help="Steps between two evaluations on held-out text, with the SAE put into the model; null: only at the end.",
        unit="steps",
        group="Keeping",
        ge=1,
        le=10_000_000,
    )
    evaluation_tokens: int = option(
        65536, title="Evaluate on", help="Held-out tokens at the most.", unit="tokens", group="Keeping", ge=256, le=2**30
    )
    checkpoint_every: int = option(
        1000, title="Checkpoint every", help="Steps between two checkpoints.", unit="steps", group="Keeping", ge=1, le=10_000_000
    )
    keep_every: int | None = option(
        1000,
        title="Keep every",
        help="Besides the first, the last and the best, checkpoints whose step is a multiple of this stay; null: no others.",
        unit="steps",
        group="Keeping",
        ge=1,
        le=10_000_000,
    )

    @model_validator(mode="after")
    def _one_length(self) -> TrainOptions:
        if self.steps is not None and self.tokens is not None:
            raise ValueError("Give steps or tokens, not both")
        return self


class Train(TrainOptions):
    _visible = visible_lines("name", "tags")

    sources: list[Source] = option(
        title="Sources",
        help="What is read: captures, or a model directly, over a text. All must be of the same model and hook points.",
        min_length=1,
        max_length=MOST_SAES,
    )
    mixing: Mixing = option(
        "uniform",
        title="Mixing",
        help="Of several sources: every token alike (uniform), by weights, one after another (sequence), or by weights that "
        "move over the steps (curriculum).",
    )
    start_from: str | None = option(
        None,
        title="Start from",
        help="Id of an SAE, or a checkpoint as in tr_…@2000, whose weights are the start.",
        max_length=100,
    )
    name: str | None = option(
        None, title="Name", help="What you call it. Left out: made from the options.", min_length=1, max_length=200
    )
    tags: list[str] = option(default_factory=list, title="Tags", help="Words to find it by.", max_length=50)
    notes: str = option("", title="Notes", help="What you want to remember about it.", max_length=20000)

    @field_validator("sources")
    @classmethod
    def _once(cls, value: list[Source]) -> list[Source]:
        if len({each.id for each in value}) < len(value):
            raise ValueError("A capture or a tokenization is named twice")
        return value


class EstimateTraining(TrainOptions):
    """What a form has so far: what is still missing is said in the answer's `problem`."""

    sources: list[Source] = option(default_factory=list, title="Sources", help="What is read.", max_length=MOST_SAES)
    mixing: Mixing = option("uniform", title="Mixing", help="Of several sources.")
    start_from: str | None = option(None, title="Start from", help="An SAE or a checkpoint.", max_length=100)


class ExtendTraining(Contract):
    steps: int | None = option(None, title="More steps", help="How many steps more.", unit="steps", ge=1, le=10_000_000)
    tokens: int | None = option(
        None, title="More tokens", help="How many tokens more, in place of steps.", unit="tokens", ge=1, le=2**45
    )

    @model_validator(mode="after")
    def _one_length(self) -> ExtendTraining:
        if (self.steps is None) == (self.tokens is None):
            raise ValueError("Give either steps or tokens")
        return self
