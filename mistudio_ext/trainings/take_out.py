"""The SAE of a checkpoint with some held-out rows of its captures beside it, on which it is checked whenever it is loaded."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..captures.vectors import Stored
from ..contract.models import checked
from ..jobs.context import JobContext
from ..saes.check import ROWS, Check
from ..saes.keep import keep_sae
from ..saes.schema import SaeAbout, SaeFacts, SaeOptions, SaeRecord
from .checkpoint import read_state, sae_at
from .checkpoint_net import load_net
from .record_schema import TrainingRecord

# Of the index, looked at for rows that fit.
LOOKED_AT = 2**20


def take_out_sae(job: JobContext, training: str) -> SaeFacts:
    ws = job.workspace
    record = checked(SaeRecord, ws.catalog.get(job.object))
    assert record.step is not None
    assert record.variant is not None
    job.progress(0, None, "Reading the checkpoint")
    folder = ws.folder(training)
    state = read_state(folder, record.step)
    sae, evaluation = sae_at(state, record.variant), state["evaluations"][record.variant]
    net = load_net(folder, record.step, record.variant)
    options = checked(SaeOptions, sae["options"])
    # An evaluation of an earlier step says nothing of this one.
    known = evaluation if evaluation is not None and evaluation["step"] == record.step else {}
    matryoshka = options.architecture == "matryoshka"
    about = SaeAbout(
        architecture=options.architecture,
        target=options.target,
        k=net.form.k,
        normalization=options.normalization,
        hook=record.hook,
        out_hook=record.out_hook,
        model_name=record.model_name,
        precision=record.precision,
        training=training,
        step=record.step,
        variant=record.variant,
        prefixes=[max(1, round(each * sae["width"])) for each in options.prefixes] if matryoshka else [],
        fvu=known.get("fvu"),
        l0=known.get("l0"),
    )
    capture = checked(TrainingRecord, ws.catalog.get(training)).sources[0].capture
    rows = _rows(Stored(ws.folder(capture) / "data"), str(record.hook))
    return keep_sae(job, net, about, Check.of(net, torch.from_numpy(rows)) if len(rows) else None)


def _rows(stored: Stored, hook: str) -> Any:
    """Held-out ones before others, and only such as averages are taken over."""
    held_out, counted = (stored.index[name].read(slice(0, LOOKED_AT)) for name in ("held_out", "counted"))
    chosen = np.concatenate([np.flatnonzero(counted & held_out), np.flatnonzero(counted & ~held_out)])[:ROWS]
    return stored[hook][np.sort(chosen)]
