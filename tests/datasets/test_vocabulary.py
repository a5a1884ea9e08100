"""Whether a model knows the tokens of a tokenization: told before anything heavy is begun."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict, Forbidden, MiStudioError, NotFound, Unreadable
from mistudio_ext.datasets import vocabulary
from mistudio_ext.datasets.tokenizations import check_vocabulary, get_tokenization, tokenize_dataset
from mistudio_ext.datasets.tokenizing_schema import CheckVocabulary, TokenizeDataset
from mistudio_ext.workspace.workspace import Workspace
from tests.support.tokenizer import make_tokenizer
from tests.support.work import read, tokenized


@pytest.fixture
def made(ws: Workspace, tokenizer_folder: Path) -> str:
    return tokenized(ws, read(ws, texts=["the rain and the storm"] * 30), tokenizer_folder, max_length=8)


def model(folder: Path, config: Any) -> str:
    folder.mkdir(exist_ok=True)
    content = config if isinstance(config, bytes) else json.dumps(config).encode()
    (folder / "config.json").write_bytes(content)
    return str(folder)


def largest(ws: Workspace, id: str) -> int:
    facts = get_tokenization(ws, id).facts
    assert facts is not None
    assert facts.largest_id is not None
    return facts.largest_id


def test_the_largest_id_decides(ws: Workspace, made: str, tmp_path: Path) -> None:
    id = largest(ws, made)
    for size, fits in ((id, False), (id + 1, True), (50_000, True), (1, False)):
        found = check_vocabulary(ws, made, CheckVocabulary(model=model(tmp_path / "small", {"vocab_size": size})))
        assert (found.fits, found.vocabulary, found.largest_id) == (fits, size, id)
        assert f"{id:,}" in found.sentence
        assert f"{size:,}" in found.sentence
    nested = model(tmp_path / "nested", {"model_type": "x", "text_config": {"vocab_size": 7}})
    assert check_vocabulary(ws, made, CheckVocabulary(model=nested)).vocabulary == 7


def test_added_tokens_and_padding_count(ws: Workspace, tmp_path: Path) -> None:
    """An added token lies behind the vocabulary that its model was made with; the model reads padding, too."""
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(make_tokenizer(tmp_path / "before")))
    size = len(theirs)
    theirs.add_tokens(["<extra>"])
    theirs.add_special_tokens({"pad_token": "<pad>"})
    theirs.save_pretrained(str(tmp_path / "extended"))
    dataset = read(ws, texts=["the rain <extra> and the storm"] * 30)
    packed = tokenized(ws, dataset, tmp_path / "extended", max_length=8)
    assert largest(ws, packed) == size
    facts = get_tokenization(ws, packed).facts
    assert facts is not None
    assert facts.vocabulary == size + 2
    padded = tokenized(ws, dataset, tmp_path / "extended", max_length=40, layout="rows", padding="max_length")
    assert largest(ws, padded) == size + 1
    with pytest.raises(Conflict, match="is not this model's") as refused:
        vocabulary.require_fit(get_tokenization(ws, packed), size, "tiny")
    assert refused.value.code == "vocabulary"
    vocabulary.require_fit(get_tokenization(ws, packed), size + 1, "tiny")


def test_a_tokenization_that_is_not_ready(ws: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    dataset = read(ws, texts=["the rain"] * 30)
    started = tokenize_dataset(ws, dataset, TokenizeDataset(tokenizer=str(tokenizer_folder), max_length=4))
    with pytest.raises(Conflict, match="not ready"):
        check_vocabulary(ws, started.object, CheckVocabulary(model=model(tmp_path / "m", {"vocab_size": 5})))


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"vocab_size": "7"},
        {"vocab_size": True},
        {"vocab_size": -1},
        {"text_config": [1]},
        [1],
        b"",
        b"{",
        b"[" * 9000,
        b" " * 2**21,
    ],
)
def test_configurations_that_say_nothing(ws: Workspace, made: str, tmp_path: Path, config: Any) -> None:
    with pytest.raises(Unreadable):
        check_vocabulary(ws, made, CheckVocabulary(model=model(tmp_path / "odd", config)))


def test_only_models_in_allowed_folders(ws: Workspace, made: str, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    (inside / "link").mkdir()
    (inside / "link" / "config.json").symlink_to(Path(model(outside, {"vocab_size": 5})) / "config.json")
    kept = Workspace(ws.root, [inside])
    try:
        expected: list[tuple[str, type[MiStudioError]]] = [
            (str(outside), Forbidden), ("../outside", Forbidden), ("link", Forbidden), ("missing", NotFound), ("\0", BadRequest),
        ]  # fmt: skip
        for path, error in expected:
            with pytest.raises(error):
                check_vocabulary(kept, made, CheckVocabulary(model=path))
    finally:
        kept.close()


def test_a_folder_without_a_model(ws: Workspace, made: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"There is no model in .*: it has no config\.json"):
        check_vocabulary(ws, made, CheckVocabulary(model=str(tmp_path)))
