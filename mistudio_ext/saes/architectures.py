"""Which architectures there are, told from what packages declare and from the names of one's own: nothing is loaded."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from ..workspace.schema import visible_line
from ..workspace.workspace import Workspace
from . import own_architectures
from .schema import BUILT_IN, Architecture, ArchitectureList

GROUP = "mistudio.architectures"
LONGEST_NAME = 60
OWN = "Registered by you, with @ms.register_architecture."


def list_architectures(_ws: Workspace) -> ArchitectureList:
    """The architectures that an SAE can have: miStudio's own, those of installed packages, and those of your notebooks."""
    ours = [Architecture(name=name, package=None, help="") for name in BUILT_IN]
    packages = [_told(each) for each in installed()]
    there = {each.name for each in (*ours, *packages)}
    own = [Architecture(name=name, package="a notebook", help=OWN) for name in own_architectures.names() if name not in there]
    return ArchitectureList(architectures=[*ours, *packages, *own])


def known() -> list[str]:
    """By what names a training can be told them."""
    return list(dict.fromkeys([*BUILT_IN, *(each.name for each in installed()), *own_architectures.names()]))


def installed() -> list[EntryPoint]:
    """By name; none that has the name of one of miStudio's own, or one that no training could be told."""
    found = {each.name: each for each in entry_points(group=GROUP)}
    return [found[name] for name in sorted(found) if name not in BUILT_IN and len(name) <= LONGEST_NAME and _line(name) == name]


def _told(entry: EntryPoint) -> Architecture:
    about = entry.dist
    if about is None:
        return Architecture(name=entry.name, package=None, help="")
    package = f"{about.name} {about.version}"
    [summary, *_] = about.metadata.get_all("Summary") or [""]
    return Architecture(name=entry.name, package=_line(package[:200]), help=_line(summary[:300]))


def _line(text: str) -> str:
    """Empty where it is not what it looks like."""
    try:
        return visible_line(text)
    except ValueError:
        return ""
