"""Streaming gives the rows of a stored capture, mixed, each once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mistudio_ext.captures.estimate import Needs
from mistudio_ext.captures.schema import EstimateCapture, StreamActivations
from mistudio_ext.captures.stream import stream_from
from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.contract.models import checked
from tests.captures.conftest import Made
from tests.support import capturing

OPTIONS: dict[str, Any] = {"hooks": ["layers.0-1.resid_post"], "dtype": "bfloat16", "batch_size": 4}


@pytest.mark.parametrize("held_out", [None, True, False])
@pytest.mark.parametrize(("rows", "buffer"), [(10, 20), (32, 500), (64, 10**6)])
def test_a_stream_is_the_stored_rows_mixed(
    made: Made, model_folders: dict[str, Path], rows: int, buffer: int, held_out: bool | None
) -> None:
    model, tokenization = made.model(model_folders["llama"]), made.tokenization(eval_share=0.3)
    found = capturing.stored(made.ws, capturing.capture(made.ws, model, tokenization, **OPTIONS))
    columns = {name: column[:] for name, column in found.index.items()}
    wanted = np.ones(len(found), np.bool_) if held_out is None else columns["held_out"] == held_out
    needs = Needs(made.ws, checked(EstimateCapture, {"model": model, "tokenization": tokenization} | OPTIONS))

    def streamed() -> list[Any]:
        asked = checked(StreamActivations, OPTIONS | {"rows": rows, "buffer": buffer, "held_out": held_out})
        return list(stream_from(made.ws, needs, asked))

    batches = streamed()
    assert [len(each) for each in batches[:-1]] == [rows] * (len(batches) - 1)
    assert 0 < len(batches[-1]) <= rows
    index = {name: np.concatenate([each.index[name] for each in batches]) for name in columns}
    assert len(index["sample"]) == wanted.sum()
    mine, theirs = (np.lexsort((each["position"], each["block"])) for each in (index, columns))
    theirs = theirs[wanted[theirs]]
    for name, column in columns.items():
        assert np.array_equal(index[name][mine], column[theirs])
    for hook in found.hooks:
        together = torch.cat([each.vectors[hook] for each in batches])
        assert together.dtype == torch.bfloat16
        assert torch.equal(together[torch.from_numpy(mine)], found[hook].tensor(theirs))
    assert index["block"].tolist() != columns["block"][theirs].tolist(), "nothing was mixed"
    again = streamed()
    assert all(np.array_equal(one.index["block"], two.index["block"]) for one, two in zip(batches, again, strict=True))


def test_a_buffer_must_mix(made: Made, model_folders: dict[str, Path]) -> None:
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()
    needs = Needs(made.ws, EstimateCapture(model=model, tokenization=tokenization))
    with pytest.raises(BadRequest, match="mixes nothing"):
        next(stream_from(made.ws, needs, StreamActivations(rows=10, buffer=19)))
