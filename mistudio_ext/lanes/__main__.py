"""`python -m mistudio_ext.lanes NAME --workspace PATH`: be that lane."""

from __future__ import annotations

import argparse
import sys

from ..contract.errors import MiStudioError
from ..workspace.workspace import Workspace
from .live_server import LiveLane
from .names import ALL, LIVE
from .worker import Lane


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mistudio_ext.lanes", description="A worker process of miStudio.")
    parser.add_argument("name", choices=ALL)
    parser.add_argument("--workspace", required=True)
    arguments = parser.parse_args()
    try:
        ws = Workspace.open(arguments.workspace)
        if arguments.name == LIVE:
            LiveLane(ws).run()
        else:
            Lane(ws, arguments.name).run()
    except MiStudioError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
