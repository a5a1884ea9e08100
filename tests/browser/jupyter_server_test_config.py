"""The server of the browser tests: galata's settings, on this machine only, in a folder of its own."""

import os
import sys
import tempfile
from pathlib import Path

from jupyterlab.galata import configure_jupyter_server

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.support.hub_server import LocalHub

root = Path(os.environ.get("MISTUDIO_TEST_ROOT") or tempfile.mkdtemp(prefix="mistudio-browser-"))
files = root / "files"
files.mkdir(parents=True, exist_ok=True)
# Nothing of the user's settings comes in, and nothing of the tests gets out.
os.environ["JUPYTER_CONFIG_DIR"] = str(root / "config")
os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(root / "settings")
os.environ["MISTUDIO_WORKSPACE"] = str(root / "workspace")

# The hub is one of our own, in this process; nobody's login at another one counts.
TOKEN = "hf_" + "aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA2c"
ROWS = b'{"text": "One.", "other": "a"}\n{"text": "Two.", "other": "b"}\n'
hub = LocalHub()
hub.users[TOKEN] = "jane"
hub.add("dataset", "org/notes", {"train.jsonl": ROWS, "test.jsonl": ROWS})
hub.add("dataset", "org/gated", {"train.jsonl": ROWS}, gated=True, allowed={TOKEN})
demo = Path(__file__).resolve().parents[2] / "mistudio_ext" / "demo" / "demo-llama"
model = {file.name: file.read_bytes() for file in demo.iterdir()}
hub.add("model", "org/demo-llama", model)
hub.add("model", "org/closed-llama", model, gated=True, allowed={TOKEN})
# Slow once, so that its progress can be seen, and a pause has something to stop.
hub.trouble("model.safetensors", bytes_per_second=150_000)
hub.__enter__()
for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE"):
    os.environ.pop(name, None)
os.environ |= {"MISTUDIO_HUB_ENDPOINT": hub.url, "HF_HOME": str(root / "hf-home"), "NO_PROXY": "127.0.0.1"}

c = get_config()  # noqa: F821
configure_jupyter_server(c)
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ.get("MISTUDIO_TEST_PORT", "8896"))
c.ServerApp.allow_root = True
c.ServerApp.root_dir = str(files)
c.LabApp.workspaces_dir = str(root / "layouts")
c.LabApp.user_settings_dir = str(root / "settings")
