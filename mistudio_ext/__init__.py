"""miStudio in JupyterLab: look inside language models with sparse autoencoders.

    import mistudio_ext as ms

    ws = ms.open()                                  # the default workspace
    ds = ws.add_dataset(["a text", "another"], name="notes")
    tk = ds.tokenize("folder/with/a/tokenizer", max_length=128)
    tk.load()                                       # a datasets.Dataset of token blocks

What is listed below is loaded when it is first used, so that importing this costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__

if TYPE_CHECKING:
    from .contract.errors import MiStudioError as MiStudioError
    from .notebook.architecture import forget_architecture as forget_architecture
    from .notebook.architecture import register_architecture as register_architecture
    from .notebook.capture import Capture as Capture
    from .notebook.dataset import Dataset as Dataset
    from .notebook.job import Job as Job
    from .notebook.model import Model as Model
    from .notebook.sae import Sae as Sae
    from .notebook.steer import steer as steer
    from .notebook.tokenization import Tokenization as Tokenization
    from .notebook.training import Training as Training
    from .notebook.workspace import Workspace as Workspace
    from .notebook.workspace import capture as capture
    from .notebook.workspace import dataset as dataset
    from .notebook.workspace import job as job
    from .notebook.workspace import model as model
    from .notebook.workspace import open_workspace
    from .notebook.workspace import sae as sae
    from .notebook.workspace import tokenization as tokenization
    from .notebook.workspace import training as training

    open = open_workspace

# Name for the user: the module that has it, and its name there.
_LAZY = {
    "open": ("notebook.workspace", "open_workspace"),
    "dataset": ("notebook.workspace", "dataset"),
    "tokenization": ("notebook.workspace", "tokenization"),
    "model": ("notebook.workspace", "model"),
    "capture": ("notebook.workspace", "capture"),
    "training": ("notebook.workspace", "training"),
    "sae": ("notebook.workspace", "sae"),
    "job": ("notebook.workspace", "job"),
    "steer": ("notebook.steer", "steer"),
    "register_architecture": ("notebook.architecture", "register_architecture"),
    "forget_architecture": ("notebook.architecture", "forget_architecture"),
    "Workspace": ("notebook.workspace", "Workspace"),
    "Dataset": ("notebook.dataset", "Dataset"),
    "Tokenization": ("notebook.tokenization", "Tokenization"),
    "Model": ("notebook.model", "Model"),
    "Capture": ("notebook.capture", "Capture"),
    "Training": ("notebook.training", "Training"),
    "Sae": ("notebook.sae", "Sae"),
    "Job": ("notebook.job", "Job"),
    "MiStudioError": ("contract.errors", "MiStudioError"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _LAZY[name]
    globals()[name] = value = getattr(import_module(f"{__name__}.{module}"), attribute)
    return value


def __dir__() -> list[str]:
    return ["__doc__", "__version__", *_LAZY]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "mistudio-labextension"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.app import MiStudio

    return [{"module": "mistudio_ext", "app": MiStudio}]
