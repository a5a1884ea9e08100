"""A model's configuration as transformers' own object, made so that nothing it says fetches anything, or runs unless allowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, MiStudioError, Unreadable
from . import remote_code
from .describe import Architecture, describe, empty_model
from .files import CONFIG
from .quantize import count_weights
from .reading import MAX_CONFIG, read_object
from .schema import Weights

# An empty model takes no memory for its weights, but some for each of its modules.
MAX_LAYERS, MAX_EXPERTS = 2_000, 10_000
WRITES = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


def config_of(folder: Path, model: str) -> Any:
    """The configuration in a folder. `model` is what the model is called in a sentence."""
    from transformers import __version__
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    values = read_object(folder / CONFIG, MAX_CONFIG, model, infinite=True)
    kind = values.get("model_type")
    unknown = not isinstance(kind, str) or kind not in CONFIG_MAPPING
    if unknown:
        named = f"“{kind[:100]}”" if isinstance(kind, str) else "not named in its config.json"
        if "auto_map" not in values:
            raise _unknown(model, named, __version__)
        remote_code.require_allowed(model, named, __version__)
    _check_sizes(values, model)
    if _has(values, "quantization_config"):
        raise BadRequest(
            f"The weights of {model} are stored quantized.",
            "Choose the repository with its full weights; they are quantized when they are loaded, as you choose then.",
            code="stored_quantized",
        )
    try:
        if unknown:
            return remote_code.config_with_code(folder, _harmless(values), model, values["auto_map"])
        return CONFIG_MAPPING[kind].from_dict(_harmless(values))
    except MiStudioError:
        raise
    except Exception as error:
        raise _senseless(model, error) from error


def architecture_of(folder: Path, model: str) -> tuple[Architecture, Weights]:
    """What the model is made of, and what decides how much memory it takes."""
    config = config_of(folder, model)
    try:
        empty = empty_model(config)
        _require_writer(config, empty, model)
        return describe(empty), count_weights(empty)
    except MiStudioError:
        raise
    except Exception as error:
        if "Unrecognized configuration class" in str(error):
            raise _no_writer(model, config.model_type) from None
        raise _senseless(model, error) from error


def _harmless(values: Any) -> Any:
    """Without the names of programs: those that came along, and those that would be fetched to compute attention with."""
    if isinstance(values, dict):
        return {key: _harmless(each) for key, each in values.items() if key != "auto_map" and not key.endswith("_implementation")}
    return [_harmless(each) for each in values] if isinstance(values, list) else values


def _check_sizes(values: dict[str, Any], model: str) -> None:
    for key, value in _entries(values):
        limit = MAX_EXPERTS if key.endswith("experts") else MAX_LAYERS if key.endswith(("layer", "layers")) else None
        if limit is not None and isinstance(value, int) and value > limit:
            raise Unreadable(f"{CONFIG} of {model} says {key}: {value:,}, which cannot be.", "Choose another model.")


def _has(values: dict[str, Any], wanted: str) -> bool:
    return any(key == wanted and value for key, value in _entries(values))


def _entries(values: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(values, dict):
        yield from values.items()
    for each in values.values() if isinstance(values, dict) else values if isinstance(values, list) else ():
        yield from _entries(each)


def _require_writer(config: Any, empty: Any, model: str) -> None:
    """The library makes a language model of much that was trained for something else, with weights by chance."""
    named = [each for each in getattr(config, "architectures", None) or () if isinstance(each, str)]
    if named and type(empty).__name__ not in named and not any(each.endswith(WRITES) for each in named):
        raise _no_writer(model, named[0])


def _no_writer(model: str, kind: str) -> MiStudioError:
    return BadRequest(
        f"{model} is stored as {ascii(kind)[1:-1][:100]}, which is no model that writes text.",
        "Choose a decoder-only language model.",
        code="not_decoder_only",
    )


def _unknown(model: str, kind: str, version: str) -> MiStudioError:
    return BadRequest(
        f"transformers {version} knows no kind of model that {model} could be: its kind is {kind}.",
        "A newer transformers may know it: ask whoever runs this server, or choose another model.",
        code="unknown_kind",
    )


def _senseless(model: str, error: Exception) -> MiStudioError:
    why = (str(error).strip().split("\n")[0] or type(error).__name__)[:300]
    return Unreadable(
        f"{CONFIG} of {model} describes no model that can be built ({type(error).__name__}: {why}).",
        "Get it again from where it came, or choose another model.",
        code="bad_config",
    )
