"""Which files of a repository or folder are a model, and why it is refused where none are."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..contract.errors import BadRequest, MiStudioError
from ..datasets import tokenizer_files

CONFIG, CARD, ADAPTER, PROGRAM = "config.json", "README.md", "adapter_config.json", "custom_generate"
# In a model's folder: what it is made of, and what was measured on its weights.
FILES, HOOK_POINTS = "files", "hook_points.json"
# Beside the files of a model that was written from memory: what it is an object of.
HANDED_OVER = "upload.json"
SAFE, SAFE_INDEX = "model.safetensors", "model.safetensors.index.json"
# Pickles, which torch reads without running what is in them. Taken only where there is nothing better.
PICKLED, PICKLED_INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"
ENTRIES = (SAFE, SAFE_INDEX, PICKLED, PICKLED_INDEX)
INDEXES = (SAFE_INDEX, PICKLED_INDEX)
# All that is wanted besides the weights. Never programs.
OTHERS = (
    *tokenizer_files.NAMES,
    "generation_config.json",
    "chat_template.json",
    CARD,
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
    "NOTICE",
    "NOTICE.txt",
)
FOREIGN = {
    ".gguf": "GGUF",
    ".ggml": "GGML",
    ".onnx": "ONNX",
    ".mlpackage": "Core ML",
    ".tflite": "TFLite",
    ".h5": "TensorFlow",
    ".msgpack": "Flax",
    ".pt": "another program's pickle",
    ".pth": "another program's pickle",
    ".ckpt": "another program's pickle",
    ".pkl": "another program's pickle",
    ".bin": "another program's pickle",
    ".safetensors": "safetensors under names that transformers does not look for",
}


def is_program(path: str) -> bool:
    """Whether it is program code that could be loaded with the model."""
    return "/" not in path and path.endswith(".py")


def entry_of(names: Collection[str], model: str) -> str:
    """The file that says where the weights are: theirs, or the index of several."""
    found = next((name for name in ENTRIES if name in names), None)
    if CONFIG in names and found is not None:
        return found
    raise _refusal(names, model, found is not None)


def require_plain(folder: Path, model: str) -> None:
    """A folder is loaded as it is: for an adapter, what loads it would go and get another model; a program it might run."""
    if (folder / ADAPTER).exists():
        raise _adapter(model)
    if (folder / PROGRAM).exists():
        raise BadRequest(
            f"{model} brings a program of its own for writing texts ({PROGRAM}), and such code is not run here.",
            f"There is no setting that allows it. Add a copy of the folder without {PROGRAM}.",
            code="remote_code",
        )


def _refusal(names: Collection[str], model: str, weights: bool) -> MiStudioError:
    if ADAPTER in names:
        return _adapter(model)
    if weights:
        return BadRequest(
            f"{model} has weights and no config.json, which says what they are.",
            "Choose the repository or folder that transformers loads the model from.",
            code="no_config",
        )
    forms = [form for ending, form in FOREIGN.items() if any(name.endswith(ending) for name in names)]
    if forms:
        return BadRequest(
            f"{model} has its weights as {forms[0]} only; what is read here is model.safetensors.",
            "Choose the original that it was converted from, or convert it with transformers (`save_pretrained`).",
            code="foreign_weights",
        )
    return BadRequest(
        f"{model} has no weights that transformers loads.",
        "A model has config.json and model.safetensors, or its index and parts, directly in it.",
        code="no_weights",
    )


def _adapter(model: str) -> MiStudioError:
    return BadRequest(
        f"{model} is an adapter: it changes another model and is none by itself.",
        "Merge it into its base model with peft (`merge_and_unload`, `save_pretrained`), and add the folder of that.",
        code="adapter",
    )
