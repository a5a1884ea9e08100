"""`MiStudio`, the server extension: settings, the two handlers, and what begins and ends with the server.

Nothing here loads the house: Jupyter's start must not wait for it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_server._tz import utcnow
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, List, Unicode

from .events import EventsHandler
from .handlers import ApiHandler
from .studio import Studio


class MiStudio(ExtensionApp):
    name = "mistudio_ext"
    extension_url = "/lab"
    load_other_extensions = True

    workspace = Unicode(
        "",
        config=True,
        help="The folder that holds everything. Empty: what MISTUDIO_WORKSPACE or mistudio.toml says, else `mistudio` in"
        " Jupyter's data folder.",
    )
    allowed_folders = List(
        Unicode(), config=True, help="Folders, besides the server's root, whose files the browser may name to be read."
    )
    keep_worker = Bool(
        False,
        config=True,
        help="Let workers go on when the last server stops. They cannot outlive a container, or a hub that ends every process"
        " of a user.",
    )

    trust_remote_code = Bool(
        False,
        config=True,
        help="Run program code that comes along with models of kinds that transformers does not know. It can do whatever the"
        " user of this server can.",
    )

    def initialize_settings(self) -> None:
        assert self.serverapp is not None
        folders = [Path(self.serverapp.root_dir), *(Path(each).expanduser() for each in self.allowed_folders)]
        self.studio = Studio(
            self.workspace or None, folders, keep_worker=self.keep_worker, log=self.log, on_busy=self._note_activity
        )
        self.settings["mistudio"] = self.studio
        if self.workspace:
            # Kernels of this server find the same workspace.
            os.environ["MISTUDIO_WORKSPACE"] = os.path.abspath(Path(self.workspace).expanduser())
        if self.trust_remote_code:
            # For its workers, and for kernels that load a model themselves.
            os.environ["MISTUDIO_TRUST_REMOTE_CODE"] = "true"

    def initialize_handlers(self) -> None:
        self.handlers.extend([(r"/mistudio/api/events", EventsHandler), (r"/mistudio/api/.*", ApiHandler)])

    async def _start_jupyter_server_extension(self, _serverapp: Any) -> None:
        self.studio.start()

    async def stop_extension(self) -> None:
        await self.studio.stop()

    def _note_activity(self) -> None:
        """Hubs cull by when a server was last active, and count whatever setting ends like this."""
        assert self.serverapp is not None
        self.serverapp.web_app.settings["mistudio_last_activity"] = utcnow()

    def current_activity(self) -> bool:
        """Running jobs keep the server from being culled."""
        return self.studio.busy
