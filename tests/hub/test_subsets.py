"""Configurations and splits: those that the datasets library sees, named in the refusal of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.download import download
from mistudio_ext.hub.listing import list_repository
from mistudio_ext.hub.schema import Listing
from mistudio_ext.hub.subsets import cards_of, files_of, subsets_of
from mistudio_ext.jobs.context import JobContext
from tests.hub.test_real_libraries import run
from tests.support.hub_server import LocalHub

CARD = """---
configs:
- config_name: en
  data_files:
  - split: train
    path: "en/train-*.jsonl"
  - split: test
    path: en/test.jsonl
- config_name: fr
  data_files: "fr/*.jsonl"
---
# a card
"""
ROW = b'{"text": "x"}\n'
SEVERAL = {
    "README.md": CARD.encode(),
    **dict.fromkeys(["en/train-0.jsonl", "en/train-1.jsonl", "en/test.jsonl", "fr/a.jsonl", "other.bin"], ROW),
}


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "cards"


def listed(local: LocalHub, job: JobContext, files: dict[str, bytes], cards: Path) -> Listing:
    local.add("dataset", "org/set", files)
    hub = Hub(local.url)
    listing = list_repository(hub, "dataset", "org/set")
    download(job, hub, listing, cards, cards_of(listing))
    return listing


def paths(found: dict[str, list[object]]) -> dict[str, list[str]]:
    return {name: [file.path for file in files] for name, files in found.items()}  # type: ignore[attr-defined]


def test_as_the_card_says(local: LocalHub, job: JobContext, cards: Path) -> None:
    listing = listed(local, job, SEVERAL, cards)
    assert subsets_of(listing, cards) == ["en", "fr"]
    assert paths(files_of(listing, cards, "en")) == {"train": ["en/train-0.jsonl", "en/train-1.jsonl"], "test": ["en/test.jsonl"]}  # type: ignore[arg-type]
    assert paths(files_of(listing, cards, "fr", "train")) == {"train": ["fr/a.jsonl"]}  # type: ignore[arg-type]
    assert local.bytes_sent == len(CARD)


def test_as_the_library_itself_sees_it_online(local: LocalHub, job: JobContext, cards: Path, tmp_path: Path) -> None:
    plain = {
        "data/train-00000-of-00002.jsonl": ROW,
        "data/train-00001-of-00002.jsonl": ROW,
        "data/validation.jsonl": ROW,
        "LICENSE": b"",
    }
    program = """
import json
from datasets import get_dataset_config_names, load_dataset_builder
out = {}
for name in get_dataset_config_names("org/set"):
    files = load_dataset_builder("org/set", name).config.data_files
    out[name] = {str(split): [path.partition("@")[2].partition("/")[2] for path in paths] for split, paths in files.items()}
print(json.dumps(out))"""
    for number, files in enumerate((SEVERAL, plain)):
        folder = cards.with_name(f"cards-{number}")
        listing = listed(local, job, files, folder)
        ours = {name: paths(files_of(listing, folder, name)) for name in subsets_of(listing, folder)}  # type: ignore[arg-type]
        assert run(local.url, tmp_path / str(number), program) == json.loads(json.dumps(ours))


@pytest.mark.parametrize(
    ("config", "split", "message", "hint", "field"),
    [
        ("de", None, "org/set has no configuration “de”.", "It has: “en”, “fr”.", "config"),
        (None, None, "org/set has several configurations.", "Choose one of: “en”, “fr”.", "config"),
        ("en", "dev", "org/set has no split “dev”.", "It has: “train”, “test”.", "split"),
    ],
)
def test_wrong_ones(
    local: LocalHub, job: JobContext, cards: Path, config: str | None, split: str | None, message: str, hint: str, field: str
) -> None:
    listing = listed(local, job, SEVERAL, cards)
    with pytest.raises(MiStudioError) as caught:
        files_of(listing, cards, config, split)
    assert (caught.value.message, caught.value.hint, caught.value.field) == (message, hint, field)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"set.py": b"import os", "README.md": b"# x"}, "hub_script"),
        ({"README.md": b"# x", "notes.docx": b"?"}, "hub_no_data"),
        ({}, "hub_no_data"),
        ({"README.md": b"---\nconfigs: [\n---\n", "a.jsonl": ROW}, "hub_card"),
        ({"README.md": b"---\n\xff\n---\n", "a.jsonl": ROW}, "hub_card"),
        ({"README.md": b"---\nconfigs: 3\n---\n", "a.jsonl": ROW}, "hub_subset"),
        ({".huggingface.yaml": b"!!python/object/apply:os.system [ls]", "a.jsonl": ROW}, "hub_card"),
        ({"a.zip": b"no archive"}, "hub_subset"),
    ],
)
def test_what_cannot_be_read(local: LocalHub, job: JobContext, cards: Path, files: dict[str, bytes], code: str) -> None:
    listing = listed(local, job, files, cards)
    with pytest.raises(MiStudioError) as caught:
        files_of(listing, cards)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "path", ["/etc/hosts", "../../etc/*", "http://10.0.0.1/x.jsonl", "zip://a::b", "~/x", "hf://datasets/a/b/c.jsonl"]
)
@pytest.mark.parametrize(
    "place", ["data_files: {}", "data_files: [{{split: train, path: ['{}']}}]", "data_dir: {}", "data_files: {{train: '{}'}}"]
)
def test_a_card_cannot_point_elsewhere(local: LocalHub, job: JobContext, cards: Path, path: str, place: str) -> None:
    card = f"---\nconfigs:\n- config_name: default\n  {place.format(path)}\n---\n"
    listing = listed(local, job, {"README.md": card.encode(), "a.jsonl": ROW}, cards)
    with pytest.raises(MiStudioError, match="names data outside its repository"):
        files_of(listing, cards)
