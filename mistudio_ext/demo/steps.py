"""The steps of the demo. Each begins its job by an ordinary operation, or finds that an equal one did so before."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from ..captures.operations import get_capture, make_capture
from ..captures.schema import MakeCapture
from ..contract.errors import NotFound
from ..contract.models import checked
from ..datasets import incoming
from ..datasets.operations import add_dataset, get_dataset, list_datasets
from ..datasets.schema import AddDataset
from ..datasets.tokenizations import get_tokenization, tokenize_dataset
from ..datasets.tokenizing_schema import TokenizeDataset
from ..jobs.schema import Started
from ..models.operations import add_model, get_model
from ..models.schema import AddModel
from ..trainings.operations import get_training, list_trainings, start_training
from ..trainings.record_schema import Control, Evaluation, ListTrainings, Training
from ..trainings.schema import Train
from ..workspace.schema import ListObjects
from ..workspace.workspace import Workspace
from . import corpus, material
from .schema import DemoNumbers

# By name, the ids of what the steps before have made.
Made = dict[str, str]
Counts = dict[str, int]

# Some 640,000 tokens of text that the model has not seen: enough for features that mean something, captured in seconds.
DOCUMENTS = 7000
SEED = material.TRAINING_SEED + 1
LENGTH = 128
# How often the activations are gone through.
ROUNDS = 8
# By this it is found again, whatever the user calls it.
SOURCE = "the demo's documents"
NOTES = (
    "Made on the spot, so that what it holds is known: each sample's topic, and which of its characters are a number, a month, "
    "a name … (`spans`: start, end, concept)."
)


class Step(NamedTuple):
    name: str
    title: str
    begin: Callable[[Workspace, Made], Started]
    counts: Callable[[Workspace, str], Counts]


def begin_dataset(ws: Workspace, _made: Made) -> Started:
    if there := _dataset_there(ws):
        return there
    with incoming.handed_over(ws, "stories.jsonl", SOURCE) as (upload, file):
        for document in corpus.documents(DOCUMENTS, SEED):
            file.write(corpus.line(document).encode())
    # Under one lock from the look to the record, so that of two equal requests the second finds the first one's.
    with ws.catalog.change():
        there = _dataset_there(ws)
        if there is None:
            return add_dataset(ws, AddDataset(upload=upload, name="stories", columns=["text"], notes=NOTES))
    with suppress(NotFound):
        incoming.cancel_upload(ws, upload)
    return there


def _dataset_there(ws: Workspace) -> Started | None:
    for each in list_datasets(ws, ListObjects()).datasets:
        if (each.source.kind, each.source.name) == ("memory", SOURCE) and each.state != "failed":
            return Started(object=each.id, job=each.job.id if each.job and each.state == "working" else None)
    return None


def begin_model(ws: Workspace, _made: Made) -> Started:
    # It lies in the package: no user has chosen the folder, so none needs to be allowed it.
    ours = copy.copy(ws)
    ours.allowed_folders = None
    return add_model(ours, AddModel(path=str(material.MODEL_FOLDER)))


def begin_tokenization(ws: Workspace, made: Made) -> Started:
    return tokenize_dataset(ws, made["dataset"], TokenizeDataset(tokenizer=made["model"], max_length=LENGTH))


def begin_capture(ws: Workspace, made: Made) -> Started:
    options = MakeCapture(
        model=made["model"],
        tokenization=made["tokenization"],
        hooks=["layers.middle.resid_post"],
        dtype="float16",
        batch_size=128,
    )
    return make_capture(ws, options)


def begin_training(ws: Workspace, made: Made) -> Started:
    capture = get_capture(ws, made["capture"])
    assert capture.facts is not None
    length = {"tokens": ROUNDS * capture.facts.tokens}
    wanted = checked(Train, {"sources": [{"capture": capture.id}], "architecture": "topk", "width": 256, "k": 8} | length)
    with ws.catalog.change():
        for each in list_trainings(ws, ListTrainings()).trainings:
            if each.state != "failed" and _params(each) == _params(wanted):
                return Started(object=each.id, job=each.job.id if each.job and each.state == "working" else None)
        return start_training(ws, wanted)


def _params(training: Train | Training) -> dict[str, Any]:
    """Without what its owner may write upon it."""
    return training.model_dump(include={*Train.model_fields} - {"name", "tags", "notes"})


def in_dataset(ws: Workspace, id: str) -> Counts:
    facts = get_dataset(ws, id).facts
    return {"samples": facts.samples, "characters": facts.characters} if facts else {}


def in_model(ws: Workspace, id: str) -> Counts:
    facts = get_model(ws, id).facts
    return {"parameters": facts.parameters, "layers": facts.layers} if facts else {}


def in_tokenization(ws: Workspace, id: str) -> Counts:
    facts = get_tokenization(ws, id).facts
    return {"tokens": facts.tokens, "blocks": facts.blocks} if facts else {}


def in_capture(ws: Workspace, id: str) -> Counts:
    facts = get_capture(ws, id).facts
    return {"vectors": facts.tokens, "dimensions": facts.hooks[0].width} if facts else {}


def in_training(ws: Workspace, id: str) -> Counts:
    facts = get_training(ws, id).facts
    return {"features": facts.saes[0].width, "steps": facts.step} if facts else {}


def numbers(ws: Workspace, id: str) -> tuple[DemoNumbers | None, DemoNumbers | None]:
    """Of the demo's SAE and of its control; of a text that is too small to hold some of it back there are none."""
    facts = get_training(ws, id).facts
    found = facts.saes[0].evaluation if facts else None
    return _numbers(found), _numbers(found.control if found else None)


def _numbers(found: Evaluation | Control | None) -> DemoNumbers | None:
    if found is None:
        return None
    return DemoNumbers(fvu=found.fvu, l0=found.l0, dead_share=found.dead, loss_recovered=found.loss_recovered)


STEPS = (
    Step("dataset", "Text", begin_dataset, in_dataset),
    Step("model", "Model", begin_model, in_model),
    Step("tokenization", "Tokens", begin_tokenization, in_tokenization),
    Step("capture", "Activations", begin_capture, in_capture),
    Step("training", "SAE", begin_training, in_training),
)
