"""What was asked for, worked out: which SAEs there are, how long the run is, and at which rate each one learns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..contract.errors import BadRequest
from ..saes.architectures import known
from ..saes.learning_rate import auto_rate
from ..saes.schema import BUILT_IN, TOPK_FAMILY, SaeOptions, dead_after
from ..workspace.workspace import Workspace
from .schema import DEFAULT_STEPS, TrainOptions, Variant
from .source_schema import Source
from .sources import PlannedSource, common_widths, plan_sources

# Beside its encoder's and its decoder's row and a bias: thresholds; what a gate has besides.
OWN_OF_A_FEATURE = {"jumprelu": 1, "gated": 2}


@dataclass(frozen=True)
class PlannedSae:
    """One of the SAEs of a training: `options` are its own, with nothing left to be found but what the data says."""

    number: int
    title: str
    hook: str
    out_hook: str
    d_in: int
    d_out: int
    width: int
    k: int | None
    learning_rate: float
    options: SaeOptions

    @property
    def parameters(self) -> int:
        skip = self.d_in * self.d_out if self.options.target == "skip_transcode" else 0
        a_feature = self.d_in + self.d_out + 1 + OWN_OF_A_FEATURE.get(self.options.architecture, 0)
        return self.width * a_feature + self.d_out + skip


@dataclass(frozen=True)
class TrainingPlan:
    sources: list[PlannedSource]
    saes: list[PlannedSae]
    steps: int
    batch_size: int

    @property
    def tokens(self) -> int:
        return self.steps * self.batch_size

    @property
    def model(self) -> str:
        return self.sources[0].model

    @property
    def hooks(self) -> list[str]:
        """Those that are read, in the order of the forward pass."""
        wanted = {hook for each in self.saes for hook in (each.hook, each.out_hook)}
        return [hook for hook in self.sources[0].widths if hook in wanted]

    @property
    def rows(self) -> int:
        """That can be trained on."""
        return sum(each.rows for each in self.sources)


def plan_training(ws: Workspace, options: TrainOptions, sources: Sequence[Source]) -> TrainingPlan:
    planned = plan_sources(ws, sources)
    steps = steps_of(options)
    return TrainingPlan(planned, plan_saes(options, common_widths(planned), steps), steps, options.batch_size)


def steps_of(options: TrainOptions) -> int:
    if options.tokens is not None:
        return max(1, options.tokens // options.batch_size)
    return options.steps or DEFAULT_STEPS


def plan_saes(options: TrainOptions, widths: dict[str, int], steps: int) -> list[PlannedSae]:
    _require_known(options.architecture)
    variants = [each for variant in options.saes or [Variant()] for each in _at_hooks(options, variant, list(widths))]
    planned = [_planned(number, options, variant, widths, steps) for number, variant in enumerate(variants)]
    if len({(each.hook, each.out_hook, each.options.model_dump_json()) for each in planned}) < len(planned):
        raise BadRequest("Two of the SAEs are the same.", "Let each differ in something, or leave one out.", field="saes")
    return planned


def _at_hooks(options: TrainOptions, variant: Variant, hooks: list[str]) -> list[Variant]:
    """One for each hook point that it is meant for."""
    if options.target == "autoencode":
        if variant.out_hook is not None and variant.out_hook != variant.hook:
            raise BadRequest("An autoencoder has no other output hook point.", "Choose the target transcode.", field="target")
        return [
            variant.model_copy(update={"hook": hook, "out_hook": hook}) for hook in ([variant.hook] if variant.hook else hooks)
        ]
    if variant.hook is not None and variant.out_hook is not None:
        _require_order(variant.hook, variant.out_hook, hooks)
        return [variant]
    if len(hooks) == 2 and variant.hook is None and variant.out_hook is None:
        return [variant.model_copy(update={"hook": hooks[0], "out_hook": hooks[1]})]
    raise BadRequest(
        "A transcoder needs a hook point to read and one to reconstruct.",
        "Give each of the SAEs “hook” and “out_hook”, or choose a source of exactly two hook points.",
        field="saes",
    )


def _require_order(hook: str, out_hook: str, hooks: list[str]) -> None:
    if hook in hooks and out_hook in hooks and hooks.index(out_hook) < hooks.index(hook):
        raise BadRequest(
            f"A transcoder reads before it writes, and {out_hook} comes before {hook}.",
            "Give it its hook points the other way round.",
            field="saes",
        )


def _planned(number: int, options: TrainOptions, variant: Variant, widths: dict[str, int], steps: int) -> PlannedSae:
    hook, out_hook = variant.hook or "", variant.out_hook or ""
    for name in (hook, out_hook):
        if name not in widths:
            there = ", ".join(list(widths)[:10])
            raise BadRequest(f"{name[:60]} is not read.", f"There is: {there}.", field="saes")
    given = variant.model_dump(include={*SaeOptions.model_fields}, exclude_none=True)
    own = SaeOptions(**options.model_dump(include={*SaeOptions.model_fields}) | given)
    expansion_counts = variant.width is None and variant.expansion is not None
    width = own.width if own.width is not None and not expansion_counts else round(own.expansion * widths[hook])
    tokens = steps * options.batch_size
    own = own.model_copy(update={"width": width, "dead_after": dead_after(own, tokens)})
    k = own.k if own.architecture in TOPK_FAMILY else None
    _require_sense(own, width, k)
    rate = options.learning_rate or auto_rate(own.architecture, width, tokens, options.optimizer)
    place = hook if hook == out_hook else f"{hook} → {out_hook}"
    title = f"{place} · width {width:,} · {_pressure(own, k)}"
    return PlannedSae(number, title, hook, out_hook, widths[hook], widths[out_hook], width, k, rate, own)


def _pressure(own: SaeOptions, k: int | None) -> str:
    if k is not None:
        return f"k {k:,}"
    if own.architecture not in BUILT_IN:
        # What makes it sparse, only its makers know.
        return own.architecture
    if own.target_l0 is not None:
        return f"L0 {own.target_l0:g}"
    return (
        f"L0 coefficient {own.l0_coefficient:g}" if own.architecture == "jumprelu" else f"L1 coefficient {own.l1_coefficient:g}"
    )


def _require_sense(own: SaeOptions, width: int, k: int | None) -> None:
    if k is not None and k > width:
        raise BadRequest(f"k is {k:,}, and there are only {width:,} features.", "Choose a smaller k or more features.", field="k")
    if k is None and own.target_l0 is not None and own.target_l0 > width:
        what = f"An L0 of {own.target_l0:g} is wished, and there are only {width:,} features."
        raise BadRequest(what, "Choose a smaller one or more features.", field="target_l0")


def _require_known(architecture: str) -> None:
    if architecture not in BUILT_IN and architecture not in (there := known()):
        raise BadRequest(f"There is no architecture {architecture[:60]}.", f"There is: {', '.join(there)}.", field="architecture")
