"""What is wrong with given values, in words that need no knowledge of how they are checked."""

from __future__ import annotations

from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.contract.models import WORDS, Contract, checked
from mistudio_ext.datasets.schema import AddDataset
from mistudio_ext.datasets.tokenizing_schema import TokenizeDataset
from mistudio_ext.workspace.schema import EditObject


@pytest.mark.parametrize(
    ("model", "values", "message"),
    [
        (TokenizeDataset, {"max_length": 9000}, "“max_length” must be 8,192 at the most. (1 more field is wrong.)"),
        (TokenizeDataset, {"tokenizer": "x", "eval_share": -1}, "“eval_share” must be 0 at the least."),
        (TokenizeDataset, {"tokenizer": ""}, "“tokenizer” must not be empty."),
        (TokenizeDataset, {}, "“tokenizer” is missing."),
        (TokenizeDataset, {"tokenizer": "x", "stride": "y"}, "“stride” must be a whole number."),
        (TokenizeDataset, {"tokenizer": "x", "layout": "y"}, "“layout” must be one of 'packed' or 'rows'."),
        (AddDataset, {"texts": []}, "“texts” must not be empty."),
        (AddDataset, {"texts": [None]}, "“texts.0” must be a text."),
        (AddDataset, {"notes": "x" * 20_001}, "“notes” must have 20,000 characters at the most."),
        (AddDataset, {"tags": ["x"] * 51}, "“tags” must have 50 entries at the most."),
        (AddDataset, {"name": "\n"}, "“name”: It has no visible letter."),
        (AddDataset, {"colums": ["x"]}, "There is no parameter “colums”."),
        (AddDataset, {"colums": 1, "x": 2, "y": 3}, "There is no parameter “colums”. (2 more fields are wrong.)"),
    ],
)
def test_sentences(model: type[Contract], values: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        checked(model, values)
    assert caught.value.message == message


def test_the_types_are_those_of_the_library() -> None:
    from typing import get_args

    from pydantic_core.core_schema import ErrorType

    assert set(WORDS) <= set(get_args(ErrorType))


def test_equal_tags_are_one() -> None:
    assert checked(AddDataset, {"tags": ["b", "a", " b ", "a"]}).tags == ["b", "a"]
    assert checked(EditObject, {"tags": ["x", "x"]}).tags == ["x"]
