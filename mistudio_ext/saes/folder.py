"""The folder of an SAE as SAELens lays it out, looked at from outside: what is in which file, and whether it adds up.

A stranger's folder is believed in nothing: sizes and shapes are looked at here, before anything is loaded. Loads nothing heavy.
"""

from __future__ import annotations

import math
from pathlib import Path

from ..contract.errors import Unreadable
from ..models.headers import read_header
from ..models.reading import MAX_CONFIG, read_object
from .config import Config, read_config

CONFIG, WEIGHTS, CHECK = "cfg.json", "sae_weights.safetensors", "check.safetensors"
NAME = "the SAE"
FLOATS = ("F32", "F16", "BF16", "F64")
# Left by older versions where it is all ones; anything else would have to be multiplied in.
SCALES = ("scaling_factor", "finetuning_scaling_factor")


def config_in(folder: Path) -> Config:
    """What its configuration says, once the header of its weights agrees; nothing heavy is loaded."""
    config = read_config(read_object(folder / CONFIG, MAX_CONFIG, NAME))
    header = read_header(folder / WEIGHTS, NAME)
    there = {name for name in header if name not in SCALES}
    wanted = config.shapes
    if config.kind == "threshold" and "log_threshold" in there:
        wanted["log_threshold"] = wanted.pop("threshold")
    for name in sorted(wanted.keys() | there):
        if name not in there:
            raise wrong(f"lacks {name}")
        if name not in wanted:
            raise wrong(f"has a tensor {ascii(name)[:60]}, which such an SAE does not have")
        if header[name].shape != wanted[name] or header[name].kind not in FLOATS:
            shape = " x ".join(map(str, header[name].shape)) or "one number"
            expected = " x ".join(map(str, wanted[name]))
            raise wrong(f"has {name} as {header[name].kind} of {shape}, not as floats of {expected}")
    return config


def bytes_in_memory(config: Config) -> int:
    return sum(4 * math.prod(shape) for shape in config.shapes.values())


def wrong(what: str, file: str = WEIGHTS) -> Unreadable:
    return Unreadable(f"{file} of {NAME} {what}.", "Get it again from where it came.", code="damaged")
