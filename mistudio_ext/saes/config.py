"""What cfg.json of a SAELens folder says, read without loading anything: which SAE it is, and which tensors it must have.

The layout is also the one in which SAEs are kept here. What SAELens has no name for is called “mistudio_…”, so that it refuses
such a file and never computes something else with it; whatever it does not need to know stands under `metadata.mistudio`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from ..contract.errors import Unreadable
from .schema import SaeAbout, Target
from .transformer_lens import ours, theirs

# The first version of SAELens with this layout.
LAYOUT = "6.0.0"
OWN = "mistudio_"
Kind = Literal["relu", "topk", "threshold", "gated"]
KINDS: dict[str, Kind] = {"standard": "relu", "topk": "topk", "jumprelu": "threshold", "gated": "gated"}
NAMES = {kind: name for name, kind in KINDS.items()}
TRANSCODER = re.compile(r"(?:(topk|jumprelu|gated)_)?(?:(skip)_)?transcoder")
# That SAELens computes just so. It has no transcoders with top-k or gates, and takes a skip from before layer norm.
KNOWN_THERE = {*KINDS, "transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder"}
LARGEST_WIDTH, LARGEST_DIMENSION = 2**24, 2**20
Values = dict[str, Any]


@dataclass(frozen=True)
class Config:
    """`own`: written here, with what SAELens' form cannot say."""

    kind: Kind
    transcoder: bool
    skip: bool
    d_in: int
    d_out: int
    width: int
    k: int | None
    centered: bool
    layer_norm: bool
    # Its top-k chooses by activation times length of the decoder row.
    by_length: bool
    about: SaeAbout
    own: bool

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The tensors that there must be."""
        d_in, d_out, width = (self.d_in,), (self.d_out,), (self.width,)
        found = {"W_enc": d_in + width, "W_dec": width + d_out, "b_dec": d_out}
        if self.kind == "gated":
            found |= {"b_gate": width, "b_mag": width, "r_mag": width}
        else:
            found["b_enc"] = width
        if self.kind == "threshold":
            found["threshold"] = width
        if self.skip:
            found["W_skip"] = d_out + d_in
        return found


def read_config(values: Values) -> Config:
    """Of SAELens from 6.0 on, or the flat one of earlier versions."""
    metadata = values.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    version = values.get("sae_lens_version") or metadata.get("sae_lens_version")
    if _major(version) < 6:
        values, metadata = _as_newer(values)
    name = values.get("architecture")
    if not isinstance(name, str):
        raise refused("says no architecture")
    kind, transcoder, skip = _architecture(name)
    own = "mistudio" in metadata
    _require_plain(values, name, own=own)
    d_in, width = (_count(values, key, most) for key, most in (("d_in", LARGEST_DIMENSION), ("d_sae", LARGEST_WIDTH)))
    d_out = _count(values, "d_out", LARGEST_DIMENSION) if transcoder else d_in
    k = _count(values, "k", width) if kind == "topk" else None
    layer_norm = values.get("normalize_activations") == "layer_norm"
    centered = values.get("apply_b_dec_to_input", not transcoder)
    if not isinstance(centered, bool) or (transcoder and centered):
        raise refused(f"says {centered!r} of apply_b_dec_to_input, which cannot be")
    if layer_norm and skip and not own:
        raise refused("puts layer norm and a skip together, which is done in more than one way")
    return Config(
        kind=kind, transcoder=transcoder, skip=skip, d_in=d_in, d_out=d_out, width=width, k=k, centered=centered,
        layer_norm=layer_norm, by_length=values.get("rescale_acts_by_decoder_norm") is True and kind == "topk",
        about=_about(metadata, kind, k, transcoder=transcoder, skip=skip, layer_norm=layer_norm), own=own,
    )  # fmt: skip


def written(config: Config) -> Values:
    """The same as SAELens has it in cfg.json."""
    name = architecture_of(config)
    about = config.about
    values: Values = {
        "architecture": name,
        "d_in": config.d_in,
        "d_sae": config.width,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": config.centered,
        "normalize_activations": "layer_norm" if config.layer_norm else "none",
        "reshape_activations": "hook_z" if (about.hook or "").endswith(".attn_z") and not config.transcoder else "none",
        "metadata": {
            "sae_lens_version": LAYOUT,
            "sae_lens_training_version": None,
            "model_name": about.model_name or None,
            "hook_name": theirs(about.hook) if about.hook else None,
            "dataset_path": about.dataset,
            "context_size": about.context_size,
            "mistudio": about.model_dump(),
        },
    }
    if config.transcoder:
        values["d_out"] = config.d_out
        values["metadata"]["hook_name_out"] = theirs(about.out_hook) if about.out_hook else None
    if config.kind == "topk":
        values |= {"k": config.k, "rescale_acts_by_decoder_norm": False}
    return values


def architecture_of(config: Config) -> str:
    name = NAMES[config.kind]
    if config.transcoder:
        parts = ["" if config.kind == "relu" else name, "skip" if config.skip else "", "transcoder"]
        name = "_".join(part for part in parts if part)
    known = name in KNOWN_THERE and not (config.layer_norm and config.skip)
    return name if known else OWN + name


def refused(what: str) -> Unreadable:
    return Unreadable(
        f"The configuration of the SAE {what}.",
        "Give a folder that SAELens has saved, with a standard, topk, jumprelu or gated SAE or a transcoder in it.",
        code="unsupported",
    )


def _major(version: Any) -> int:
    match = re.match(r"\d{1,6}", version) if isinstance(version, str) else None
    return int(match[0]) if match else 0


def _as_newer(values: Values) -> tuple[Values, Values]:
    """A flat configuration, in today's words."""
    values = dict(values)
    values.setdefault("architecture", "standard")
    function = values.get("activation_fn_str", values.get("activation_fn", "relu"))
    if function == "topk":
        arguments = values.get("activation_fn_kwargs")
        values |= {"architecture": "topk", "k": arguments.get("k") if isinstance(arguments, dict) else None}
    elif function != "relu":
        raise refused(f"names the activation function {ascii(function)[:60]}, which is not known here")
    normalized = values.get("normalize_activations")
    if normalized in (None, False):
        values["normalize_activations"] = "none"
    elif normalized is True:
        values["normalize_activations"] = "expected_average_only_in"
    hook = values.get("hook_name", values.get("hook_point"))
    return values, {"model_name": values.get("model_name"), "hook_name": hook}


def _architecture(name: str) -> tuple[Kind, bool, bool]:
    plain = name.removeprefix(OWN)
    if plain in KINDS:
        return KINDS[plain], False, False
    if match := TRANSCODER.fullmatch(plain):
        return (KINDS[match[1]] if match[1] else "relu"), True, match[2] is not None
    if name in ("batchtopk", "matryoshka_batchtopk"):
        raise refused(f"is that of a training of the kind {name}; save it with SAELens' save_inference_model")
    raise refused(f"names the architecture {ascii(name)[:60]}, which is not known here")


def _require_plain(values: Values, name: str, *, own: bool) -> None:
    normalized = values.get("normalize_activations", "none")
    if normalized in ("expected_average_only_in", "covariance_whitening"):
        raise refused(
            f"says {normalized}: its weights are for inputs that were scaled by numbers which are not in its files; "
            "fold them in with SAELens, and save it again"
        )
    if normalized not in ("none", "layer_norm"):
        raise refused(f"names the normalization {ascii(normalized)[:60]}, which is not known here")
    # The heads of attn_z lie side by side here, as the weights have them.
    if (shape := values.get("reshape_activations", "none")) not in ("none", "hook_z"):
        raise refused(f"asks for the shape {ascii(shape)[:60]}, which is not known here")
    if name.startswith(OWN) and not own:
        raise refused(f"names the architecture {ascii(name)[:60]} without saying where it is from")


def _count(values: Values, name: str, most: int) -> int:
    value = values.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise refused(f"has {ascii(value)[:60]} as {name}, not a whole number from 1 to {most:,}")
    return value


def _about(metadata: Values, kind: Kind, k: int | None, *, transcoder: bool, skip: bool, layer_norm: bool) -> SaeAbout:
    target: Target = "skip_transcode" if skip else "transcode" if transcoder else "autoencode"
    if "mistudio" in metadata:
        return _own_about(metadata["mistudio"], target)
    hook, out_hook = (_hook(metadata.get(key)) for key in ("hook_name", "hook_name_out"))
    model, dataset, context = (metadata.get(key) for key in ("model_name", "dataset_path", "context_size"))
    return SaeAbout(
        architecture=NAMES[kind],
        target=target,
        k=k,
        normalization="layer_norm" if layer_norm else "none",
        hook=hook,
        out_hook=out_hook if transcoder else hook,
        model_name=model[:300] if isinstance(model, str) else "",
        dataset=dataset[:300] if isinstance(dataset, str) and dataset else None,
        context_size=context if type(context) is int and 0 < context <= 2**45 else None,
    )


def _own_about(values: Any, target: Target) -> SaeAbout:
    wrong = refused("has something else under “mistudio” than what is written here")
    try:
        about = SaeAbout.model_validate(values)
    except ValidationError:
        raise wrong from None
    if about.target != target or any(hook is not None and ours(hook) != hook for hook in (about.hook, about.out_hook)):
        raise wrong
    return about


def _hook(name: Any) -> str | None:
    return ours(name) if isinstance(name, str) else None
