"""A tokenizer of the hub: its files alone are fetched, its commit stays, and what cannot be had is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets.tokenizations import get_tokenization, preview_tokens, tokenize_dataset
from mistudio_ext.datasets.tokenizer_files import describe
from mistudio_ext.datasets.tokenizing_schema import PreviewTokens, TokenizeDataset
from mistudio_ext.jobs.control import resume_job, retry_job
from mistudio_ext.jobs.schema import Started
from mistudio_ext.workspace.workspace import Workspace
from tests.support.hub_server import LocalHub
from tests.support.tokenizer import make_tokenizer
from tests.support.work import do_next, read

NAME = "org/tiny"


@pytest.fixture(autouse=True)
def named_in_the_settings(local: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENDPOINT": local.url, "TRIES": "2", "TIMEOUT": "5"}.items():
        monkeypatch.setenv(f"MISTUDIO_HUB_{name}", value)


@pytest.fixture
def dataset(ws: Workspace) -> str:
    return read(ws, texts=["the rain and the storm"] * 30)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def repository(folder: Path) -> dict[str, bytes]:
    """As a model's repository is: weights, code and notes beside the tokenizer."""
    config = json.dumps({"model_type": "llama", "vocab_size": 400}).encode()
    return files_of(folder) | {
        "config.json": config, "model.safetensors": b"\0" * 200_000, "tokenization_own.py": b"raise SystemExit",
        "README.md": b"#", "onnx/tokenizer.json": b"{}",
    }  # fmt: skip


def ask(ws: Workspace, dataset: str, tokenizer: str = f"hub:{NAME}", **values: object) -> Started:
    return tokenize_dataset(ws, dataset, checked(TokenizeDataset, {"tokenizer": tokenizer, "max_length": 8} | values))


def test_only_its_files_are_fetched(ws: Workspace, local: LocalHub, dataset: str, tokenizer_folder: Path) -> None:
    commit = local.add("model", NAME, repository(tokenizer_folder)).refs["main"]
    started = ask(ws, dataset)
    record = get_tokenization(ws, started.object)
    assert (record.tokenizer.path, record.tokenizer.name, record.tokenizer.fingerprint) == (f"hub:{NAME}", "tiny", None)
    assert ask(ws, dataset) == started, "an equal request is the same one before anything was fetched"
    with pytest.raises(Conflict, match="not here yet"):
        preview_tokens(ws, PreviewTokens(text="a", tokenizer=f"hub:{NAME}"))
    with pytest.raises(Conflict, match="not here yet"):
        ask(ws, dataset, started.object)
    assert do_next(ws, "cpu").state == "succeeded"
    record = get_tokenization(ws, started.object)
    own = ws.folder_of(record.model_dump()) / "tokenizer"
    assert set(files_of(own)) == {*files_of(tokenizer_folder), "config.json"}
    assert "model.safetensors" not in local.sent
    assert (record.tokenizer.commit, record.tokenizer.fingerprint) == (commit, describe(own).fingerprint)
    assert ask(ws, dataset) == Started(object=started.object, job=None)
    for given in (f"hub:{NAME}", started.object):
        assert preview_tokens(ws, PreviewTokens(text="a", tokenizer=given)).params["folder"] == str(own)


def test_the_tokenizer_of_a_tokenization_again(ws: Workspace, local: LocalHub, dataset: str, tokenizer_folder: Path) -> None:
    local.add("model", NAME, repository(tokenizer_folder))
    first = ask(ws, dataset).object
    assert do_next(ws, "cpu").state == "succeeded"
    local.repositories.clear()
    second = ask(ws, dataset, first, max_length=4)
    assert do_next(ws, "cpu").state == "succeeded"
    ours, theirs = (get_tokenization(ws, each).tokenizer for each in (second.object, first))
    assert ours == theirs
    folder = str(ws.folder_of(ws.catalog.get(first)) / "tokenizer")
    assert ask(ws, dataset, folder, max_length=4).object == second.object, "equal files are the same tokenizer"
    with pytest.raises(BadRequest, match="has revisions"):
        ask(ws, dataset, first, revision="main")


def test_revisions_are_different_requests(
    ws: Workspace, local: LocalHub, dataset: str, tokenizer_folder: Path, tmp_path: Path
) -> None:
    made = local.add("model", NAME, repository(tokenizer_folder))
    old = made.refs["main"]
    new = made.commit(repository(make_tokenizer(tmp_path / "other", adds_begin=True)))
    found = []
    for revision in (None, old):
        started = ask(ws, dataset, revision=revision)
        assert do_next(ws, "cpu").state == "succeeded"
        found.append(get_tokenization(ws, started.object).tokenizer)
    assert [each.commit for each in found] == [new, old]
    assert found[0].fingerprint != found[1].fingerprint
    assert ask(ws, dataset, revision="main").job is None, "the newest state is that of main"
    assert ask(ws, dataset, revision=new) == ask(ws, dataset), "by whichever name a commit was got, it is that commit"


@pytest.mark.parametrize("again", ["resumed", "retried"])
def test_it_goes_on_with_the_commit_that_it_began_with(
    ws: Workspace, local: LocalHub, dataset: str, tokenizer_folder: Path, tmp_path: Path, again: str
) -> None:
    made = local.add("model", NAME, repository(tokenizer_folder))
    began = made.refs["main"]
    started = ask(ws, dataset)
    if again == "resumed":
        job = do_next(ws, "cpu", request="pause", after=2)
        assert job.state == "paused"
    else:
        local.trouble("tokenizer.json", status=503, times=20)
        job = do_next(ws, "cpu")
        assert job.state == "failed"
        local.troubles.clear()
    made.commit(repository(make_tokenizer(tmp_path / "other", adds_begin=True)))
    (resume_job if again == "resumed" else retry_job)(ws, job.id)
    assert do_next(ws, "cpu").state == "succeeded"
    tokenizer = get_tokenization(ws, started.object).tokenizer
    assert tokenizer.commit == began
    own = ws.folder_of(ws.catalog.get(started.object)) / "tokenizer"
    assert (own / "tokenizer.json").read_bytes() == (tokenizer_folder / "tokenizer.json").read_bytes()


@pytest.mark.parametrize(
    ("kind", "settings", "asked", "code", "field"),
    [
        ("model", {"gated": True}, {}, "hub_gated", "tokenizer"),
        ("model", {"private": True}, {}, "hub_gone", "tokenizer"),
        ("dataset", {}, {}, "hub_kind", "tokenizer"),
        ("model", {}, {"revision": "v9"}, "hub_revision", "revision"),
    ],
)
def test_what_cannot_be_had_is_said(
    ws: Workspace,
    local: LocalHub,
    dataset: str,
    tokenizer_folder: Path,
    kind: str,
    settings: Any,
    asked: Any,
    code: str,
    field: str,
) -> None:
    local.add(kind, NAME, repository(tokenizer_folder), **settings)
    started = ask(ws, dataset, **asked)
    job = do_next(ws, "cpu")
    assert job.error is not None
    assert (job.error.error.code, job.error.error.field) == (code, field)
    assert job.error.error.hint
    assert get_tokenization(ws, started.object).state == "failed"


def test_a_repository_without_a_tokenizer(ws: Workspace, local: LocalHub, dataset: str) -> None:
    local.add("model", NAME, {"config.json": b"{}", "model.safetensors": b"\0" * 100})
    ask(ws, dataset)
    job = do_next(ws, "cpu")
    assert job.error is not None
    assert "no tokenizer in org/tiny" in job.error.message
    assert job.error.error.field == "tokenizer"


@pytest.mark.parametrize("name", ["hub:", "hub:a/b/c", "hub:../x", "hub:http://x", "hub:a b"])
def test_names_that_are_none(ws: Workspace, dataset: str, name: str) -> None:
    with pytest.raises(BadRequest, match="not the name of a repository") as refused:
        ask(ws, dataset, name)
    assert refused.value.field == "tokenizer"
    with pytest.raises(BadRequest, match="not a revision"):
        ask(ws, dataset, revision="../x")
