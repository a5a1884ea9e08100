"""What a training reads: captures, or a model directly."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Tag

from ..captures.schema import ForwardOptions
from ..contract.models import Contract, option


class Share(Contract):
    """Of one of several sources."""

    weight: float = option(1.0, title="Weight", help="Its share, beside the other weights.", ge=0, le=1e6)
    weight_at_end: float | None = option(
        None, title="Weight at the end", help="For a curriculum: the weight moves there in a straight line.", ge=0, le=1e6
    )


class CaptureSource(Share):
    """A capture that a training reads."""

    capture: str = option(title="Capture", help="Id of the capture.", min_length=1, max_length=100)

    @property
    def id(self) -> str:
        """By which it is told from the others."""
        return self.capture

    @property
    def made_from(self) -> list[str]:
        return [self.capture]


def _told_apart(schema: dict[str, Any]) -> None:
    """A training has a batch size of its own, in the same form."""
    schema["properties"]["batch_size"]["title"] = "Model's batch size"


class StreamSource(Share, ForwardOptions):
    """A model that a training reads directly, over a text: nothing of the size of its activations lies on the disk."""

    model_config = ConfigDict(json_schema_extra=_told_apart)

    model: str = option(title="Model", help="Id of the model.", min_length=1, max_length=100)
    tokenization: str = option(
        title="Tokenization", help="Id of the tokenization whose text is read.", min_length=1, max_length=100
    )

    @property
    def id(self) -> str:
        return self.tokenization

    @property
    def made_from(self) -> list[str]:
        return [self.model, self.tokenization]


def _kind_of(source: Any) -> str:
    names = source if isinstance(source, dict) else vars(source) if isinstance(source, Share) else ()
    return "stream" if "capture" not in names and ("model" in names or "tokenization" in names) else "capture"


Source = Annotated[Annotated[CaptureSource, Tag("capture")] | Annotated[StreamSource, Tag("stream")], Discriminator(_kind_of)]
