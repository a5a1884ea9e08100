"""Which worker processes there can be: a job asks for a kind of lane, a process is one lane of that kind."""

from __future__ import annotations

# Two for downloads and imports, which mostly wait; one for what keeps every core busy by itself.
LANES = {"io": ("io-1", "io-2"), "cpu": ("cpu",)}
LIVE = "live"
ALL = (*(name for names in LANES.values() for name in names), LIVE)


def kind_of(name: str) -> str:
    return next(kind for kind, names in LANES.items() if name in names)
