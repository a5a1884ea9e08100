"""What runs on a GPU alone: skipped, and said so, where there is none."""

from __future__ import annotations

import pytest
import torch

from tests.trainings.conftest import prepared, source

__all__ = ["prepared", "source"]

DEVICE = "cuda"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not torch.cuda.is_available():
        for item in items:
            if item.path.parent.name == "gpu":
                item.add_marker(pytest.mark.skip(reason="there is no CUDA device: what runs on GPUs is not tested here"))
