"""Where a model is computed: what is asked for, or a sentence that says what there is."""

from __future__ import annotations

import pytest
import torch

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.models.device import require_device


def test_left_to_itself_it_is_the_gpu_where_there_is_one() -> None:
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert require_device(None) == require_device("auto") == expected
    assert require_device("cpu") == "cpu"


@pytest.mark.parametrize("asked", [f"cuda:{torch.cuda.device_count()}", "cuda:99"])
def test_one_that_is_not_here_is_refused(asked: str) -> None:
    with pytest.raises(BadRequest, match=f"no device {asked} here") as caught:
        require_device(asked)
    assert "cpu" in str(caught.value.hint)
    assert caught.value.field == "device"
