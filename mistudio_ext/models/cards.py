"""A model's README: what its makers say of it, and under which license."""

from __future__ import annotations

import re
from pathlib import Path

from .files import CARD

MAX_CARD = 2**20
MAX_FRONT_LINES = 5_000
FENCE = "---"
LICENSE = re.compile(r"(license|license_name):\s*[\"']?([^\s\"'#\[\]{}][^\"'#\[\]{}]{0,99})")


def text_of(file: Path) -> str:
    """The beginning of a card, without what stands there for the hub. A FileNotFoundError where there is none."""
    return "\n".join(_parts(file)[1])


def license_of(folder: Path) -> str | None:
    try:
        front, _ = _parts(folder / CARD)
    except OSError:
        return None
    found = {match[1]: match[2].strip() for line in front if (match := LICENSE.match(line))}
    return found.get("license_name") if found.get("license") == "other" else found.get("license")


def _parts(file: Path) -> tuple[list[str], list[str]]:
    """The lines between the first two fences, which the hub reads, and those that people read."""
    with open(file, "rb") as stream:
        lines = stream.read(MAX_CARD).decode(errors="replace").split("\n")
    if lines[0].strip("\ufeff \t\r") == FENCE:
        for number, line in enumerate(lines[1:MAX_FRONT_LINES], 1):
            if line.rstrip() == FENCE:
                return lines[1:number], lines[number + 1 :]
    return [], lines
