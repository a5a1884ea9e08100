"""What a capture would take, by arithmetic over what is known of model and text; and what speaks against it."""

from __future__ import annotations

from ..contract.errors import BadRequest, Conflict, DiskFull, MiStudioError
from ..contract.operations import LiveRequest
from ..datasets import vocabulary
from ..datasets.operations import get_dataset
from ..datasets.tokenizations import get_tokenization
from ..datasets.tokenizing_schema import Tokenization, TokenizationFacts
from ..models import memory
from ..models.operations import get_hook_points, get_model
from ..models.precision import estimate_bytes, rest_of
from ..models.schema import Model, ModelFacts, Precision
from ..workspace.workspace import Workspace
from .fingerprint import fingerprint_of
from .hook_names import resolve
from .schema import CaptureOptions, EstimateCapture, MakeCapture
from .sizes import row_bytes

# For a batch the residual stream is held so often: inputs, norms, queries, keys, values, results.
STREAMS = 10
# The disk must not be filled to its last byte by this.
DISK_SHARE = 0.98


class Needs:
    """What was asked for, with all that must be there; made only where all of it is. `options` are those that are asked for,
    with hook points and precision as a record keeps them."""

    def __init__(self, ws: Workspace, asked: MakeCapture | EstimateCapture):
        self.ws = ws
        self.model, self.facts = _ready_model(ws, asked.model)
        self.hooks = resolve(asked.hooks, self.facts.layers)
        self.widths = _widths(ws, self.model, self.facts, self.hooks)
        self.precision: Precision = asked.precision or self.model.precision
        self.tokenization, self.blocks = _ready_tokenization(ws, asked.tokenization)
        self.dataset = get_dataset(ws, self.tokenization.parent)
        self.length = self.blocks.longest or self.tokenization.max_length
        options = CaptureOptions(**asked.model_dump(include={*CaptureOptions.model_fields}))
        self.options = options.model_copy(update={"hooks": self.hooks, "precision": self.precision})
        vocabulary.require_fit(self.tokenization, self.facts.vocabulary, f"“{self.model.name}”")
        self._require_length()
        self._require_role()

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.ws, self.model.id, self.tokenization.id, self.options)

    @property
    def tokens(self) -> int:
        """At the most: which of them are special only the tokens themselves say."""
        # A row can be as short as one token; packed blocks are all of the same length.
        length = self.tokenization.max_length if self.tokenization.layout == "packed" else 1
        found = self.blocks.tokens - self.blocks.blocks * min(self.options.drop_first, length)
        return max(0, min(found, self.options.max_tokens or found))

    @property
    def disk(self) -> int:
        return self.tokens * row_bytes(self.widths, self.options.dtype)

    def memory(self, device: str) -> int:
        weights = estimate_bytes(self.facts.weights, self.precision, device)
        width = 4 if rest_of(self.precision, device) == "float32" else 2
        tokens = (self.options.batch_size or 8) * self.length
        streams = STREAMS + 2 * (self.facts.mlp_ratio or 4)
        return weights + int(tokens * width * (streams * self.facts.hidden_size + sum(self.widths)))

    def _require_length(self) -> None:
        context = self.facts.context
        if context is not None and self.length > context:
            raise Conflict(
                f"“{self.tokenization.name}” has blocks of up to {self.length:,} tokens, but “{self.model.name}” reads "
                f"{context:,} at the most.",
                "Tokenize the dataset with a shorter length.",
                field="tokenization",
                code="too_long",
            )

    def _require_role(self) -> None:
        facts = self.dataset.facts
        if self.options.role is not None and facts is not None and not facts.conversations:
            what = f"“{self.dataset.name}” has no conversations, so nobody has a role."
            raise BadRequest(what, "Leave the role out.", field="role")


def require_disk(needs: Needs) -> None:
    needed, free = needs.disk, needs.ws.free_bytes()
    # Where samples or a role are chosen, nobody knows before how many tokens these have.
    if needed > free * DISK_SHARE and needs.options.max_samples is None and needs.options.role is None:
        raise DiskFull(
            f"It needs {needed / 1e9:,.1f} GB on the disk, and {free / 1e9:,.1f} GB are free.",
            "Choose fewer hook points or tokens, or make room.",
        )


def require_memory(needs: Needs, device: str, free: int) -> None:
    if not needs.options.fall_back and not memory.fits(needs.facts.weights, needs.precision, device, free):
        raise MiStudioError(
            f"The model does not fit in {needs.precision} now.",
            "Choose a smaller precision, or allow one.",
            field="precision",
            code="memory",
        )


def _widths(ws: Workspace, model: Model, facts: ModelFacts, hooks: list[str]) -> list[int]:
    """Of the hook points, in their order; refused where it is known that the model lacks one."""
    known = get_hook_points(ws, model.id)
    if isinstance(known, LiveRequest):
        # Not measured yet: whoever captures finds out.
        heads = facts.config.get("head_dim"), facts.heads
        of_heads = heads[0] * heads[1] if all(isinstance(each, int) for each in heads) else facts.hidden_size  # type: ignore[operator]
        return [of_heads if hook.endswith("attn_z") else facts.hidden_size for hook in hooks]
    widths = {f"layers.{layer}.{point.kind}": point.width for point in known.points for layer in point.layers}
    if lacking := [hook for hook in hooks if hook not in widths]:
        _, layer, kind = lacking[0].split(".")
        why = [each.why for each in known.missing if each.kind == kind and int(layer) in each.layers]
        raise BadRequest(f"The model has no hook point {lacking[0]}.", " ".join([*why, "Choose another one."]), field="hooks")
    return [widths[hook] for hook in hooks]


def _ready_model(ws: Workspace, id: str | None) -> tuple[Model, ModelFacts]:
    if not id:
        raise BadRequest("No model was chosen.", "Choose one.", field="model")
    model = get_model(ws, id)
    if model.state != "ready" or model.facts is None:
        raise Conflict(
            f"The model “{model.name}” is not ready.", model.reason or "Wait until it is there.", field="model", code="not_ready"
        )
    return model, model.facts


def _ready_tokenization(ws: Workspace, id: str | None) -> tuple[Tokenization, TokenizationFacts]:
    if not id:
        raise BadRequest("No tokenization was chosen.", "Choose one.", field="tokenization")
    tokenization = get_tokenization(ws, id)
    if tokenization.state != "ready" or tokenization.facts is None:
        why = tokenization.reason or "Wait until it is made."
        raise Conflict(f"The tokenization “{tokenization.name}” is not ready.", why, field="tokenization", code="not_ready")
    return tokenization, tokenization.facts


def seconds_a_token(ws: Workspace, needs: Needs, device: str) -> float | None:
    """Of the newest capture of this model on this kind of device; none: there is none."""
    for each in ws.catalog.all("captures", model=needs.model.id)[::-1]:
        facts = each["facts"]
        if facts and facts["device"].startswith(device) and facts["precision"] == needs.precision:
            return float(facts["seconds"] / max(facts["tokens"], 1))
    return None
