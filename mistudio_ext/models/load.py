"""A model from its folder, in the precision that is asked for: whole, from safetensors where there are any, and with code
that came along only where that is allowed."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, Unreadable
from .architecture import config_of
from .files import require_plain
from .precision import NOT_IN, QUANTIZED, rest_of
from .quantize import load_arguments, make_fit, to_two_bits
from .remote_code import is_run_for
from .schema import Precision


def load_model(folder: Path, precision: Precision, device: str = "cpu") -> Any:
    import torch
    import transformers

    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    require_plain(folder, "The model")
    config = config_of(folder, "the model")
    refuse(config.model_type, precision)
    with _sentences():
        model, found = transformers.AutoModelForCausalLM.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            trust_remote_code=is_run_for(config),
            weights_only=True,
            output_loading_info=True,
            device_map={"": device},
            **load_arguments(precision, device),
        )
    _require_all(found)
    model.eval()
    if precision == "hqq2":
        to_two_bits(model, getattr(torch, rest_of(precision, device)), device)
    make_fit(model)
    if precision in QUANTIZED:
        _try_out(model, precision)
    return model


@contextmanager
def _sentences() -> Iterator[None]:
    """The library's refusals, in our words. Of a pickle that holds a program it would advise to run it."""
    try:
        yield
    except Exception as error:
        if is_out_of_memory(error):
            raise
        if isinstance(error, pickle.UnpicklingError):
            what = "The model's weights are a pickle with more in it than weights, and programs are not run."
        else:
            why = (str(error).strip().split("\n")[0] or type(error).__name__)[:300]
            what = f"The model's files cannot be loaded ({type(error).__name__}: {why})."
        hint = "Get it again from where it came, or choose another model."
        raise Unreadable(what, hint, code="damaged") from error


def is_out_of_memory(error: Exception) -> bool:
    import torch

    # On the CPU torch has no error of its own for it, and two ways to say it.
    told = any(words in str(error) for words in ("not enough memory", "can't allocate memory"))
    return told or isinstance(error, MemoryError | torch.cuda.OutOfMemoryError)


def _require_all(found: dict[str, Any]) -> None:
    """The library fills in by chance what the files do not have."""
    if missing := sorted(found["missing_keys"]):
        raise Unreadable(
            f"The model's files lack {len(missing):,} of its weights, such as {ascii(missing[0])[1:-1][:100]}.",
            "Get it again from where it came, or choose another model.",
            code="damaged",
        )


def refuse(family: str, precision: Precision) -> None:
    if precision in NOT_IN.get(family, ()):
        raise _does_not_run(family, precision)


def _try_out(model: Any, precision: Precision) -> None:
    """Quantized weights fail when they are used, not when they are loaded."""
    import torch

    ids = torch.zeros((1, 2), dtype=torch.long, device=model.get_input_embeddings().weight.device)
    try:
        with torch.no_grad():
            model(input_ids=ids, use_cache=False)
    except (RuntimeError, AttributeError, AssertionError, TypeError) as error:
        if is_out_of_memory(error):
            raise
        raise _does_not_run(model.config.model_type, precision) from error


def _does_not_run(family: str, precision: Precision) -> BadRequest:
    return BadRequest(
        f"Models of the family {family} do not run in {precision}.",
        "Choose bfloat16, float16 or float32.",
        field="precision",
        code="precision_not_supported",
    )
