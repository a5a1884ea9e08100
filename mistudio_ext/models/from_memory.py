"""A transformers model out of a kernel's memory: written to the workspace as files like any other's, then taken over by a job.

Nothing is pickled. The library is loaded already, or the object would not be one of its models.
"""

from __future__ import annotations

import copy
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, NotFound
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.ids import new_id
from ..workspace.workspace import Workspace
from .architecture import architecture_of
from .facts import facts_of
from .files import CONFIG, FILES, HANDED_OVER, INDEXES, OTHERS, entry_of
from .schema import HandedOver, ModelFacts
from .weights import parts_of

FLOATS = ("float64", "float32", "float16", "bfloat16")


@contextmanager
def written(ws: Workspace, model: Any, tokenizer: Any = None) -> Iterator[str]:
    """The id of an upload with the model's files; when the block fails, nothing of it is left."""
    _check(model, tokenizer)
    needed = sum(each.nbytes for each in model.parameters())
    if needed > ws.free_bytes():
        raise atomic.no_space(ws.root / "uploads", needed)
    id = new_id("up")
    folder = ws.folder(id)
    try:
        with atomic.disk_full_says_so(folder):
            atomic.make_folder(folder / FILES)
            _write(folder / FILES, model, tokenizer)
        atomic.write_json(folder / HANDED_OVER, {"id": id, "memory": type(model).__name__})
        yield id
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def take_over(job: JobContext, params: HandedOver) -> ModelFacts:
    upload, place = job.workspace.folder(params.upload), job.workspace.folder(job.object) / FILES
    if not place.exists():
        if not (upload / FILES).exists():
            raise NotFound("What was written from memory is not there any more.", "Add the model again.")
        atomic.publish(upload / FILES, place)
    job.progress(0, None, "Looking at its files")
    facts = facts_of(place, params.name, {})
    job.workspace.catalog.update(job.object, {"facts": facts.model_dump()})
    shutil.rmtree(upload, ignore_errors=True)
    return facts


def _check(model: Any, tokenizer: Any) -> None:
    library = sys.modules.get("transformers")
    if library is None or not isinstance(model, library.PreTrainedModel):
        raise BadRequest(
            f"An object of the class {type(model).__name__} is no transformers model.",
            "Give a PreTrainedModel: of a compiled model its `_orig_mod`, of one with adapters what `merge_and_unload` gives.",
            field="source",
        )
    if tokenizer is not None and not isinstance(tokenizer, library.PreTrainedTokenizerBase):
        raise BadRequest(
            f"An object of the class {type(tokenizer).__name__} is no transformers tokenizer.",
            "Give what AutoTokenizer gives, or leave it out; then the model cannot be tried with a text.",
            field="tokenizer",
        )
    if getattr(model, "_hf_peft_config_loaded", False):
        raise BadRequest(
            "The model has adapters on it, which are not part of its weights.",
            "Merge them into it with peft (`merge_and_unload`), and add what that gives.",
            field="source",
        )
    kinds = {str(each.dtype).removeprefix("torch.") for each in model.parameters()}
    if not kinds <= {*FLOATS} or getattr(model, "is_quantized", False):
        raise BadRequest(
            "The model's weights are quantized.",
            "Add it with its full weights; they are quantized when they are loaded, with precision=… as you choose.",
            field="source",
            code="stored_quantized",
        )
    if any(each.is_meta for each in model.parameters()):
        what = "Some of the model's weights are not in memory (they are on the meta device, or offloaded)."
        raise BadRequest(what, "Load it whole, and add it then.", field="source")


def _write(folder: Path, model: Any, tokenizer: Any) -> None:
    name = type(model).__name__
    # What cannot be used is refused before its weights are written.
    config = copy.deepcopy(model.config)
    config.architectures = [name]
    config.save_pretrained(folder)
    architecture_of(folder, f"This {name}")
    try:
        model.save_pretrained(folder)
        if tokenizer is not None:
            tokenizer.save_pretrained(folder)
    except (ValueError, RuntimeError, NotImplementedError) as error:
        why = (str(error).strip().split("\n")[0] or type(error).__name__)[:300]
        raise BadRequest(
            f"transformers cannot write this {name}: {why}", "Look whether its own `save_pretrained` works.", field="source"
        ) from error
    _keep_ours(folder, name)


def _keep_ours(folder: Path, name: str) -> None:
    """No programs, and nothing that only other tools read; what stays is on the disk for good."""
    entry = entry_of({each.name for each in folder.iterdir()}, f"This {name}")
    parts = set(parts_of(folder / entry, f"This {name}").values()) if entry in INDEXES else set()
    for file in folder.iterdir():
        if file.is_dir():
            shutil.rmtree(file)
        elif file.name not in {CONFIG, entry, *parts, *OTHERS}:
            file.unlink()
        else:
            with open(file, "rb") as stream:
                os.fsync(stream.fileno())
