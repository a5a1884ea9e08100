"""Small things that the tests of the hub share."""

from __future__ import annotations

import os
import random
from pathlib import Path

TOKEN = "hf_" + "aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA2c"


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that no two places share."""
    return random.Random(seed).randbytes(size)


def library_environment(url: str, home: Path) -> dict[str, str]:
    """For a process in which the real libraries look at our hub: they read these when they are imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "MISTUDIO_"))}
    return kept | {
        "HF_ENDPOINT": url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
    }
