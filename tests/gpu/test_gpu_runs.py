"""Whole trainings on a GPU: what they come to, what they say of the machine, and that they give its memory back."""

from __future__ import annotations

import gc

import pytest
import torch

from mistudio_ext.models.load import load_model
from mistudio_ext.trainings import operations
from mistudio_ext.trainings.record_schema import ReadMetrics
from tests.trainings.conftest import HOOKS, Prepared

from .conftest import DEVICE

ONE = {"saes": [{"hook": HOOKS[0]}], "steps": 60}


def fvu(prepared: Prepared, id: str) -> float:
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    found = facts.saes[0].evaluation
    assert found is not None
    assert found.fvu is not None
    return found.fvu


def test_a_training_comes_to_what_it_comes_to_on_a_cpu(prepared: Prepared) -> None:
    on_gpu, on_cpu = (fvu(prepared, prepared.train(device=device, **ONE)) for device in (DEVICE, "cpu"))
    assert on_gpu == pytest.approx(on_cpu, rel=0.02)


def test_the_machines_figures_are_noted_and_its_memory_is_given_back(prepared: Prepared) -> None:
    gc.collect()
    before = torch.cuda.memory_allocated()
    id = prepared.train(device=DEVICE, **ONE)
    gc.collect()
    assert torch.cuda.memory_allocated() <= before
    page = operations.read_metrics(prepared.ws, id, ReadMetrics(of="machine", columns=["gpu_memory", "gpu_use"]))
    assert all(each is not None and each > 0 for each in page.columns["gpu_memory"])
    assert all(each is not None and 0 <= each <= 1 for each in page.columns["gpu_use"])


@pytest.mark.parametrize("precision", ["bfloat16", "float16", "int8", "nf4", "fp4"])
def test_a_model_answers_in_every_precision(prepared: Prepared, precision: str) -> None:
    ids = torch.tensor([[1, 5, 9, 7]])
    with torch.no_grad():
        expected = load_model(prepared.model_folder, "float32")(input_ids=ids).logits[0]
        model = load_model(prepared.model_folder, precision, DEVICE)  # type: ignore[arg-type]
        found = model(input_ids=ids.to(DEVICE)).logits[0].float().cpu()
    likeness = torch.nn.functional.cosine_similarity(found, expected, dim=1)
    assert float(likeness.min()) > (0.9 if precision in ("int8", "nf4", "fp4") else 0.99)
