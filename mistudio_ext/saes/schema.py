"""SAEs: parameters and records. The only place where a default or a bound of theirs is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..jobs.states import ObjectState
from ..workspace.schema import visible_lines

# Further ones can be registered by packages and notebooks, so the field itself is text.
BUILT_IN = ("topk", "batchtopk", "matryoshka", "standard", "jumprelu", "gated")
MOST_DEAD_AFTER = 10_000_000
TOPK_FAMILY = ("topk", "batchtopk", "matryoshka")
Target = Literal["autoencode", "transcode", "skip_transcode"]
Normalization = Literal["expected_norm", "none", "layer_norm", "whitening"]
DecoderNorm = Literal["unit", "free"]
StartAt = Literal["geometric_median", "mean", "zero"]
DeadTreatment = Literal["aux_k", "none", "resample", "ghost"]


class SaeOptions(Contract):
    """What an SAE is, and what it is trained for."""

    architecture: str = option(
        "topk",
        title="Architecture",
        help="topk keeps the k largest features of each token; batchtopk the same on the average of a batch; matryoshka is "
        "batchtopk whose first features must do alone; standard is ReLU with an L1 penalty; jumprelu learns a threshold a "
        "feature; gated decides apart whether a feature is on and how strongly.",
        group="Architecture",
        known=BUILT_IN,
        min_length=1,
        max_length=60,
    )
    target: Target = option(
        "autoencode",
        title="Target",
        help="autoencode: reconstruct its own input. transcode: from one hook point to another. skip_transcode: the same, "
        "with a straight linear path beside the features.",
        group="Architecture",
    )
    expansion: float = option(
        8.0,
        title="Expansion",
        help="Features a dimension of the input. Where a width is given, that counts.",
        unit="times",
        group="Architecture",
        ge=1,
        le=256,
    )
    width: int | None = option(
        None,
        title="Width",
        help="Number of features. Left out: expansion times the dimensions of the input.",
        unit="features",
        group="Architecture",
        ge=2,
        le=2**22,
    )
    k: int = option(
        32,
        title="k",
        help="Features that are on: of each token (topk), or on the average of a batch (batchtopk, matryoshka).",
        unit="features a token",
        group="Architecture",
        only_when="architecture=topk|batchtopk|matryoshka",
        ge=1,
        le=65536,
    )
    prefixes: list[Annotated[float, Field(gt=0, le=1)]] = option(
        default_factory=lambda: [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0],
        title="Prefixes",
        help="Shares of the width whose first features must reconstruct by themselves. The whole width does in any case.",
        group="Architecture",
        only_when="architecture=matryoshka",
        min_length=1,
        max_length=16,
    )
    l1_coefficient: float = option(
        1e-3,
        title="L1 coefficient",
        help="Weight of the sum of |activation| times |decoder row| beside the squared error a dimension, on inputs of norm "
        "√d. SAELens' number for the same pressure is this one times d.",
        group="Sparsity",
        only_when="architecture=standard|gated",
        ge=1e-5,
        le=1e-1,
    )
    l0_coefficient: float = option(
        1e-3,
        title="L0 coefficient",
        help="Weight of the L0 penalty of JumpReLU beside the squared error a dimension, on inputs scaled to norm √d. It is not "
        "to be compared with an L1 coefficient. SAELens' number for the same pressure is this one times d.",
        group="Sparsity",
        only_when="architecture=jumprelu",
        ge=1e-6,
        le=10,
    )
    sparsity_warm_up: float = option(
        0.05,
        title="Warm-up of the penalty",
        help="Share of the steps over which the sparsity penalty grows from 0.",
        group="Sparsity",
        only_when="architecture=standard|gated|jumprelu",
        ge=0,
        le=1,
    )
    target_l0: float | None = option(
        None,
        title="Target L0",
        help="Features that shall be on, on the average of tokens. The penalty's weight then adapts itself. Left out: the "
        "weight stays as given. 50 is a common wish.",
        group="Sparsity",
        only_when="architecture=standard|gated|jumprelu",
        ge=1,
        le=65536,
    )
    bandwidth: float = option(
        0.05,
        title="Bandwidth",
        help="How far from its threshold an activation still teaches it, in units of inputs of norm √d.",
        group="Sparsity",
        only_when="architecture=jumprelu",
        gt=0,
        le=10,
    )
    dead_features: DeadTreatment = option(
        "aux_k",
        title="Dead features",
        help="What brings back features that do not fire: aux_k lets them model the error that is left, and lowers their bar "
        "until they do fire; resample gives them new directions from badly reconstructed tokens; ghost gives them a gradient "
        "from the error.",
        group="Dead features",
    )
    aux_coefficient: float = option(
        1 / 32, title="Aux-k coefficient", help="Weight of that loss.", group="Dead features", only_when="dead_features=aux_k",
        ge=0, le=10,
    )  # fmt: skip
    aux_k: int | None = option(
        None,
        title="Aux-k",
        help="How many dead features model the error of a token. Left out: a 32nd of the dimensions of the input.",
        group="Dead features",
        only_when="dead_features=aux_k",
        ge=1,
        le=65536,
    )
    dead_after: int | None = option(
        None,
        title="Dead after",
        help="A feature that did not fire over so many tokens counts as dead. Left out: a tenth of the tokens of the training, "
        "10 million at the most. aux_k sets in after a tenth of it.",
        unit="tokens",
        group="Dead features",
        ge=1,
        le=2**45,
    )
    normalization: Normalization = option(
        "expected_norm",
        title="Normalization",
        help="What the input is divided by while training: expected_norm scales all of it to a mean norm of √d; layer_norm each "
        "token by itself; whitening evens out all directions. It is folded into the weights in the end, layer_norm apart.",
        group="Start and norms",
    )
    decoder_norm: DecoderNorm = option(
        "unit",
        title="Decoder rows",
        help="unit: of length 1 after each step, the gradient along them taken away. free: as long as they like.",
        group="Start and norms",
    )
    start_at: StartAt = option(
        "geometric_median",
        title="Decoder bias starts at",
        help="geometric_median or mean of the first batch, so that features need not learn the data's mean.",
        group="Start and norms",
    )
    tied_start: bool = option(
        True, title="Tied start", help="The encoder starts as the decoder's transpose.", group="Start and norms"
    )


class SaeAbout(Contract):
    """What is written into the files of an SAE beside its weights: where it belongs, and where it is from."""

    architecture: str = option(title="Architecture", help="As it was trained.", min_length=1, max_length=60)
    target: Target = "autoencode"
    k: int | None = option(None, title="k", help="Of topk.", ge=1, le=2**24)
    normalization: Normalization = option("none", title="Normalization", help="layer_norm stays a step; others are folded in.")
    hook: str | None = option(None, title="Reads at", help="Hook point; null: not known.", max_length=100)
    out_hook: str | None = option(None, title="Writes at", help="Hook point; null: not known.", max_length=100)
    model_name: str = option("", title="Model", help="As its makers wrote it; empty: not said.", max_length=300)
    model_family: str | None = option(
        None,
        title="Model's family",
        help="As in llama or gpt2; null: not known. With another one it is not used.",
        max_length=100,
    )
    precision: str | None = option(None, title="Model's precision", help="Of the captured activations.", max_length=30)
    dataset: str | None = option(None, title="Dataset", help="What it was trained on, by name; null: not said.", max_length=300)
    context_size: int | None = option(None, title="Context", help="Tokens of its texts, at the most.", ge=1, le=2**45)
    training: str | None = option(None, title="Training", help="Id of the training it is from.", max_length=30)
    step: int | None = option(None, title="Step", help="Of its training.", ge=0, le=2**45)
    variant: int | None = option(None, title="Number", help="Which of the SAEs of its training.", ge=0, le=2**20)
    prefixes: list[int] = option(
        default_factory=list, title="Prefixes", help="Widths that reconstruct by themselves; of matryoshka.", max_length=64
    )
    fvu: float | None = option(None, title="FVU", help="Recorded on held-out activations.")
    l0: float | None = option(None, title="L0", help="Recorded with it.")


def dead_after(options: SaeOptions, tokens: int) -> int:
    """D: a feature that did not fire over so many tokens is dead. `tokens` is the whole training's budget."""
    return options.dead_after or max(1, min(MOST_DEAD_AFTER, tokens // 10))


class SaeFacts(Contract):
    """What the files of an SAE say of it, in its inference form."""

    architecture: str
    target: Target
    d_in: int = option(title="Input", help="Dimensions of what is read.")
    d_out: int = option(title="Output", help="Dimensions of what is reconstructed.")
    width: int
    k: int | None = option(title="k", help="Of topk; null: it works by thresholds.")
    normalization: Normalization = option(title="Normalization", help="layer_norm stays a step; the others are folded in.")
    bytes: int = option(title="Size", help="Bytes on disk.", unit="bytes")
    fvu: float | None = option(title="FVU", help="Recorded on held-out activations, or on those that came along; null: none.")
    l0: float | None = option(title="L0", help="Recorded with it.")
    checked_rows: int = option(title="Checked on", help="Rows of activations kept with it, on which it is checked when loaded.")


class SaeRecord(Contract):
    """What the catalog keeps of an SAE."""

    id: str
    name: str
    tags: list[str]
    notes: str
    created: float
    made_from: list[str]
    origin: Literal["training", "imported"]
    training: str | None = option(title="Training", help="Id of the training it is from.")
    step: int | None = option(title="Step", help="Of its training.")
    variant: int | None = option(title="Number", help="Which of the SAEs of its training, from 0.")
    model: str | None = option(title="Model", help="Id of the model it belongs to; null: not known here.")
    model_name: str = option(title="Model's name", help="As its makers wrote it; empty: not said.")
    precision: str | None = option(title="Model's precision", help="In which its activations were captured.")
    hook: str | None = option(title="Reads at", help="Hook point, as in “layers.2.resid_post”.")
    out_hook: str | None = option(title="Writes at", help="The hook point that is reconstructed; the same but for transcoders.")
    format: str = option(title="Format", help="In which it was made: mistudio, or that of the library it was imported from.")
    facts: SaeFacts | None


class Sae(SaeRecord):
    state: ObjectState
    reason: str | None = option(title="Reason", help="Why it is in this state, where that needs words.")
    job: Job | None = option(title="Job", help="The latest job that worked on it.")


class ListSaes(Contract):
    model: str | None = option(None, title="Model", help="Only those of the model with this id.", max_length=100)
    training: str | None = option(None, title="Training", help="Only those of the training with this id.", max_length=100)
    filter: str = option("", title="Filter", help="Words that the name, id, hook point or tags must hold.", max_length=500)


class SaeList(Contract):
    saes: list[Sae]


class ImportSae(Contract):
    _visible = visible_lines("name", "tags")

    path: str | None = option(
        None,
        title="Folder",
        help="A folder on the server with cfg.json and sae_weights.safetensors in it.",
        min_length=1,
        max_length=4096,
    )
    upload: str | None = option(
        None,
        title="From memory",
        help="Id of an SAE that a notebook has written to the workspace from its memory.",
        min_length=1,
        max_length=100,
    )
    model: str | None = option(
        None, title="Model", help="Id of the model it belongs to. Left out: found by its name.", max_length=100
    )
    hook: str | None = option(
        None,
        title="Hook point",
        help="Where it reads, as in “layers.2.resid_post”. Left out: what its configuration says.",
        min_length=1,
        max_length=100,
    )
    name: str | None = option(
        None, title="Name", help="What you call it. Left out: the folder's name.", min_length=1, max_length=200
    )
    tags: list[str] = option(default_factory=list, title="Tags", help="Words to find it by.", max_length=50)
    notes: str = option("", title="Notes", help="What you want to remember about it.", max_length=20000)


class TakeSae(Contract):
    """What the job that takes over an SAE's folder is given."""

    path: str
    upload: str | None
    hook: str | None
    out_hook: str | None


class ExportSae(Contract):
    folder: str = option(title="Folder", help="An empty or new folder on the server.", min_length=1, max_length=4096)
    format: Literal["saelens"] = option("saelens", title="Format", help="The layout that SAELens loads.")


class SaeExported(Contract):
    folder: str
    files: list[str]
    bytes: int


class Architecture(Contract):
    name: str = option(title="Name", help="As a training is told it.")
    package: str | None = option(
        title="Package", help="The installed package that brings it, or a notebook; null: miStudio itself."
    )
    help: str = option(title="Help", help="What its package says of itself; of miStudio's own the training's parameter tells.")


class ArchitectureList(Contract):
    architectures: list[Architecture]
