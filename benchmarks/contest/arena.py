"""Processes that take turns, each in the environment that it needs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
import torch

from .peers import PACKAGES

HERE = Path(__file__).resolve().parent


def environment(peer: str) -> Path | None:
    """The Python that has this library, in an environment that is made once and kept; None: it cannot be had."""
    if peer not in PACKAGES:
        return Path(sys.executable)
    folder = Path(tempfile.gettempdir()) / f"mistudio-bench-{peer}"
    python, whole = folder / "bin" / "python", folder / "whole"
    if whole.exists():
        return python
    print(f"Installing {PACKAGES[peer]} in {folder} …", flush=True)
    torch_first = f"torch=={torch.__version__}"
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        for wanted in ([torch_first, "numpy"], [torch_first, PACKAGES[peer]]):
            subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
        # Some bring one for another torch; none of them needs it, and with the wrong one they do not even load.
        subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "torchvision"], check=True)
    except subprocess.CalledProcessError:
        print(f"{peer} cannot be installed here; it is left out.")
        return None
    whole.touch()
    return python


class Contestant:
    def __init__(self, python: Path, settings: dict[str, Any], worker: str = "worker.py") -> None:
        self.name: str = settings["name"]
        self.walls: list[float] = []
        self.cpus: list[float] = []
        # Bytes at the most, without what the process held before it made an SAE.
        self.memory = 0.0
        command = [str(python), str(HERE / worker), json.dumps(settings)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._hear()

    def _hear(self) -> dict[str, float]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            said = self.process.stderr.read() if self.process.stderr else ""
            raise RuntimeError(f"{self.name}: {said.strip().splitlines()[-1] if said.strip() else 'ended'}")
        heard: dict[str, float] = json.loads(line)
        return heard

    def ask(self, line: str) -> dict[str, float]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self._hear()

    def steps(self, count: int, *, keep: bool = True) -> None:
        took = self.ask(str(count))
        if keep:
            self.walls.append(took["wall"] / count)
            self.cpus.append(took["cpu"] / count)
            self.memory = took["memory"]

    def leave(self) -> None:
        self.process.kill()
        self.process.communicate()


class Machine:
    """How much of the processor programs other than the contestants took."""

    def __init__(self) -> None:
        self._began = psutil.cpu_times()

    def others(self, contestants: list[Contestant], steps: int) -> float:
        now = psutil.cpu_times()
        whole = sum(now) - sum(self._began)
        idle = now.idle - self._began.idle
        own = steps * sum(sum(each.cpus) for each in contestants)
        return max(0.0, (whole - idle - own) / whole)
