"""The server of the browser tests: galata's settings, on this machine only, in a folder of its own."""

import os
import tempfile
from pathlib import Path

from jupyterlab.galata import configure_jupyter_server

root = Path(os.environ.get("MISTUDIO_TEST_ROOT") or tempfile.mkdtemp(prefix="mistudio-browser-"))
files = root / "files"
files.mkdir(parents=True, exist_ok=True)
# Nothing of the user's settings comes in, and nothing of the tests gets out.
os.environ["JUPYTER_CONFIG_DIR"] = str(root / "config")
os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(root / "settings")
os.environ["MISTUDIO_WORKSPACE"] = str(root / "workspace")

c = get_config()  # noqa: F821
configure_jupyter_server(c)
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ.get("MISTUDIO_TEST_PORT", "8896"))
c.ServerApp.allow_root = True
c.ServerApp.root_dir = str(files)
c.LabApp.workspaces_dir = str(root / "layouts")
c.LabApp.user_settings_dir = str(root / "settings")
