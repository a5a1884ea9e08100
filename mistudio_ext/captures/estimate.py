"""What a capture would take, by arithmetic over what is known of model and text; and what speaks against it."""

from __future__ import annotations

from ..contract.errors import BadRequest, Conflict, DiskFull, MiStudioError
from ..datasets import vocabulary
from ..datasets.operations import get_dataset
from ..datasets.schema import Dataset
from ..datasets.tokenizations import get_tokenization
from ..datasets.tokenizing_schema import Tokenization, TokenizationFacts
from ..models import memory
from ..models.operations import get_model
from ..models.precision import estimate_bytes, rest_of
from ..models.schema import Model, ModelFacts
from ..workspace.workspace import Workspace
from .layers import hooks_of
from .schema import CaptureActivations, CaptureOptions, EstimateCapture
from .sizes import row_bytes

# For a batch the residual stream is held so often: inputs, norms, queries, keys, values, results.
STREAMS = 10
# The disk must not be filled to its last byte by this.
DISK_SHARE = 0.98


class Needs:
    """What was asked for, with all that must be there; made only where all of it is."""

    def __init__(self, ws: Workspace, asked: CaptureActivations | EstimateCapture):
        self.ws, self.asked = ws, asked
        self.model, self.facts = _ready_model(ws, asked.model)
        self.tokenization, self.blocks = _ready_tokenization(ws, asked.tokenization)
        self.dataset = get_dataset(ws, self.tokenization.parent)
        vocabulary.require_fit(self.tokenization, self.facts.vocabulary, f"“{self.model.name}”")
        _require_length(self.blocks, self.tokenization, self.model.name, self.facts)
        _require_role(asked, self.dataset)
        self.hooks = hooks_of(asked, self.facts.layers)

    @property
    def widths(self) -> list[int]:
        heads = self.facts.config.get("head_dim"), self.facts.heads
        of_heads = heads[0] * heads[1] if all(isinstance(each, int) for each in heads) else self.facts.hidden_size  # type: ignore[operator]
        return [of_heads if hook.endswith("attn_z") else self.facts.hidden_size for hook in self.hooks]

    @property
    def tokens(self) -> int:
        """At the most: which of them are special only the tokens themselves say."""
        # A row can be as short as one token; packed blocks are all of the same length.
        length = self.tokenization.max_length if self.tokenization.layout == "packed" else 1
        found = self.blocks.tokens - self.blocks.blocks * min(self.asked.drop_first, length)
        return max(0, min(found, self.asked.max_tokens or found))

    @property
    def disk(self) -> int:
        return self.tokens * row_bytes(self.widths, self.asked.stored_as)

    def memory(self, device: str) -> int:
        weights = estimate_bytes(memory.weights_of(self.facts), self.asked.precision, device)
        width = 4 if rest_of(self.asked.precision, device) == "float32" else 2
        tokens = (self.asked.batch_size or 8) * (self.blocks.longest or self.tokenization.max_length)
        streams = STREAMS + 2 * (self.facts.mlp_ratio or 4)
        return weights + int(tokens * width * (streams * self.facts.hidden_size + sum(self.widths)))

    def require_disk(self) -> None:
        free = self.ws.free_bytes()
        # Where samples or a role are chosen, nobody knows before how many tokens these have.
        if self.disk > free * DISK_SHARE and self.asked.max_samples is None and self.asked.role is None:
            raise DiskFull(
                f"It needs {self.disk / 1e9:,.1f} GB on the disk, and {free / 1e9:,.1f} GB are free.",
                "Choose fewer hook points, layers or tokens, or make room.",
            )


def problem_of(needs: Needs) -> str | None:
    try:
        needs.require_disk()
    except MiStudioError as error:
        return str(error)
    device, free = memory.place()
    if not needs.asked.fall_back and not memory.fits(memory.weights_of(needs.facts), needs.asked.precision, device, free):
        return f"The model does not fit in {needs.asked.precision} now. Choose a smaller precision, or allow one."
    return None


def _ready_model(ws: Workspace, id: str) -> tuple[Model, ModelFacts]:
    model = get_model(ws, id)
    if model.state != "ready" or model.facts is None:
        raise Conflict(f"The model “{model.name}” is not ready.", model.reason or "Wait until it is there.", code="not_ready")
    return model, model.facts


def _ready_tokenization(ws: Workspace, id: str) -> tuple[Tokenization, TokenizationFacts]:
    tokenization = get_tokenization(ws, id)
    if tokenization.state != "ready" or tokenization.facts is None:
        why = tokenization.reason or "Wait until it is made."
        raise Conflict(f"The tokenization “{tokenization.name}” is not ready.", why, code="not_ready")
    return tokenization, tokenization.facts


def _require_length(blocks: TokenizationFacts, tokenization: Tokenization, name: str, facts: ModelFacts) -> None:
    longest = blocks.longest or tokenization.max_length
    if facts.context is not None and longest > facts.context:
        raise Conflict(
            f"“{tokenization.name}” has blocks of up to {longest:,} tokens, but “{name}” reads {facts.context:,} at the most.",
            "Tokenize the dataset with a shorter length.",
            code="too_long",
        )


def _require_role(options: CaptureOptions, dataset: Dataset) -> None:
    if options.role is not None and dataset.facts is not None and not dataset.facts.conversations:
        raise BadRequest(f"“{dataset.name}” has no conversations, so nobody has a role.", "Leave the role out.", field="role")
