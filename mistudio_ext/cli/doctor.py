"""`mistudio doctor`: whether everything is in place, and for each thing that is not, what to do."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from .._version import __version__
from ..contract.errors import MiStudioError
from ..display.bar import write
from ..display.text import plain, size
from ..system.operations import get_system
from ..workspace import atomic
from ..workspace.workspace import Workspace
from .options import common

DISTRIBUTION = "mistudio-ext"
LABEXTENSION = "mistudio-labextension"
REINSTALL = f"Install it again: pip install --force-reinstall --no-deps {DISTRIBUTION}"
LITTLE_SPACE = 5 * 10**9
MARKS = {"ok": "✓", "warning": "!", "broken": "✗"}


@dataclass(frozen=True)
class Finding:
    name: str
    state: Literal["ok", "warning", "broken"]
    found: str
    remedy: str = ""


def main(typed: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="mistudio doctor", description="Look whether everything is in place, and say what to do."
    )
    common(parser, with_params=False)
    given = parser.parse_args(typed)
    findings = list(examine(given.workspace))
    broken = any(each.state == "broken" for each in findings)
    if given.json:
        write(sys.stdout, json.dumps({"ok": not broken, "findings": [asdict(each) for each in findings]}, indent=2) + "\n")
    else:
        write(sys.stdout, lines(findings) + "\n")
    return 1 if broken else 0


def examine(workspace: str | None) -> Iterator[Finding]:
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        python,
        packages,
        lambda: workspace_folder(workspace),
        server_extension,
        labextension,
        gpus,
    )
    for check in checks:
        try:
            yield from check()
        except Exception as error:
            name = getattr(check, "__name__", "workspace").replace("_", " ")
            yield Finding(name, "broken", f"could not be looked at: {type(error).__name__}: {error}", REINSTALL)


def lines(findings: list[Finding]) -> str:
    width = max(len(each.name) for each in findings)
    shown = []
    for each in findings:
        shown.append(f"{MARKS[each.state]} {each.name:{width}}  {plain(each.found, 500)}")
        if each.remedy:
            shown.append(f"  {'':{width}}  → {plain(each.remedy, 500)}")
    return "\n".join(shown)


def python() -> Iterator[Finding]:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    if sys.platform == "win32":
        yield Finding("Python", "broken", found, "Windows is used through WSL: install miStudio and JupyterLab there.")
    else:
        yield Finding("Python", "ok", found)


def packages() -> Iterator[Finding]:
    """What our own distribution says it needs, against what is installed."""
    from packaging.requirements import Requirement

    try:
        needed = [Requirement(each) for each in metadata.requires(DISTRIBUTION) or ()]
    except metadata.PackageNotFoundError:
        remedy = f"Install it into this Python: {sys.executable} -m pip install {DISTRIBUTION}"
        yield Finding("miStudio", "broken", f"{__version__}, from {Path(__file__).parents[1]}, is not installed", remedy)
        return
    yield Finding("miStudio", "ok", __version__)
    fitting = []
    for each in needed:
        if each.marker is not None and not each.marker.evaluate({"extra": ""}):
            continue
        remedy = f"{sys.executable} -m pip install '{each.name}{each.specifier}'"
        try:
            version = metadata.version(each.name)
        except metadata.PackageNotFoundError:
            yield Finding(each.name, "broken", "is not installed", remedy)
            continue
        if each.specifier.contains(version, prereleases=True):
            fitting.append(f"{each.name} {version}")
        else:
            yield Finding(each.name, "broken", f"is {version}, but {each.specifier} is needed", remedy)
    yield Finding("Packages", "ok", ", ".join(fitting))


def workspace_folder(path: str | None) -> Iterator[Finding]:
    try:
        ws = Workspace.open(path)
        probe = ws.root / "jobs" / "doctor"
        with atomic.whole_file(probe) as file:
            file.write(b"miStudio was here")
        probe.unlink()
    except MiStudioError as error:
        yield Finding("Workspace", "broken", error.message, error.hint)
        return
    except OSError as error:
        yield Finding(
            "Workspace", "broken", f"cannot be written: {error}", "Give yourself the right to write there, or use another folder."
        )
        return
    system = get_system(ws)
    free = f"{size(system.free_bytes)} free"
    yield Finding(
        "Workspace", "ok", f"{system.workspace}, {'the default one' if system.default_workspace else 'not the default one'}"
    )
    if system.free_bytes < LITTLE_SPACE:
        yield Finding("Disk", "warning", free, "Models and activations need more: make room, or use another workspace.")
    else:
        yield Finding("Disk", "ok", free)
    yield Finding("Workers", "ok", ", ".join(each.name for each in system.lanes) or "none now; they start when there is work")
    ws.close()


def server_extension() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    manager: Any = ExtensionConfigManager(read_config_path=jupyter_config_path())
    found = manager.get_jpserver_extensions()
    if found.get("mistudio_ext") is True:
        yield Finding("Server half", "ok", "enabled")
    elif "mistudio_ext" in found:
        yield Finding("Server half", "broken", "is disabled", "jupyter server extension enable mistudio_ext")
    else:
        yield Finding("Server half", "broken", "is not known to Jupyter", REINSTALL)


def labextension() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions, get_page_config

    folders = jupyter_path("labextensions")
    found = get_federated_extensions(folders).get(LABEXTENSION)
    if found is None:
        yield Finding("Panels", "broken", "are not known to JupyterLab", REINSTALL)
        return
    disabled = get_page_config(folders).get("disabledExtensions", [])
    off = sorted(each for each in disabled if each.split(":")[0] == LABEXTENSION)
    if LABEXTENSION in off:
        yield Finding("Panels", "broken", "are disabled", f"jupyter labextension enable {LABEXTENSION}")
    elif off:
        yield Finding("Panels", "warning", f"{', '.join(off)} disabled", f"jupyter labextension enable {off[0]}")
    elif found["version"] != __version__:
        yield Finding("Panels", "broken", f"are of version {found['version']}, the package is {__version__}", REINSTALL)
    else:
        yield Finding("Panels", "ok", f"{found['version']}, in {found['ext_path']}")


def gpus() -> Iterator[Finding]:
    """No GPU is no fault: all works on the CPU, large models slowly."""
    try:
        import pynvml
    except ImportError:
        yield Finding("GPU", "warning", "cannot be looked for", f"{sys.executable} -m pip install nvidia-ml-py")
        return
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        yield Finding("GPU", "ok", f"none of NVIDIA's ({error}); the CPU is used")
        return
    try:
        for number in range(pynvml.nvmlDeviceGetCount()):
            device = pynvml.nvmlDeviceGetHandleByIndex(number)
            memory = pynvml.nvmlDeviceGetMemoryInfo(device)
            found = f"{pynvml.nvmlDeviceGetName(device)}, {size(memory.free)} of {size(memory.total)} free"
            yield Finding("GPU", "ok", f"{found}, driver {pynvml.nvmlSystemGetDriverVersion()}")
    finally:
        pynvml.nvmlShutdown()
