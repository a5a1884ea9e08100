"""Trainings: parameters and records. The only place where a default or a bound of theirs is written."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import field_validator, model_validator

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..jobs.states import ObjectState
from ..saes.schema import SaeOptions
from ..workspace.schema import visible_lines

Optimizer = Literal["adam", "adamw", "sgd", "adafactor"]
Schedule = Literal["cosine", "constant", "linear", "exponential"]
Mixing = Literal["uniform", "weights", "sequence", "curriculum"]
Compute = Literal["float32", "bfloat16"]
MOST_SAES = 64
DEFAULT_STEPS = 10_000


class Variant(Contract):
    """One of the SAEs of a training: what of it differs from the training's own options."""

    hook: str | None = option(None, title="Hook point", help="Where it reads. Left out: each of the capture.", max_length=100)
    out_hook: str | None = option(None, title="Output hook point", help="Of a transcoder: what it reconstructs.", max_length=100)
    width: int | None = option(None, title="Width", help="Number of features.", ge=2, le=2**22)
    expansion: float | None = option(None, title="Expansion", help="Features a dimension of the input.", ge=1, le=256)
    k: int | None = option(None, title="k", help="Features that are on.", ge=1, le=65536)
    l1_coefficient: float | None = option(None, title="L1 coefficient", help="As above.", ge=1e-5, le=1e-1)
    l0_coefficient: float | None = option(None, title="L0 coefficient", help="As above.", ge=1e-6, le=10)
    target_l0: float | None = option(None, title="Target L0", help="As above.", ge=1, le=65536)


class Source(Contract):
    """One of the captures that a training reads."""

    capture: str = option(title="Capture", help="Id of the capture.", min_length=1, max_length=100)
    weight: float = option(1.0, title="Weight", help="Its share, beside the other weights.", ge=0, le=1e6)
    weight_at_end: float | None = option(
        None, title="Weight at the end", help="For a curriculum: the weight moves there in a straight line.", ge=0, le=1e6
    )


class TrainOptions(SaeOptions):
    saes: list[Variant] = option(
        default_factory=list,
        title="SAEs",
        help="Several SAEs at once, fed by the same batches: each entry is one, and says what of it differs. Left out: one for "
        "each hook point of the capture.",
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
    beta1: float = option(0.9, title="Beta 1", help="Memory of Adam's mean; momentum of sgd.", group="Optimizer", ge=0, lt=1)
    beta2: float = option(0.999, title="Beta 2", help="Memory of Adam's mean square.", group="Optimizer", ge=0, lt=1)
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
        0.2, title="Decay", help="Share of the steps, at the end, over which it falls.", group="Optimizer", ge=0, le=1
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
        help="auto, cpu, mps, cuda or cuda:n.",
        group="Machine",
        pattern=r"^(auto|cpu|mps|cuda(:\d{1,2})?)$",
    )
    threads: int | None = option(
        None, title="Threads", help="Of the processor. Left out: all cores.", group="Machine", ge=1, le=1024
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
        title="Captures",
        help="What is read. All must be of the same model and hook points.",
        min_length=1,
        max_length=MOST_SAES,
    )
    mixing: Mixing = option(
        "uniform",
        title="Mixing",
        help="Of several captures: every token alike (uniform), by weights, one after another (sequence), or by weights that "
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
        if len({each.capture for each in value}) < len(value):
            raise ValueError("A capture is named twice")
        return value


class EstimateTraining(TrainOptions):
    """What a form has so far: what is still missing is said in the answer's `problem`."""

    sources: list[Source] = option(default_factory=list, title="Captures", help="What is read.", max_length=MOST_SAES)
    mixing: Mixing = option("uniform", title="Mixing", help="Of several captures.")
    start_from: str | None = option(None, title="Start from", help="An SAE or a checkpoint.", max_length=100)


class Frequencies(Contract):
    """How often features fire: bin i counts those with edges[i] <= log10 of the frequency < edges[i + 1]."""

    edges: list[float]
    counts: list[int]
    silent: int = option(title="Silent", help="Features that fired on none of the tokens; they have no logarithm.")
    dense: int = option(title="Dense", help="Features that fired on more than a tenth of them.")
    rare: int | None = option(title="Rare", help="Features that fired on less than 1 in 100,000; null: too few tokens to say so.")


class Evaluation(Contract):
    """Of one SAE in its inference form, on held-out text. Definitions: docs/metrics.md."""

    step: int
    tokens: int = option(title="Tokens", help="Over which it was taken.")
    fvu: float | None = option(title="FVU", help="Share of the variance that is not explained.")
    mse: float | None
    whitened_fvu: float | None = option(
        title="Whitened FVU", help="The mean share that is not explained over the principal directions; null: not computed."
    )
    directions: int | None = option(title="Directions", help="How many these are.")
    objective: float | None = option(
        title="Objective", help="Loss without the part for dead features, the penalty at full weight."
    )
    l0: float | None
    l1: float | None
    cosine: float | None
    norm_ratio: float | None
    bias: float | None = option(title="Reconstruction bias", help="1 where nothing is shrunk.")
    dead: float | None = option(title="Silent", help="Share of features that fired on none of these tokens.")
    frequencies: Frequencies | None = option(title="Frequencies", help="How often its features fire.")
    threshold: float | None = option(title="Threshold", help="Of batchtopk and matryoshka; null: it has none.")
    affine_fvu: float | None = option(title="FVU of an affine map", help="Of a transcoder: the best straight map; null: not one.")
    prefix_fvu: list[float | None] = option(title="FVU of prefixes", help="Of matryoshka, one a prefix.")
    ce_clean: float | None = option(title="CE, untouched", help="Cross-entropy of the model, in nats a token.")
    ce_spliced: float | None = option(title="CE, spliced", help="With the SAE in the hook point's place.")
    ce_zero: float | None = option(title="CE, zero", help="With zeros there.")
    ce_mean: float | None = option(title="CE, mean", help="With the mean there.")
    ce_increase: float | None = option(title="CE increase", help="Spliced minus untouched: the headline.")
    effect_tokens: int = option(title="Spliced at", help="So many tokens; 0: the model was not run.")
    loss_recovered: float | None = option(title="Loss recovered", help="Against zeros; null where there is nothing to recover.")
    loss_recovered_mean: float | None = option(title="Loss recovered (mean)", help="Against the mean.")
    kl: float | None = option(title="KL", help="From the untouched to the spliced model, in nats a token.")
    kl_score: float | None = option(title="KL score", help="1 - KL / KL with zeros.")


class TrainingPart(Contract):
    """What one job of a training does: from where the last one ended, or from the first step, up to a step."""

    begin: int = option(0, title="Begin", help="The step behind which it begins.", ge=0, le=2**45)
    steps: int = option(title="Steps", help="The step at which it ends.", ge=1, le=2**45)


class VariantFacts(Contract):
    """One SAE of a training, as far as it has come."""

    number: int
    title: str = option(title="Title", help="What tells it from the others: hook point, width, k.")
    hook: str
    out_hook: str
    width: int
    k: int | None
    learning_rate: float
    evaluation: Evaluation | None = option(title="Latest evaluation", help="Null: none yet.")
    best_step: int | None = option(title="Best step", help="Of the checkpoint with the lowest held-out FVU or objective.")


class TrainingFacts(Contract):
    step: int = option(title="Step", help="Steps that were made.")
    steps: int = option(title="Steps", help="Steps that were wanted.")
    tokens: int
    seconds: float = option(title="Time", help="Spent on training in all tries.", unit="s")
    stopped_at_step: int | None = option(title="Stopped at", help="Null: it went to its end.")
    stop_reason: str | None = option(title="Why", help="Why it was stopped.")
    micro_batch: int
    threads: int
    device: str
    parameters: int = option(title="Parameters", help="Of all its SAEs together.")
    mix: dict[str, int] = option(title="Mix", help="Tokens of each capture that were really read.")
    saes: list[VariantFacts]


class TrainingRecord(TrainOptions):
    """What the catalog keeps of a training."""

    id: str
    name: str
    tags: list[str]
    notes: str
    created: float
    made_from: list[str]
    sources: list[Source]
    mixing: Mixing
    start_from: str | None
    model: str
    hooks: list[str]
    facts: TrainingFacts | None


class Training(TrainingRecord):
    state: ObjectState
    reason: str | None = option(title="Reason", help="Why it is in this state, where that needs words.")
    job: Job | None = option(title="Job", help="The latest job that worked on it.")


class ListTrainings(Contract):
    model: str | None = option(None, title="Model", help="Only those of the model with this id.", max_length=100)
    state: str | None = option(None, title="State", help="Only those in this state.", max_length=30)
    filter: str = option("", title="Filter", help="Words that the name, id, hook points or tags must hold.", max_length=500)


class TrainingList(Contract):
    trainings: list[Training]
    counts: dict[str, int] = option(title="Counts", help="How many there are in each state, whatever the filter.")


class Finding(Contract):
    """What was found before or during a training."""

    level: Literal["ok", "warning", "refusal"]
    text: str
    remedy: str


class TrainEstimate(Contract):
    """What a training would take, before it is begun."""

    steps: int
    tokens: int
    rounds: float = option(title="Rounds", help="How often the captures would be read through.")
    saes: list[str] = option(title="SAEs", help="One line each: hook point, width, k, learning rate.")
    memory: int = option(title="Memory", help="Bytes of weights, optimizer and one batch.", unit="bytes")
    memory_free: int = option(title="Free memory", help="Bytes that are free there.", unit="bytes")
    disk: int = option(title="Disk", help="Bytes of the checkpoints that stay.", unit="bytes")
    disk_free: int = option(title="Free on disk", help="Bytes that are free.", unit="bytes")
    seconds: float | None = option(title="Time", help="From earlier trainings of this size; null: there are none.", unit="s")
    device: str
    findings: list[Finding]
    problem: str | None = option(title="Problem", help="Why it cannot be begun like this; null where it can.")
    field: str | None = option(title="Field", help="The parameter that the problem is with, where it is with one.")


class Checkpoint(Contract):
    step: int
    tokens: int
    created: float
    bytes: int
    kept_for: list[str] = option(title="Kept as", help="first, last, best, every, by hand.")
    fvu: list[float | None] = option(title="FVU", help="On held-out activations, one an SAE; null: not evaluated.")
    best_of: list[int] = option(title="Best of", help="Numbers of the SAEs of which it is the best.")


class CheckpointList(Contract):
    checkpoints: list[Checkpoint]


class KeepCheckpoints(Contract):
    keep_every: int | None = option(
        None,
        title="Keep every",
        help="Besides the first, the last, the best and those made by hand, checkpoints whose step is a multiple of this stay; "
        "left out: no others.",
        unit="steps",
        ge=1,
        le=10_000_000,
    )


class CheckpointPlan(Contract):
    """What would go if only these checkpoints were kept."""

    statement: str = option(title="Statement", help="The whole plan in words.")
    keep: list[int] = option(title="Stay", help="Steps of the checkpoints that stay.")
    drop: list[int] = option(title="Go", help="Steps of the checkpoints that go.")
    bytes: int = option(title="Space freed", help="What is freed on disk.", unit="bytes")


class DeleteCheckpoint(Contract):
    agreed: bool = option(
        False, title="Agreed", help="Delete it also where it is the best or the last one. Without this, that is refused."
    )


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


class CloneTraining(Contract):
    changes: dict[str, Any] = option(
        default_factory=dict, title="Changes", help="Parameters by name that shall be others than those of the training."
    )


class RunFinding(Finding):
    """What was found in a run, and when."""

    step: int = option(title="Step", help="At which it was found; 0: before the first.")
    sae: int | None = option(title="SAE", help="Number of the SAE; null: of the whole run.")


class TrainingHealth(Contract):
    step: int
    steps: int
    phase: Literal["warm-up", "full", "decay"] = option(title="Phase", help="Of the learning rate, at the latest step.")
    findings: list[RunFinding]
    checked: bool = option(title="Checked", help="Whether the first batch was compared with a direct pass of the model.")


class ReadMetrics(Contract):
    of: Literal["training", "evaluation", "machine"] = option(
        "training",
        title="Of",
        help="training: of the batches. evaluation: on held-out text. machine: how fast it went, the same for all SAEs.",
    )
    variant: int = option(0, title="SAE", help="Which of the training's SAEs, from 0.", ge=0, le=MOST_SAES)
    columns: list[str] = option(default_factory=list, title="Columns", help="Which columns. Left out: all.", max_length=64)
    first: int = option(0, title="From step", help="The first step wanted.", ge=0, le=2**45)
    last: int | None = option(None, title="To step", help="The last step wanted. Left out: the latest.", ge=0, le=2**45)
    points: int = option(
        1000, title="Points", help="So many at the most; of more rows, the lowest and highest of each stretch.", ge=2, le=20000
    )


class MetricsPage(Contract):
    steps: list[int]
    columns: dict[str, list[float | None]]
    rows: int = option(title="Rows", help="How many rows there are in this range.")
    last: int | None = option(title="Last step", help="The latest step that has a row.")


class SaeOfTraining(Contract):
    _visible = visible_lines("name", "tags")

    sae: int = option(0, title="SAE", help="Which of the training's SAEs, from 0.", ge=0, le=MOST_SAES)
    step: int | None = option(None, title="Step", help="Of which checkpoint. Left out: the last.", ge=0, le=10_000_000)
    name: str | None = option(
        None, title="Name", help="What you call it. Left out: made of the training's.", min_length=1, max_length=200
    )
    tags: list[str] = option(default_factory=list, title="Tags", help="Words to find it by.", max_length=50)
    notes: str = option("", title="Notes", help="What you want to remember about it.", max_length=20000)


class SaeTaken(Contract):
    """What the job that makes an SAE of a checkpoint is given; the rest stands in the SAE's record."""

    training: str
