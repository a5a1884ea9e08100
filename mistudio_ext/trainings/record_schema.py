"""What is kept of trainings and told about them: records, checkpoints, metrics, findings."""

from __future__ import annotations

from typing import Any, Literal

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..jobs.states import ObjectState
from ..workspace.schema import visible_lines
from .schema import MOST_SAES, Mixing, TrainOptions
from .source_schema import Source


class Frequencies(Contract):
    """How often features fire: bin i counts those with edges[i] <= log10 of the frequency < edges[i + 1]."""

    edges: list[float]
    counts: list[int]
    silent: int = option(title="Silent", help="Features that fired on none of the tokens; they have no logarithm.")
    dense: int = option(title="Dense", help="Features that fired on more than a tenth of them.")
    rare: int | None = option(title="Rare", help="Features that fired on less than 1 in 100,000; null: too few tokens to say so.")


class Control(Contract):
    """Of an SAE that has learned nothing, of the same shape, as sparse, on the same tokens: what is owed to the shape alone."""

    fvu: float | None = option(title="FVU", help="Share of the variance that is not explained.")
    l0: float | None
    dead: float | None = option(title="Silent", help="Share of features that fired on none of these tokens.")
    ce_increase: float | None = option(title="CE increase", help="Spliced minus untouched.")
    loss_recovered: float | None = option(title="Loss recovered", help="Against zeros; null where there is nothing to recover.")
    kl_score: float | None = option(title="KL score", help="1 - KL / KL with zeros.")


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
    prefixes: list[int] = option(default_factory=list, title="Prefixes", help="Of matryoshka: how many features each has.")
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
    control: Control | None = option(
        None, title="Control", help="The same of an untrained SAE of the same shape; null: made at the end of a run alone."
    )


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
    kept_for: list[str] = option(title="Kept as", help="first, last, best, every, by hand, extended (where an extension began).")
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


class CloneTraining(Contract):
    changes: dict[str, Any] = option(
        default_factory=dict,
        title="Changes",
        help="Parameters by name that shall be others than those of the training. What tells its SAEs apart, as k or hook, holds "
        "for all of them where it is one value; a list makes one SAE of each value.",
    )


class RunFinding(Finding):
    """What was found in a run, and when."""

    step: int = option(title="Step", help="At which it was found; 0: before the first.")
    sae: int | None = option(title="SAE", help="Number of the SAE; null: of the whole run.")
    changes: dict[str, Any] = option(
        default_factory=dict,
        title="Changes",
        help="Parameters of a new training that would follow the remedy; empty: none named.",
    )


class TrainingHealth(Contract):
    step: int
    steps: int
    phase: Literal["warm-up", "full", "decay"] = option(
        title="Phase",
        help="warm-up: the learning rate or a sparsity penalty still grows. full: both are whole. decay: the rate falls.",
    )
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


class DownloadMetrics(Contract):
    format: Literal["csv", "json"] = option("csv", title="Format", help="csv: a line a step. json: the same in lists.")
    of: Literal["training", "evaluation", "machine"] = option(
        "training", title="Of", help="training: of the batches. evaluation: on held-out text. machine: how fast it went."
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
