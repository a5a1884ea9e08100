"""The demo in a notebook: handles of what it is made of."""

from __future__ import annotations

from typing import Any

from ..contract.errors import Conflict
from ..demo import schema
from ..demo.operations import make_demo
from ..display.demo import FOUND, HEADERS, figures, in_words, rows, to_follow
from ..lanes.perform import perform
from ..workspace.workspace import Workspace as Core
from . import cards
from .capture import Capture
from .dataset import Dataset
from .job import Job
from .model import Model
from .tokenization import Tokenization
from .training import Training


class Demo:
    """A text whose concepts are known, a small model of such text, and what was made of the two."""

    def __init__(self, core: Core, found: schema.Demo):
        self._core = core
        self._found = found

    @property
    def dataset(self) -> Dataset:
        """The text: each sample's other fields say its topic, and where in it which concept is."""
        return Dataset(self._core, self._id("dataset"))

    @property
    def model(self) -> Model:
        """The small language model."""
        return Model(self._core, self._id("model"))

    @property
    def tokenization(self) -> Tokenization:
        """The text in blocks of the model's tokens."""
        return Tokenization(self._core, self._id("tokenization"))

    @property
    def capture(self) -> Capture:
        """The model's activations over the text."""
        return Capture(self._core, self._id("capture"))

    @property
    def training(self) -> Training:
        """The training of a sparse autoencoder on these activations; `.training.sae()` is what it made."""
        return Training(self._core, self._id("training"))

    def _id(self, name: str) -> str:
        step = next(each for each in self._found.steps if each.name == name)
        if step.object is None:
            raise Conflict("The demo has not come so far yet.", "ws.demo() waits until all of it is there.", code="not_ready")
        return step.object

    def __repr__(self) -> str:
        return f"<Demo: {', '.join(f'{each.name} {each.object or each.state}' for each in self._found.steps)}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(in_words(self._found))

    def _repr_html_(self) -> str:
        made = cards.table(HEADERS, rows(self._found))
        return made + cards.table(FOUND, figures(self._found)) if self._found.training else made


def load_demo(core: Core, *, wait: bool) -> Demo:
    while True:
        found: schema.Demo = perform(core, make_demo)
        job = to_follow(found)
        if job is None or not wait:
            return Demo(core, found)
        Job(core, job).wait()
