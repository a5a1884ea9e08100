"""The machine's NVIDIA GPUs, by the names that stay theirs."""

from __future__ import annotations

import os
import time
from contextlib import suppress

# Asking takes milliseconds and every queued job asks; GPUs seldom come and go.
GOOD_FOR = 60.0
_known: tuple[float, tuple[str, ...]] | None = None


def uuids() -> tuple[str, ...]:
    """The UUIDs of the GPUs that this process may use; none where there is no driver."""
    global _known
    now = time.monotonic()
    if _known is None or now - _known[0] > GOOD_FOR:
        _known = now, _allowed(_ask())
    return _known[1]


def _ask() -> tuple[str, ...]:
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return ()
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return tuple(pynvml.nvmlDeviceGetUUID(handle) for handle in handles)
    except pynvml.NVMLError:
        return ()
    finally:
        with suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


def _allowed(found: tuple[str, ...]) -> tuple[str, ...]:
    """Whoever started us may have kept some GPUs for others."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return found
    wanted = [each.strip() for each in visible.split(",") if each.strip()]
    by_number = {str(number): uuid for number, uuid in enumerate(found)}
    chosen = [by_number.get(each) or next((uuid for uuid in found if uuid.startswith(each)), None) for each in wanted]
    return tuple(each for each in chosen if each is not None)
