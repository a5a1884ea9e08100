"""Steering a transformers model of the user's own, in a `with` block."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest
from ..contract.models import checked
from ..saes import feature as loaded
from ..steering.schema import SteerOptions
from .feature import Feature
from .model import Model
from .sae import Sae
from .signatures import described_by

if TYPE_CHECKING:
    from ..steering.steered import Steered

PAIRS = "Give a list of pairs: [(sae.feature(1337), 4.0), …]; to ablate, of features alone."


@described_by(SteerOptions)
def steer(features: Iterable[Any], model: Any, **params: Any) -> Steered:
    """Steer a transformers model by features of SAEs, as long as a `with` block runs:

        with ms.steer([(sae.feature(1337), 4.0)], model):
            model.generate(**tokenizer("The cat", return_tensors="pt"))

    The features are those of an SAE of the workspace or of one that is loaded, of one SAE or of several at different hook
    points. A strength is in the unit of the feature's activations. What the SAE does not explain stays as it is, and the cache
    of keys and values stays on. Behind the block nothing of it is left in the model.
    """
    options = checked(SteerOptions, params)
    wanted = [_entry(each, ablates=options.mode == "ablate") for each in _several(features)]
    if len({feature for feature, _ in wanted}) < len(wanted):
        raise BadRequest("A feature stands in the list more than once.", "Name each once.", field="features")
    torch = importlib.import_module("torch")
    if not isinstance(model, torch.nn.Module) or not hasattr(model, "config"):
        hint = "model.load() gives it." if isinstance(model, Model) else "Load one by transformers, or by ms.model(…).load()."
        raise BadRequest(f"A {type(model).__name__} is no transformers model.", hint, field="model")
    device = str(next(model.parameters()).device)
    nets: dict[Sae, Any] = {}
    changes: dict[Any, list[Any]] = {}
    edit = importlib.import_module("mistudio_ext.steering.edit")
    for feature, strength in wanted:
        if isinstance(feature, Feature) and feature.sae not in nets:
            nets[feature.sae] = feature.sae.load(device)
        net = nets[feature.sae] if isinstance(feature, Feature) else feature.net
        changes.setdefault(net, []).append(edit.Change(feature.index, options.mode, strength))
    steered: Steered = importlib.import_module("mistudio_ext.steering.steered").Steered(model, changes, options)
    return steered


def _several(features: Any) -> list[Any]:
    if isinstance(features, str | dict) or not isinstance(features, Iterable):
        raise BadRequest(f"A {type(features).__name__} is no list of features.", PAIRS, field="features")
    found = list(features)
    if not found:
        raise BadRequest("No feature was chosen.", PAIRS, field="features")
    return found


def _entry(entry: Any, *, ablates: bool) -> tuple[Feature | loaded.Feature, float]:
    if ablates:
        feature, strength = entry, 0.0
    elif isinstance(entry, tuple | list) and len(entry) == 2:
        feature, strength = entry
    else:
        raise BadRequest(f"A {type(entry).__name__} is no pair of a feature and its strength.", PAIRS, field="features")
    if not isinstance(feature, Feature | loaded.Feature):
        raise BadRequest(f"A {type(feature).__name__} is no feature.", PAIRS, field="features")
    try:
        number = float(strength)
    except (TypeError, ValueError, OverflowError):
        raise BadRequest(f"A {type(strength).__name__} is no strength.", "Give a number.", field="features") from None
    if not math.isfinite(number):
        raise BadRequest("A strength is not a finite number.", "Give another one.", field="features")
    return feature, number
