"""Options as they count: those that contradict each other are refused, those without a meaning forgotten.

So requests that must come to the same are the same request.
"""

from __future__ import annotations

from typing import Any

from ..contract.errors import BadRequest
from .schema import DatasetFacts
from .tokenizing_schema import TokenizeDataset, TokenizeOptions

ROW_OPTIONS = ("padding", "truncation", "stride", "second", "attention_mask")


def settled(params: TokenizeDataset, dataset: DatasetFacts) -> TokenizeOptions:
    options = TokenizeOptions(**params.model_dump(include={*TokenizeOptions.model_fields}))
    unused = [] if dataset.conversations else ["chat_template"]
    changes: dict[str, Any] = {}
    if options.layout == "packed":
        unused += ROW_OPTIONS
    else:
        _check_rows(options, dataset)
        if options.truncation == "only_first" and options.second is None:
            changes["truncation"] = "longest_first"
        if dataset.conversations == dataset.samples:
            # A template writes all special tokens itself.
            unused.append("special_tokens")
    defaults = {name: TokenizeOptions.model_fields[name].default for name in unused}
    return options.model_copy(update=changes | defaults)


def what_counts(options: TokenizeOptions) -> dict[str, Any]:
    """The settled options that two tokenizations must have in common to be equal."""
    free = options.layout == "rows" and options.truncation == "none" and options.padding != "max_length"
    return options.model_dump(exclude={"max_length"} if free else None)


def _check_rows(options: TokenizeOptions, dataset: DatasetFacts) -> None:
    if options.truncation == "only_second" and options.second is None:
        raise BadRequest(
            "There is no second text that could be cut.", "Choose another truncation, or name a second text.", field="truncation"
        )
    if options.second is not None and dataset.conversations:
        raise BadRequest("A conversation has no second text.", "Leave the second text out.", field="second")
    if options.stride is None:
        return
    if options.truncation == "none":
        raise BadRequest(
            "Where nothing is cut there are no further rows for a stride.",
            "Leave the stride out, or choose a truncation.",
            field="stride",
        )
    if options.second is not None and options.truncation == "longest_first":
        raise BadRequest(
            "Further rows go on with one text of a pair, and with this truncation both are cut.",
            "Choose only_first or only_second.",
            field="truncation",
        )
    if options.stride >= options.max_length:
        raise BadRequest(
            f"A stride of {options.stride:,} leaves nothing new for a further row of {options.max_length:,} tokens.",
            "Choose a smaller stride.",
            field="stride",
        )
