"""Where settings come from: the environment, else `mistudio.toml` in Jupyter's configuration, else the defaults."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_config_path, jupyter_data_dir

from ..contract.errors import Unreadable
from ..contract.models import checked
from .schema import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "mistudio.toml"


def load() -> Settings:
    values: dict[str, object] = {}
    for folder in reversed(jupyter_config_path()):
        path = Path(folder) / FILE
        try:
            values |= tomllib.loads(path.read_text())
        except (FileNotFoundError, PermissionError, NotADirectoryError):
            continue
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Unreadable(f"{path} cannot be read: {error}.", "Correct the file, or remove it.") from None
    for name in Settings.model_fields:
        if text := os.environ.get(f"MISTUDIO_{name.upper()}"):
            values[name] = text
    return checked(Settings, values)


def default_root(settings: Settings) -> Path:
    return Path(settings.workspace).expanduser() if settings.workspace else Path(jupyter_data_dir()) / "mistudio"
