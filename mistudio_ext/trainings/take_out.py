"""The SAE of a checkpoint with some held-out rows of its sources beside it, on which it is checked whenever it is loaded."""

from __future__ import annotations

from ..contract.models import checked
from ..jobs.context import JobContext
from ..models.schema import ModelRecord
from ..saes.check import Check
from ..saes.keep import keep_sae
from ..saes.matryoshka import prefixes_of
from ..saes.schema import SaeAbout, SaeFacts, SaeOptions, SaeRecord
from .check_rows import read_check_rows
from .checkpoint import read_state, sae_at
from .checkpoint_net import load_net
from .record_schema import TrainingRecord
from .sources import text_of


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
    model = checked(ModelRecord, ws.catalog.get(str(record.model)))
    dataset, context = text_of(ws, checked(TrainingRecord, ws.catalog.get(training)).sources[0])
    about = SaeAbout(
        architecture=options.architecture,
        target=options.target,
        k=net.form.k,
        normalization=options.normalization,
        hook=record.hook,
        out_hook=record.out_hook,
        model_name=record.model_name,
        model_family=model.facts.family if model.facts else None,
        precision=record.precision,
        dataset=dataset[:300],
        context_size=context,
        training=training,
        step=record.step,
        variant=record.variant,
        prefixes=prefixes_of(options, sae["width"]),
        fvu=known.get("fvu"),
        l0=known.get("l0"),
    )
    rows = read_check_rows(folder).get(str(record.hook))
    return keep_sae(job, net, about, None if rows is None else Check.of(net, rows))
