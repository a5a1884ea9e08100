"""What a training would take, by arithmetic over what is known of sources and options; and what speaks against it."""

from __future__ import annotations

import math

from ..captures.estimate import seconds_a_token
from ..contract.errors import Conflict
from ..models import memory
from ..models.precision import estimate_bytes, rest_of
from ..workspace.workspace import Workspace
from .plan import PlannedSae, TrainingPlan
from .pressure import too_heavy
from .record_schema import Finding, TrainEstimate, TrainingRecord
from .schema import EstimateTraining, Train, TrainOptions
from .source_schema import CaptureSource
from .start_choice import look_at_start

Asked = Train | EstimateTraining | TrainingRecord
# Numbers that an optimizer remembers of each weight.
REMEMBERED = {"adam": 2, "adamw": 2, "sgd": 1, "adafactor": 0}
# Tables of tokens x width that are held at once: those that keep the k largest never hold one whole.
SPARSE, DENSE, BLOCK = 0.25, 4.0, 2**22
FULL = 0.98
FEW_ROUNDS = 20


def estimate(ws: Workspace, plan: TrainingPlan, options: Asked, earlier: list[TrainingRecord]) -> TrainEstimate:
    device, free = place_of(options.device)
    return TrainEstimate(
        steps=plan.steps,
        tokens=plan.tokens,
        rounds=plan.tokens / max(plan.rows, 1),
        saes=[f"{each.title} · learning rate {each.learning_rate:.2g}" for each in plan.saes],
        memory=memory_of(plan, options) + memory_of_reading(plan, options, device),
        memory_free=free,
        disk=disk_of(plan, options),
        disk_free=ws.free_bytes(),
        seconds=_seconds(ws, plan, device, earlier),
        device=device,
        findings=[*findings(ws, plan, options), *(each for sae in plan.saes for each in too_heavy(sae))],
        problem=None,
        field=None,
    )


def place_of(device: str) -> tuple[str, int]:
    """Where it would run, and the bytes that are free there."""
    if device in ("auto", "cuda") or device.startswith("cuda"):
        return memory.place()
    return device, memory.free_on_cpu()


def findings(ws: Workspace, plan: TrainingPlan, options: Asked) -> list[Finding]:
    """What can be said again when the run begins; what hangs on its first batch is not among it."""
    starts, of_saes = look_at_start(ws, options.start_from, plan), [each for sae in plan.saes for each in _of_sae(sae, plan)]
    return [*_of_data(plan), *of_saes, *starts, *_of_room(ws, plan, options)]


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


def memory_of_reading(plan: TrainingPlan, options: TrainOptions, device: str) -> int:
    """Of a model that is read directly: its weights and a batch of text; and, where the vectors are held beside it, those of
    the buffer and the held-out ones."""
    needs = [each.needs for each in plan.sources if each.needs is not None]
    if not needs:
        return 0
    width = 4 if rest_of(plan.sources[0].precision, device) == "float32" else 2
    rows = min(options.buffer, plan.rows) + min(options.buffer, options.evaluation_tokens)
    held = width * rows * sum(plan.sources[0].widths[hook] for hook in plan.hooks)
    return max(each.memory(device) for each in needs) + (held if device == "cpu" else 0)


def disk_of(plan: TrainingPlan, options: TrainOptions) -> int:
    """Of the checkpoints that stay, and the one that is written beside them."""
    one = 4 * sum(each.parameters + each.width * 4 for each in plan.saes) * (1 + REMEMBERED[options.optimizer])
    every = math.lcm(options.checkpoint_every, options.keep_every) if options.keep_every else plan.steps + 1
    made = max(1, plan.steps // options.checkpoint_every)
    return int(one * min(made + 1, plan.steps // every + 4) + 16 * 8 * plan.steps / options.metrics_every * len(plan.saes))


def _of_data(plan: TrainingPlan) -> list[Finding]:
    found = []
    more = "Capture more text" if any(each.needs is None for each in plan.sources) else "Read more text"
    if not any(each.held_out for each in plan.sources):
        text = "No token is held out, so nothing can be evaluated and no checkpoint can be called the best."
        found.append(Finding(level="warning", text=text, remedy="Tokenize with a share that is held out, and read that."))
    if (rounds := plan.tokens / max(plan.rows, 1)) > FEW_ROUNDS:
        text = f"The {plan.rows:,} vectors would be read {rounds:,.0f} times."
        found.append(Finding(level="warning", text=text, remedy=f"{more}, or train for fewer steps."))
    if plan.rows < plan.batch_size:
        text = f"A batch of {plan.batch_size:,} has vectors more than once: there are {plan.rows:,}."
        found.append(Finding(level="warning", text=text, remedy=f"{more}, or choose a smaller batch."))
    return found


def _of_sae(sae: PlannedSae, plan: TrainingPlan) -> list[Finding]:
    found, own = [], sae.options

    def warn(text: str, remedy: str) -> None:
        found.append(Finding(level="warning", text=f"{sae.title}: {text}", remedy=remedy))

    if sae.k is not None and sae.k >= sae.d_in:
        warn(f"with k {sae.k:,}, {sae.d_in:,} dimensions can be copied; nothing is sparse.", "Choose a k well below that.")
    mean_norms = [each.mean_norms[sae.hook] for each in plan.sources if sae.hook in each.mean_norms]
    if own.normalization == "none" and mean_norms and not 0.5 < mean_norms[0] / math.sqrt(sae.d_in) < 2:
        text = f"the vectors' mean norm is {mean_norms[0]:,.3g}, and learning rate and coefficients are meant for one of √d."
        warn(text, "Normalize by expected_norm.")
    return found


def _of_room(ws: Workspace, plan: TrainingPlan, options: TrainOptions) -> list[Finding]:
    found = []
    device, free = place_of(options.device)
    reading = memory_of_reading(plan, options, device)
    if (needed := memory_of(plan, options) + reading) > free * FULL:
        weights = 4 * sum(each.parameters for each in plan.saes) * (2 + REMEMBERED[options.optimizer]) + _weights(plan, device)
        text = f"It needs about {needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free ({device})."
        smaller = "fewer features or SAEs, or a smaller precision of the model" if reading else "fewer features or SAEs"
        lighter = "a smaller buffer or a micro-batch" if reading else "a micro-batch"
        level, remedy = ("refusal", f"Choose {smaller}.") if weights > free else ("warning", f"Choose {lighter}.")
        found.append(Finding(level=level, text=text, remedy=remedy))  # type: ignore[arg-type]
    if (needed := disk_of(plan, options)) > (room := ws.free_bytes()) * FULL:
        text = f"Its checkpoints need {needed / 1e9:,.1f} GB on the disk, and {room / 1e9:,.1f} GB are free."
        found.append(Finding(level="refusal", text=text, remedy="Keep fewer checkpoints, or make room."))
    return found


def _weights(plan: TrainingPlan, device: str) -> int:
    """Bytes of a model that is read directly."""
    weights = [estimate_bytes(each.needs.facts.weights, each.precision, device) for each in plan.sources if each.needs]
    return max(weights, default=0)


def _seconds(ws: Workspace, plan: TrainingPlan, device: str, earlier: list[TrainingRecord]) -> float | None:
    """By the newest training from captures on this kind of device, as if each token and weight took as long; and by the newest
    capture of a model that is read directly."""
    reading = _seconds_of_reading(ws, plan, device)
    mine = plan.tokens * sum(each.parameters for each in plan.saes)
    for each in earlier[::-1]:
        facts = each.facts
        plain = all(isinstance(source, CaptureSource) for source in each.sources)
        if plain and facts is not None and facts.device.startswith(device) and facts.tokens and facts.parameters:
            training = float(mine * facts.seconds / (facts.tokens * facts.parameters))
            return None if reading is None else training + reading
    return None


def _seconds_of_reading(ws: Workspace, plan: TrainingPlan, device: str) -> float | None:
    """As if every source were read alike; null: nobody knows how fast a model is."""
    total = 0.0
    for each in plan.sources:
        if each.needs is not None:
            a_token = seconds_a_token(ws, each.needs, device)
            if a_token is None:
                return None
            total += a_token * plan.tokens * each.rows / max(plan.rows, 1)
    return total
