"""Small things that the tests of the hub share."""

from __future__ import annotations

import os
import random
from pathlib import Path

from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.download import Downloaded, download, look_up
from mistudio_ext.jobs.context import JobContext

from .hub_server import LocalHub

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


MB = 2**20
BIG = noise(5 * MB + 123)
FILES = {"data/big.bin": BIG, "data/copy.bin": BIG, "small.txt": b"small", "empty": b"", "a b/ü#?.txt": b"odd"}


def again(job: JobContext, local: LocalHub, target: Path) -> Downloaded:
    """One more try, as a resumed or new job does it: with a client of its own."""
    hub = Hub(local.url, timeout=5, tries=4)
    return download(job, hub, look_up(job, hub, "dataset", "org/set"), target)


def there(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
