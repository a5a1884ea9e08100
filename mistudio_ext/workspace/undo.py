"""Taking a change back without needing room for it: the old file keeps a second name until the change is done."""

from __future__ import annotations

import os
from pathlib import Path

from . import atomic


class Undo:
    """What the files were before a change. Used under the catalog's lock only."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._kept: dict[Path, Path | None] = {}

    def keep(self, path: Path) -> None:
        """Call before the first write. A crash leaves the second name behind, for `sweep`."""
        if path in self._kept:
            return
        second = atomic.beside(path)
        try:
            os.link(path, second)
        except FileNotFoundError:
            self._kept[path] = None
        except OSError:
            return  # a disk without second names: what is there then stays
        else:
            self._kept[path] = second

    def take_back(self) -> None:
        for path, second in self._kept.items():
            if second is None:
                path.unlink(missing_ok=True)
            else:
                # Renaming onto itself does nothing where the file was not replaced; `forget` removes the second name.
                os.replace(second, path)

    def forget(self) -> None:
        for second in self._kept.values():
            if second is not None:
                second.unlink(missing_ok=True)
        self._kept.clear()
        self.told = []
