"""`python -m mistudio_ext.lanes NAME --workspace PATH`: be that lane."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ..contract.errors import MiStudioError
from ..workspace.workspace import VERSION, Workspace
from .leaving import times_asked
from .live_server import LiveLane
from .names import LIVE, is_name
from .worker import Lane


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mistudio_ext.lanes", description="A worker process of miStudio.")
    parser.add_argument("name")
    parser.add_argument("--workspace", required=True)
    parser.add_argument("--asked", type=int, help="how often workers had been asked to leave when this one was wanted")
    arguments = parser.parse_args()
    if not is_name(arguments.name):
        parser.error(f"there is no worker {arguments.name}")
    # Whatever a job writes, and with whichever library: it is its owner's alone.
    os.umask(0o077)
    # Nobody watches a bar here; the libraries read this when they are imported.
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    if not (Path(arguments.workspace) / VERSION).exists():
        sys.exit(f"There is no workspace at {arguments.workspace}.")  # removed meanwhile; not to be made anew
    try:
        ws = Workspace.open(arguments.workspace)
        asked = times_asked(ws) if arguments.asked is None else arguments.asked
        if arguments.name == LIVE:
            LiveLane(ws, asked).run()
        else:
            Lane(ws, arguments.name, asked).run()
    except MiStudioError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
