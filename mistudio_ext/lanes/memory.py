"""How much memory a lane holds by itself."""

from __future__ import annotations

import sys


def own_memory() -> int:
    """Anonymous resident memory: what is mapped from files is the page cache's and goes when others need it."""
    if sys.platform == "linux":
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    import psutil

    return int(psutil.Process().memory_info().rss)
