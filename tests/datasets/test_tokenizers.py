"""Tokenizers of several families: our ids are transformers' ids, and nothing that lies beside them is run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict, NotFound, TooLarge, Unreadable
from mistudio_ext.datasets import tokenizer_files
from mistudio_ext.datasets.tokenizations import tokenize_dataset
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.datasets.tokenizing_schema import TokenizeDataset
from mistudio_ext.workspace.workspace import Workspace
from tests.support import tokenizer as make
from tests.support.work import do_next, read

TEXTS = [
    "The rain fell over the valley.",
    "  two  spaces\tand\na line ",
    "naïve café 東京 😀 👩‍👩‍👧 \u202eabc",
    "ends with </s> and <s> inside",
    "[SEP] and <unk> spelled",
    "\0\x01\x7f",
    "x" * 5000,
    "\u202e\u0301\u0301",
    "<0x41> ▁the",
]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("tokenizers")
    return {
        "bytes": make.make_tokenizer(root / "bytes"),
        "bytes with begin": make.make_tokenizer(root / "begin", adds_begin=True),
        "spaced": make.make_spaced_tokenizer(root / "spaced"),
        "words": make.make_word_tokenizer(root / "words"),
        "truncating": truncating(make.make_tokenizer(root / "truncating")),
        "splitting": with_config(make.make_tokenizer(root / "splitting"), split_special_tokens=True),
        "prefixing": with_config(make.make_tokenizer(root / "prefixing"), add_prefix_space=True),
        "slow": slow(root / "slow"),
    }


def truncating(folder: Path) -> Path:
    content = json.loads((folder / "tokenizer.json").read_text())
    content["truncation"] = {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}
    content["padding"] = {
        "strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None,
        "pad_id": 0, "pad_type_id": 0, "pad_token": "<s>",
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(content))
    return folder


def with_config(folder: Path, **values: Any) -> Path:
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return folder


def slow(folder: Path) -> Path:
    """CTRL's tokenizer is one of those that exist in Python only."""
    folder.mkdir()
    tokens = ["<unk>", *(chr(code) for code in range(33, 127)), *(f"{chr(code)}@@" for code in range(33, 127)), "th@@", "the"]
    (folder / "vocab.json").write_text(json.dumps({token: id for id, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\nt h\nth e</w>\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CTRLTokenizer", "unk_token": "<unk>"}))
    return folder


FAMILIES = ["bytes", "bytes with begin", "spaced", "words", "truncating", "splitting", "prefixing", "slow"]


@pytest.mark.parametrize("family", FAMILIES)
def test_ids_are_those_of_transformers(folders: dict[str, Path], family: str) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(folders[family]))
    ours = Tokenizer(folders[family])
    assert ours.size == len(theirs)
    expected = [theirs(text, add_special_tokens=False)["input_ids"] for text in TEXTS]
    encoded = ours.encode(TEXTS)
    assert encoded.lengths.tolist() == [len(ids) for ids in expected]
    assert encoded.ids.tolist() == [id for ids in expected for id in ids]
    for text in TEXTS:
        for special in (False, True):
            assert ours.encode_one(text, special_tokens=special) == theirs(text, add_special_tokens=special)["input_ids"]
    # Looking at one text leaves no mark on how the others are encoded.
    assert ours.encode(TEXTS).ids.tolist() == encoded.ids.tolist()
    assert ours.encode([]).ids.tolist() == []


@pytest.mark.parametrize(
    ("family", "begin", "end"),
    [
        ("bytes", None, "</s>"),
        ("bytes with begin", "<s>", "</s>"),
        ("spaced", "<s>", "</s>"),
        ("words", None, None),
        ("slow", None, None),
    ],
)
def test_begin_and_end(folders: dict[str, Path], family: str, begin: str | None, end: str | None) -> None:
    tokenizer = Tokenizer(folders[family])
    strings = tokenizer.strings
    assert (strings.get(tokenizer.begin), strings.get(tokenizer.end)) == (begin, end)  # type: ignore[arg-type]


def test_a_text_that_spells_a_special_token(folders: dict[str, Path]) -> None:
    """As with every other tool, unless the tokenizer itself says otherwise."""
    default, splitting = Tokenizer(folders["bytes"]), Tokenizer(folders["splitting"])
    assert default.end in default.encode(["a </s> b"]).ids
    assert splitting.end not in splitting.encode(["a </s> b"]).ids


@pytest.mark.parametrize("family", ["bytes", "spaced", "words"])
def test_every_id_has_its_string(folders: dict[str, Path], family: str) -> None:
    from transformers import AutoTokenizer

    strings = Tokenizer(folders[family]).strings
    theirs = AutoTokenizer.from_pretrained(str(folders[family]))
    assert strings == {id: theirs.convert_ids_to_tokens(id) for id in range(len(theirs))}


def test_a_bare_tokenizer_file_is_enough(tmp_path: Path, tokenizer_folder: Path) -> None:
    shutil.copy(tokenizer_folder / "tokenizer.json", tmp_path)
    bare = Tokenizer(tmp_path)
    assert bare.encode(TEXTS).ids.tolist() == Tokenizer(tokenizer_folder).encode(TEXTS).ids.tolist()
    assert bare.end is None


def test_a_folder_with_a_model_in_it(tmp_path: Path, tokenizer_folder: Path) -> None:
    shutil.copytree(tokenizer_folder, tmp_path, dirs_exist_ok=True)
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 400, "hidden_size": 8}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 1000)
    assert Tokenizer(tmp_path).encode(TEXTS).ids.tolist() == Tokenizer(tokenizer_folder).encode(TEXTS).ids.tolist()
    facts = tokenizer_files.describe(tmp_path)
    tokenizer_files.copy(tmp_path, tmp_path / "copy", facts)
    assert not (tmp_path / "copy" / "model.safetensors").exists()


@pytest.mark.parametrize("damage", ["cut", "empty", "no json", "wrong shape", "binary"])
def test_a_broken_tokenizer_is_a_clear_error(tmp_path: Path, tokenizer_folder: Path, damage: str) -> None:
    shutil.copytree(tokenizer_folder, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "tokenizer.json"
    content = path.read_bytes()
    path.write_bytes(
        {"cut": content[: len(content) // 2], "empty": b"", "no json": b"hello", "wrong shape": b"[1]", "binary": b"\xff\0"}[
            damage
        ]
    )
    with pytest.raises(Unreadable, match="cannot be read"):
        Tokenizer(tmp_path)


@pytest.mark.parametrize(
    "part",
    [
        {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}},
        {"normalizer": {"type": "Replace", "pattern": {"String": ""}, "content": "x"}},
        {"pre_tokenizer": {"type": "FixedLength", "length": 0}},
    ],
    ids=str,
)
def test_what_makes_the_library_panic_fails_the_job_and_not_its_lane(
    ws: Workspace, tmp_path: Path, tokenizer_folder: Path, part: dict[str, Any]
) -> None:
    shutil.copytree(tokenizer_folder, tmp_path / "hostile")
    path = tmp_path / "hostile" / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | part))
    dataset = read(ws, texts=["some words"])
    tokenize_dataset(ws, dataset, TokenizeDataset(tokenizer=str(tmp_path / "hostile"), max_length=4))
    job = do_next(ws, "cpu")
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.error.code == Unreadable.code


@pytest.mark.parametrize("known", [True, False])
def test_code_that_comes_along_is_neither_run_nor_copied(tmp_path: Path, tokenizer_folder: Path, known: bool) -> None:
    folder = tmp_path / "foreign"
    shutil.copytree(tokenizer_folder, folder)
    (folder / "tokenization_foreign.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w').write('ran')\nclass ForeignTokenizer: pass\n"
    )
    with_config(
        folder,
        auto_map={"AutoTokenizer": ["tokenization_foreign.ForeignTokenizer", "tokenization_foreign.ForeignTokenizer"]},
        tokenizer_class="PreTrainedTokenizerFast" if known else "ForeignTokenizer",
    )
    assert Tokenizer(folder).encode(TEXTS).ids.tolist() == Tokenizer(tokenizer_folder).encode(TEXTS).ids.tolist()
    tokenizer_files.copy(folder, tmp_path / "copy", tokenizer_files.describe(folder))
    assert not list((tmp_path / "copy").glob("*.py"))
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.json").write_text("{}")
    with pytest.raises(Unreadable):
        Tokenizer(folder)
    assert not (tmp_path / "ran").exists()


def test_the_fingerprint_follows_the_files(tmp_path: Path, tokenizer_folder: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tokenizer_folder, folder)
    assert tokenizer_files.describe(folder).fingerprint == tokenizer_files.describe(tokenizer_folder).fingerprint
    (folder / "README.md").write_text("not part of it")
    assert tokenizer_files.describe(folder).fingerprint == tokenizer_files.describe(tokenizer_folder).fingerprint
    before = tokenizer_files.versions(folder)
    with_config(folder, model_max_length=17)
    assert tokenizer_files.describe(folder).fingerprint != tokenizer_files.describe(tokenizer_folder).fingerprint
    assert tokenizer_files.versions(folder) != before


def test_folders_without_a_usable_tokenizer(tmp_path: Path, tokenizer_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadRequest, match="no tokenizer"):
        tokenizer_files.describe(tmp_path)
    with pytest.raises(BadRequest, match="no tokenizer"):
        tokenizer_files.describe(tokenizer_folder / "tokenizer.json")
    monkeypatch.setattr(tokenizer_files, "MAX_BYTES", 100)
    with pytest.raises(TooLarge):
        tokenizer_files.describe(tokenizer_folder)


def test_files_that_change_while_they_are_copied(tmp_path: Path, tokenizer_folder: Path) -> None:
    folder = tmp_path / "changing"
    shutil.copytree(tokenizer_folder, folder)
    facts = tokenizer_files.describe(folder)
    with_config(folder, model_max_length=17)
    with pytest.raises(Conflict, match="changing"):
        tokenizer_files.copy(folder, tmp_path / "copy", facts)


def test_a_broken_tokenizer_is_called_what_the_user_called_it(ws: Workspace, tmp_path: Path, tokenizer_folder: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tokenizer_folder, broken)
    (broken / "tokenizer.json").write_text("{}")
    tokenize_dataset(ws, read(ws, texts=["a"]), TokenizeDataset(tokenizer=str(broken)))
    error = do_next(ws, "cpu").error
    assert error
    assert str(broken) in error.message
    assert str(ws.root) not in error.message
    assert "'" not in error.message.removeprefix(f"The tokenizer {broken}"), "a bare KeyError"


@pytest.mark.parametrize("vocabulary", [None, "vocab.json"])
def test_a_tokenizer_that_is_code_is_not_run(ws: Workspace, tmp_path: Path, vocabulary: str | None) -> None:
    about = {"auto_map": {"AutoTokenizer": ["code.Theirs", None]}, "tokenizer_class": "Theirs"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(about))
    (tmp_path / "code.py").write_text("raise SystemExit")
    if vocabulary is not None:
        (tmp_path / vocabulary).write_text("{}")
    with pytest.raises(Unreadable, match="such code is not run"):
        Tokenizer(tmp_path)
    if vocabulary is None:
        with pytest.raises(Unreadable, match="such code is not run"):
            tokenizer_files.require(tmp_path)


def test_a_path_that_is_not_there_may_have_been_meant_for_the_hub(ws: Workspace) -> None:
    with pytest.raises(NotFound, match="hub:owner/name"):
        tokenize_dataset(ws, read(ws, texts=["a"]), TokenizeDataset(tokenizer="gpt2"))
