"""The hub's token: written, used, never shown. One for each hub, so that no other hub is ever sent it.

It lies beside Jupyter's other secrets, readable by its owner alone, and not in the workspace, which people share.
"""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

from jupyter_core.paths import jupyter_config_dir

from ..contract.errors import BadRequest, Unreadable
from ..workspace.atomic import sync_folder
from ..workspace.redact import keep_secret
from . import names
from .schema import HubTokenState

FILE = "mistudio-hub-tokens.json"
# No sign in it needs an escape anywhere that text is written, so that it is found again wherever it slips in.
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{8,4096}")


def save_token(endpoint: str, token: str) -> None:
    """Keep a token for this hub in place of the one before; an empty one forgets it."""
    endpoint = names.check_endpoint(endpoint)
    token = token.strip()
    if token and not TOKEN.fullmatch(token):
        raise BadRequest(
            "This is not a token.", f"Copy it whole from {endpoint}/settings/tokens; it begins with “hf_”.", field="token"
        )
    tokens = _saved()
    tokens.pop(endpoint, None)
    if token:
        keep_secret(token)
        tokens[endpoint] = token
    _write(tokens)


def find_token(endpoint: str) -> str | None:
    """The token to show to this hub: the one saved here, else that of the hub's own login."""
    endpoint = names.check_endpoint(endpoint)
    token = _saved().get(endpoint) or _from_login(endpoint)
    if token is not None and not TOKEN.fullmatch(token):
        return None
    if token is not None:
        keep_secret(token)
    return token


def token_state(endpoint: str) -> HubTokenState:
    """Whether there is a token. Light: the server asks this too."""
    endpoint = names.check_endpoint(endpoint)
    if endpoint in _saved():
        return HubTokenState(endpoint=endpoint, source="saved")
    logged_in = _is_of_login(endpoint) and (
        any(os.environ.get(name) for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")) or _login_file().exists()
    )
    return HubTokenState(endpoint=endpoint, source="login" if logged_in else "none")


def token_file() -> Path:
    return Path(jupyter_config_dir()) / FILE


def _saved() -> dict[str, str]:
    path = token_file()
    try:
        rights = stat.S_IMODE(path.stat().st_mode)
        if rights & 0o077:
            # Restored from a backup, say, with everybody's rights.
            path.chmod(0o600)
        tokens = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read ({type(error).__name__}).", "Remove it, and enter the token again.") from None
    return {hub: token for hub, token in tokens.items() if isinstance(token, str)} if isinstance(tokens, dict) else {}


def _write(tokens: dict[str, str]) -> None:
    """Not by the writer of records, which takes secrets out; and never readable by others, not for a moment."""
    path = token_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w", encoding="utf-8") as file:
        json.dump(tokens, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def _is_of_login(endpoint: str) -> bool:
    """The login belongs to the hub's own address, or to the one that its library was pointed at."""
    if os.environ.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "").upper() in ("1", "ON", "YES", "TRUE"):
        return False
    return endpoint == (os.environ.get("HF_ENDPOINT") or names.DEFAULT_ENDPOINT).rstrip("/")


def _from_login(endpoint: str) -> str | None:
    if not _is_of_login(endpoint):
        return None
    # The library refreshes logins made in the browser; reading its file would miss that.
    from huggingface_hub import get_token

    return get_token()


def _login_file() -> Path:
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(os.environ.get("HF_TOKEN_PATH") or Path(home) / "token").expanduser()
