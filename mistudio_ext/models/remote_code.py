"""Program code that came along with a model: run only where whoever runs this server allows it, and only where transformers
has none of its own for this kind of model."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest
from ..workspace import settings

# A class of a file beside the configuration. The library would fetch “owner/name--file.Class” from another repository.
OWN = re.compile(r"[A-Za-z_]\w*\.[A-Za-z_]\w*")
NEEDED = ("AutoConfig", "AutoModelForCausalLM")


def is_allowed() -> bool:
    """Asked each time that code would be run: what is allowed no more is run no more."""
    return settings.load().trust_remote_code


def require_allowed(model: str, kind: str, version: str) -> None:
    if is_allowed():
        return
    raise BadRequest(
        f"{model} needs program code that came along with it (its kind is {kind}), and such code is not run here.",
        f"A newer transformers may know it (here it is {version}). Else whoever runs this server can look through the code and "
        "allow it for all models, by MiStudio.trust_remote_code = True, or trust_remote_code = true in mistudio.toml.",
        code="remote_code",
    )


def config_with_code(folder: Path, values: dict[str, Any], model: str, auto_map: Any) -> Any:
    """The configuration, by the class that came along; it leads the library to the model's class."""
    from transformers.dynamic_module_utils import get_class_from_dynamic_module

    found: dict[str, str] = {}
    for name in NEEDED:
        found[name] = str(auto_map.get(name)) if isinstance(auto_map, dict) else ""
        if not OWN.fullmatch(found[name]):
            raise BadRequest(
                f"{model} needs program code, and its config.json names no {name} among its own files.",
                "Choose a copy that has all its code with it.",
                code="remote_code",
            )
    config = get_class_from_dynamic_module(found["AutoConfig"], str(folder), local_files_only=True).from_dict(values)
    config.auto_map, config.name_or_path = found, str(folder)
    return config


def is_run_for(config: Any) -> bool:
    """The configurations of kinds that transformers knows are made without what would name any."""
    return bool(getattr(config, "auto_map", None))


def fingerprint(folder: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        total.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
