"""What a training would take, by arithmetic over what is known of captures and options; and what speaks against it."""

from __future__ import annotations

import math

from ..contract.errors import Conflict
from ..models import memory
from ..workspace.workspace import Workspace
from .plan import PlannedSae, TrainingPlan
from .record_schema import Finding, TrainEstimate, TrainingRecord
from .schema import TrainOptions

# Numbers that an optimizer remembers of each weight.
REMEMBERED = {"adam": 2, "adamw": 2, "sgd": 1, "adafactor": 0}
# Tables of tokens x width that are held at once: those that keep the k largest never hold one whole.
SPARSE, DENSE, BLOCK = 0.25, 4.0, 2**22
FULL = 0.98
FEW_ROUNDS = 20


def estimate(ws: Workspace, plan: TrainingPlan, options: TrainOptions, earlier: list[TrainingRecord]) -> TrainEstimate:
    device, free = place_of(options.device)
    return TrainEstimate(
        steps=plan.steps,
        tokens=plan.tokens,
        rounds=plan.tokens / max(plan.rows, 1),
        saes=[f"{each.title} · learning rate {each.learning_rate:.2g}" for each in plan.saes],
        memory=memory_of(plan, options),
        memory_free=free,
        disk=disk_of(plan, options),
        disk_free=ws.free_bytes(),
        seconds=_seconds(plan, device, earlier),
        device=device,
        findings=findings(ws, plan, options),
        problem=None,
        field=None,
    )


def place_of(device: str) -> tuple[str, int]:
    """Where it would run, and the bytes that are free there."""
    if device in ("auto", "cuda") or device.startswith("cuda"):
        return memory.place()
    return device, memory.free_on_cpu()


def findings(ws: Workspace, plan: TrainingPlan, options: TrainOptions) -> list[Finding]:
    return [*_of_data(plan), *(each for sae in plan.saes for each in _of_sae(sae, plan)), *_of_room(ws, plan, options)]


def require_sense(found: list[Finding]) -> None:
    """The first refusal, as an error."""
    for each in found:
        if each.level == "refusal":
            raise Conflict(each.text, each.remedy, code="no_room")


def memory_of(plan: TrainingPlan, options: TrainOptions) -> int:
    """Weights, gradients, what the optimizer remembers; a copy of all while a checkpoint is written; one batch."""
    weights = sum(each.parameters for each in plan.saes)
    kept = weights * (1 + REMEMBERED[options.optimizer])
    micro = options.micro_batch or options.batch_size
    tables = max(
        DENSE * micro * each.width if each.k is None else min(micro * each.width, BLOCK) + SPARSE * micro * each.width
        for each in plan.saes
    )
    widths = {hook: width for each in plan.saes for hook, width in ((each.hook, each.d_in), (each.out_hook, each.d_out))}
    batch = 4 * options.batch_size * sum(widths.values())
    return int(4 * (2 * kept + weights + tables + batch))


def disk_of(plan: TrainingPlan, options: TrainOptions) -> int:
    """Of the checkpoints that stay, and the one that is written beside them."""
    one = 4 * sum(each.parameters + each.width * 4 for each in plan.saes) * (1 + REMEMBERED[options.optimizer])
    every = math.lcm(options.checkpoint_every, options.keep_every) if options.keep_every else plan.steps + 1
    made = max(1, plan.steps // options.checkpoint_every)
    return int(one * min(made + 1, plan.steps // every + 4) + 16 * 8 * plan.steps / options.metrics_every * len(plan.saes))


def _of_data(plan: TrainingPlan) -> list[Finding]:
    found = []
    facts = [each.facts for each in plan.captures if each.facts is not None]
    if not any(each.held_out_tokens for each in facts):
        text = "No token is held out, so nothing can be evaluated and no checkpoint can be called the best."
        found.append(Finding(level="warning", text=text, remedy="Tokenize with a share that is held out, and capture that."))
    if (rounds := plan.tokens / max(plan.rows, 1)) > FEW_ROUNDS:
        text = f"The {plan.rows:,} vectors would be read {rounds:,.0f} times."
        found.append(Finding(level="warning", text=text, remedy="Capture more text, or train for fewer steps."))
    if plan.rows < plan.batch_size:
        text = f"A batch of {plan.batch_size:,} has vectors more than once: there are {plan.rows:,}."
        found.append(Finding(level="warning", text=text, remedy="Capture more text, or choose a smaller batch."))
    return found


def _of_sae(sae: PlannedSae, plan: TrainingPlan) -> list[Finding]:
    found, own = [], sae.options

    def warn(text: str, remedy: str) -> None:
        found.append(Finding(level="warning", text=f"{sae.title}: {text}", remedy=remedy))

    if sae.k is not None and sae.k >= sae.d_in:
        warn(f"with k {sae.k:,}, {sae.d_in:,} dimensions can be copied; nothing is sparse.", "Choose a k well below that.")
    # A penalty of this weight outdoes the whole squared error of inputs of norm √d.
    if own.architecture in ("standard", "gated") and own.l1_coefficient * math.sqrt(sae.d_in) > 1:
        text = f"an L1 coefficient of {own.l1_coefficient:g} is likely to switch all features off."
        warn(text, "Of a coefficient from SAELens, take that number divided by the dimensions of the input.")
    mean_norms = [
        each.mean_norm
        for capture in plan.captures
        if capture.facts
        for each in capture.facts.hooks
        if each.hook == sae.hook and each.mean_norm
    ]
    if own.normalization == "none" and mean_norms and not 0.5 < mean_norms[0] / math.sqrt(sae.d_in) < 2:
        text = f"the vectors' mean norm is {mean_norms[0]:,.3g}, and learning rate and coefficients are meant for one of √d."
        warn(text, "Normalize by expected_norm.")
    return found


def _of_room(ws: Workspace, plan: TrainingPlan, options: TrainOptions) -> list[Finding]:
    found = []
    device, free = place_of(options.device)
    if (needed := memory_of(plan, options)) > free * FULL:
        weights = 4 * sum(each.parameters for each in plan.saes) * (2 + REMEMBERED[options.optimizer])
        text = f"It needs about {needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free ({device})."
        level, remedy = ("refusal", "Choose fewer features or SAEs.") if weights > free else ("warning", "Choose a micro-batch.")
        found.append(Finding(level=level, text=text, remedy=remedy))  # type: ignore[arg-type]
    if (needed := disk_of(plan, options)) > (room := ws.free_bytes()) * FULL:
        text = f"Its checkpoints need {needed / 1e9:,.1f} GB on the disk, and {room / 1e9:,.1f} GB are free."
        found.append(Finding(level="refusal", text=text, remedy="Keep fewer checkpoints, or make room."))
    return found


def _seconds(plan: TrainingPlan, device: str, earlier: list[TrainingRecord]) -> float | None:
    """By the newest training on this kind of device, as if each token and weight took as long."""
    mine = plan.tokens * sum(each.parameters for each in plan.saes)
    for each in earlier[::-1]:
        facts = each.facts
        if facts is not None and facts.device.startswith(device) and facts.tokens and facts.parameters:
            return float(mine * facts.seconds / (facts.tokens * facts.parameters))
    return None
