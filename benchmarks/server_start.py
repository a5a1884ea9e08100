"""What miStudio adds to the start of a Jupyter server, to its first answers after that, and to a kernel's imports.

    python benchmarks/server_start.py [--rounds 12]

With and without take turns, so that a busy machine disturbs both alike. The server counts as started when it answers
`/api`; its answers of the next 2.5 s are then measured, because the first look at the jobs falls among them. Kernel
imports run where a kernel's own modules are loaded already, in processor time. Goal: at most 150 ms more.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
import psutil

from tests.support.server import Server

GOAL = 150.0
IMPORTS = {
    "nothing": "pass",
    "import mistudio_ext": "import mistudio_ext",
    "import mistudio_ext as ms; ms.dataset": "import mistudio_ext as ms; ms.dataset",
}


def start(folder: Path, *, extension: bool, lab: bool = False) -> tuple[float, float, float]:
    """Milliseconds until the server answers, what of that was its own processor time, and its slowest answer in 2.5 s."""
    server = Server(folder, folder / "workspace", extension=extension)
    if lab:
        server.arguments = [each for each in server.arguments if not each.startswith("--ServerApp.jpserver_extensions")]
        extensions = {"jupyterlab": True, **({"mistudio_ext": True} if extension else {})}
        server.arguments.append(f"--ServerApp.jpserver_extensions={extensions}")
    begun = time.perf_counter()
    server.launch()
    server.wait_until_up()
    took = (time.perf_counter() - begun) * 1000
    assert server.process
    spent = psutil.Process(server.process.pid).cpu_times()
    slowest = 0.0
    with httpx.Client(trust_env=False, timeout=30) as client:
        until = time.perf_counter() + 2.5
        while time.perf_counter() < until:
            asked = time.perf_counter()
            client.get(f"{server.url}/api")
            slowest = max(slowest, (time.perf_counter() - asked) * 1000)
            time.sleep(0.005)
    server.kill()
    return took, (spent.user + spent.system) * 1000, slowest


def kernel_import(code: str) -> float:
    script = f"import ipykernel.kernelapp, time; begun = time.process_time(); {code}; print(time.process_time() - begun)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000


def show(what: str, without: list[float], given: list[float], *, goal: bool = True) -> None:
    before, after = statistics.median(without), statistics.median(given)
    ratio = after / before if before > 1 else float("nan")
    said = "" if not goal else "ok" if after - before <= GOAL else "MISSED"
    print(f"{what:48} {before:8.0f} {after:8.0f} {after - before:+8.0f} ms {ratio:8.2f} x   {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    print(f"{'median of ' + str(rounds):48} {'without':>8} {'with':>8}")
    for name, lab in (("bare server", False), ("with JupyterLab", True)):
        measured: dict[bool, list[tuple[float, float, float]]] = {False: [], True: []}
        for turn in range(rounds + 1):
            for extension in (False, True) if turn % 2 else (True, False):
                with tempfile.TemporaryDirectory() as folder:
                    result = start(Path(folder) / "server", extension=extension, lab=lab)
                if turn:  # the first round warms the file cache
                    measured[extension].append(result)
        show(f"{name}: until it answers", *([each[0] for each in measured[extension]] for extension in (False, True)))
        show(f"{name}: processor time of that", *([each[1] for each in measured[extension]] for extension in (False, True)))
        slowest = [[each[2] for each in measured[extension]] for extension in (False, True)]
        show(f"{name}: slowest answer after that", *slowest, goal=False)
    imports: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(rounds):
        for name, code in IMPORTS.items():
            imports[name].append(kernel_import(code))
    for name in list(IMPORTS)[1:]:
        # The goal is for the import; what the first handle costs is shown beside it.
        show(f"kernel: {name}", imports["nothing"], imports[name], goal=name == "import mistudio_ext")


if __name__ == "__main__":
    main()
