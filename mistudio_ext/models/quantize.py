"""Weights in fewer bits: how to ask for them, what of a model can be so held, and what really is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest
from .precision import TWO_BIT_GROUP, rest_of
from .schema import Precision, Weights

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

# What the fast path of bitsandbytes on processors with AVX-512 for bfloat16 wants of a matrix.
ROWS, COLUMNS = 32, 64
BY_BITSANDBYTES: tuple[Precision, ...] = ("int8", "nf4", "fp4")


def load_arguments(precision: Precision, device: str) -> dict[str, Any]:
    """For `from_pretrained`. The weights' own type is never left to chance: a file in float16 would be loaded as that."""
    import torch
    from transformers import BitsAndBytesConfig

    rest = getattr(torch, rest_of(precision, device))
    if precision in BY_BITSANDBYTES and find_spec("bitsandbytes") is None:
        raise missing("bitsandbytes", "pip install bitsandbytes")
    if precision == "int8":
        return {"dtype": rest, "quantization_config": BitsAndBytesConfig(load_in_8bit=True)}
    if precision in BY_BITSANDBYTES:
        return {
            "dtype": rest,
            "quantization_config": BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type=precision,
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=rest,
            ),
        }
    return {"dtype": rest}


# ---- before loading ----------------------------------------------------------


def count_weights(model: Any) -> Weights:
    """Of a model in full precision, or an empty one."""
    able = [module for _, module in quantizable(model)]
    return Weights(
        parameters=sum(each.numel() for each in model.parameters()),
        quantizable=sum(each.weight.numel() for each in able),
        rows=sum(_outputs(each) for each in able),
        matrices=len(able),
        buffers=sum(each.nbytes for each in model.buffers()),
    )


def quantizable(model: Any) -> Iterator[tuple[str, Any]]:
    """The matrices that are put into fewer bits: plain ones, but for the unembedding and what shares its weights.

    Experts that are held together in one tensor are no such module, nor are the matrices of Falcon's own kind.
    """
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    shared = {id(each.weight) for each in (model.get_input_embeddings(), model.get_output_embeddings()) if each is not None}
    for path, module in model.named_modules():
        if (type(module) is nn.Linear or isinstance(module, Conv1D)) and id(module.weight) not in shared:
            yield path, module


def _outputs(module: Any) -> int:
    from torch import nn

    # GPT-2's kind of matrix lies the other way round.
    return int(module.weight.shape[0 if isinstance(module, nn.Linear) else 1])


# ---- after loading -----------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    bytes: int
    parameters: int
    # Share of the parameters that are really held in fewer bits.
    quantized_share: float


def measure(model: nn.Module) -> Measured:
    """What the weights of a loaded model take, counted tensor by tensor; the library's own figure is wrong for some kinds."""
    held = {_identity(tensor): tensor.nbytes for tensor in _tensors(model)}
    counted: dict[int, int] = {}
    quantized = 0
    for module in model.modules():
        packed = _packed(module)
        for name, each in (*module.named_parameters(recurse=False), ("bias", module.__dict__.get("bias"))):
            if each is not None:
                counted[id(each)] = packed if packed is not None and name != "bias" else each.numel()
        quantized += packed or 0
    parameters = sum(counted.values())
    return Measured(sum(held.values()), parameters, quantized / max(parameters, 1))


def _tensors(model: nn.Module) -> Iterator[Tensor]:
    """Parameters, buffers, and the scales and tables that the quantizing libraries keep beside a weight."""
    yield from model.parameters()
    yield from model.buffers()
    for module in model.modules():
        weight = getattr(module, "weight", None)
        # The last two: bitsandbytes' scales in 8 bits, which lie with the weight until its first use, and hqq's.
        for kept in (getattr(weight, "quant_state", None), getattr(module, "state", None), module.__dict__):
            yield from _within(kept if isinstance(kept, dict) else getattr(kept, "__dict__", {}))
        yield from _within({"SCB": getattr(weight, "SCB", None)})


def _within(kept: dict[str, Any]) -> Iterator[Tensor]:
    import torch

    for each in kept.values():
        if isinstance(each, torch.Tensor):
            yield each
    for name in ("state2", "meta"):
        deeper = kept.get(name)
        if deeper is not None:
            yield from _within(deeper if isinstance(deeper, dict) else vars(deeper))


def _identity(tensor: Tensor) -> tuple[Any, ...]:
    return (tensor.data_ptr(), tensor.nbytes) if tensor.data_ptr() else (id(tensor),)


def _packed(module: Any) -> int | None:
    """How many numbers a quantized matrix stands for; none for anything else."""
    import torch

    weight = getattr(module, "weight", None)
    if (state := getattr(weight, "quant_state", None)) is not None:
        return int(torch.Size(state.shape).numel())
    if isinstance(weight, torch.Tensor) and weight.dtype == torch.int8:
        return weight.numel()
    meta = getattr(module, "meta", None)
    return int(torch.Size(meta["shape"]).numel()) if isinstance(meta, dict) and "shape" in meta else None


def make_fit(model: Any) -> None:
    """Keep matrices of other shapes off the fast path for 4 bits on the CPU, which would fail on them at the first use."""
    for module in model.modules():
        fast = getattr(module, "support_avx512bf16_for_cpu", False)
        if fast and (module.out_features % ROWS or module.in_features % COLUMNS):
            module.support_avx512bf16_for_cpu = False


def to_two_bits(model: Any, dtype: torch.dtype, device: str) -> None:
    """Replace the matrices of a loaded model one by one. Calibration-free; the unembedding stays as it is."""
    try:
        from hqq.core.quantize import BaseQuantizeConfig, HQQLinear
    except ImportError:
        raise missing("hqq", "pip install 'mistudio-ext[hqq]'") from None
    recipe = BaseQuantizeConfig(nbits=2, group_size=TWO_BIT_GROUP)
    for path, module in list(quantizable(model)):
        if module.weight.numel() % TWO_BIT_GROUP == 0:
            parent, _, name = path.rpartition(".")
            packed = HQQLinear(_linear(module), recipe, compute_dtype=dtype, device=device)
            setattr(model.get_submodule(parent), name, packed)


def _linear(module: Any) -> nn.Linear:
    """GPT-2's kind of matrix as a plain one."""
    from torch import nn

    if isinstance(module, nn.Linear):
        return module
    inputs, outputs = module.weight.shape
    linear = nn.Linear(inputs, outputs, device="meta")
    linear.weight = nn.Parameter(module.weight.data.T.contiguous(), requires_grad=False)
    linear.bias = module.bias
    return linear


def missing(package: str, install: str) -> BadRequest:
    return BadRequest(
        f"This precision needs the package {package}, which is not installed here.",
        f"Install it with: {install}. Or choose another precision.",
        field="precision",
        code="extra_missing",
    )
