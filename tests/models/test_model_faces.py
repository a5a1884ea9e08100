"""Models in a notebook, in a terminal and over REST: the same work, the same records."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from IPython.lib.pretty import pretty

import mistudio_ext as ms
from mistudio_ext.cli import main
from mistudio_ext.cli.commands import TABLE
from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.datasets.tokenizations import check_vocabulary
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.datasets.tokenizing_schema import CheckVocabulary
from mistudio_ext.lanes.perform import perform
from mistudio_ext.models import operations
from mistudio_ext.models.load import load_model
from mistudio_ext.notebook.model import Written
from mistudio_ext.workspace.workspace import Workspace
from tests.server.test_rest import call, ready
from tests.support.hostile import HOSTILE
from tests.support.notebook import shared_workspace


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from shared_workspace(tmp_path_factory.mktemp("faces") / "workspace")


@pytest.fixture(scope="module")
def model(shared: Workspace, model_folder: Path) -> ms.Model:
    found: ms.Model = ms.open(shared.root).add_model(model_folder, tags=["mine"])
    return found


def test_a_model_is_added_and_loads_as_the_ecosystems_own_objects(shared: Workspace, model: ms.Model, model_folder: Path) -> None:
    assert (model.name, model.state, model.tags, model.source.kind) == ("tiny", "ready", ["mine"], "folder")
    assert model.facts is not None
    assert model.facts.layers == 3
    assert model.card.startswith("# A tiny model")
    loaded, reference = model.load(), load_model(model_folder, "float32")
    assert loaded.dtype == torch.float32
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), reference.parameters(), strict=True))
    assert model.load("bf16").dtype == torch.bfloat16
    ids = model.tokenizer()("The rain")["input_ids"]
    assert ids == Tokenizer(model_folder).inner("The rain")["input_ids"]
    assert model.estimate("fp16").weights < model.estimate().weights
    workspace = ms.open(shared.root)
    assert workspace.add_model(str(model_folder), wait=False) == model
    assert [*workspace.models("tiny mine")] == [model] == [workspace.model(model.id)]
    assert not workspace.models("other")
    assert pickle.loads(pickle.dumps(model)) == model
    assert model.job is not None
    assert model.job.object == model


def test_a_model_from_memory_with_its_tokenizer(shared: Workspace, model: ms.Model) -> None:
    workspace = ms.open(shared.root)
    mine = model.load()
    with torch.no_grad():
        mine.lm_head.weight.mul_(2)
    added = workspace.add_model(mine, tokenizer=model.tokenizer(), name="doubled", precision="bf16")
    assert (added.state, added.precision, added.name) == ("ready", "bfloat16", "doubled")
    assert torch.equal(added.load("fp32").lm_head.weight, mine.lm_head.weight)
    assert added.load().dtype == torch.bfloat16
    found = added.write("The rain fell", max_tokens=2)
    assert (found.tokens <= 2, found.precision) == (True, "bfloat16")
    assert added.hook_points == model.hook_points


def test_a_model_writes(model: ms.Model) -> None:
    found = model.write("The rain fell", max_tokens=5)
    assert str(found) == found.text
    assert model.write("The rain fell", max_tokens=5, temperature=2.0, seed=3).text != ""
    with pytest.raises(BadRequest) as caught:
        model.write("The rain fell", precision="float7")
    assert caught.value.field == "precision"


def test_delete_says_that_the_files_stay(shared: Workspace, model_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(model_folder, tmp_path / "own"))
    own = ms.open(shared.root).add_model(folder)
    said = own.delete()
    assert "only the link" in str(said)
    assert own.state == "ready"
    assert own.delete(confirm=True).done
    assert (folder / "model.safetensors").exists()


@pytest.mark.parametrize("wrong", [5, None, ["hub:a/b"], "hub:../up", "cache:org/none", "/no/such/folder"])
def test_other_sources_are_refused(shared: Workspace, wrong: Any) -> None:
    with pytest.raises(ms.MiStudioError):
        ms.open(shared.root).add_model(wrong)


def test_what_is_hostile_is_shown_without_effect(model: ms.Model) -> None:
    before = operations.get_model(model._core, model.id)
    try:
        model.note("".join(HOSTILE))
        values = {
            "tokens": 5,
            "ended": True,
            "seconds": 1,
            "device": "cpu",
            "precision": "int8",
            "measured": 5,
            "quantized_share": 1,
        }
        shown = [model, *(Written.model_validate({"text": text, **values}) for text in HOSTILE)]
        for each in shown:
            html, text = each._repr_html_(), pretty(each)  # type: ignore[attr-defined, no-untyped-call]
            assert "<script>" not in html
            assert "<img" not in html
            assert "\x1b" not in html + text
            assert "\u202e" not in html + text
    finally:
        model.note(before.notes)


def test_a_terminal_does_the_same(shared: Workspace, model: ms.Model, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def typed(*words: str, code: int = 0) -> str:
        assert main(["model", *words, "--workspace", str(shared.root)]) == code, capfd.readouterr()
        return capfd.readouterr().out

    def parsed(*words: str, code: int = 0) -> Any:
        return json.loads(typed(*words, "--json", code=code))

    path = operations.get_model(shared, model.id).source.path or ""
    assert parsed("add", path)["id"] == model.id
    assert parsed("show", model.id) == operations.get_model(shared, model.id).model_dump(mode="json")
    assert "LlamaForCausalLM" in typed("show", model.id)
    assert "tiny" in typed("list")
    assert typed("card", model.id) == "# A tiny model\n\nIt <b>knows</b> nothing.\n\n"
    assert "fits" in typed("estimate", model.id, "bfloat16")
    assert "hqq2" in typed("estimate", model.id)
    assert parsed("hooks", model.id) == model.hook_points.model_dump()
    assert "0-2" in typed("hooks", model.id)
    assert "Not there" not in typed("hooks", model.id)
    assert parsed("edit", model.id, "--notes", "seen")["notes"] == "seen"
    assert parsed("try", model.id, "The rain fell", "--max-tokens", "3")["tokens"] <= 3
    assert "tokens in" in typed("try", model.id, "The rain fell", "--max-tokens", "3")
    assert "models" in parsed("cached")
    assert parsed("add", "--hub", "../up", code=1)["error"]["field"] == "hub"
    other = Path(shutil.copytree(path, tmp_path / "other"))
    id = parsed("add", str(other), "--name", "mine")["id"]
    assert parsed("delete", id, "--yes")["ids"] == [id]
    assert other.exists()


def test_every_operation_on_models_has_its_command() -> None:
    reached = {command.operation for command in TABLE["model"].values()} | {*TABLE["model"]["delete"].plans.values()}
    public = {each for each in vars(operations).values() if getattr(each, "__module__", "") == operations.__name__}
    assert {each.__name__ for each in public - reached if not each.__name__.startswith("_")} == set()


async def test_rest_does_the_same(jp_fetch: Any, model_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(model_folder, tmp_path / "tiny")
    started = await call(jp_fetch, "POST", "models", body={"path": str(tmp_path / "tiny")})
    record = await ready(jp_fetch, "models", started["object"])
    assert record["state"] == "ready", record["reason"]
    listed = await call(jp_fetch, "GET", "models", filter="tiny")
    assert [each["id"] for each in listed["models"]] == [record["id"]]
    assert (await call(jp_fetch, "GET", "models", record["id"], "card"))["text"].startswith("# A tiny")
    estimate = await call(jp_fetch, "GET", "models", record["id"], "memory", precision="int8")
    assert estimate["precision"] == "int8"
    points = await call(jp_fetch, "GET", "models", record["id"], "hook-points")
    assert [each["kind"] for each in points["points"]][::6] == ["resid_pre", "resid_post"]
    assert await call(jp_fetch, "GET", "models", record["id"], "hook-points") == points
    written = await call(jp_fetch, "POST", "models", record["id"], "try", body={"prompt": "The rain", "max_tokens": 2})
    assert written["tokens"] <= 2
    plan = await call(jp_fetch, "GET", "models", record["id"], "delete-plan")
    assert "only the link" in plan["statement"]
    assert (await call(jp_fetch, "DELETE", "models", record["id"]))["ids"] == [record["id"]]
    assert (tmp_path / "tiny" / "config.json").exists()


def test_a_dataset_is_tokenized_with_a_models_own_tokenizer(shared: Workspace, model: ms.Model, model_folder: Path) -> None:
    workspace = ms.open(shared.root)
    dataset = workspace.add_dataset(["The rain falls and falls again."] * 40)
    made = dataset.tokenize(model, max_length=8, eval_share=0)
    assert dataset.tokenize(model.id, max_length=8, eval_share=0) == made
    assert made.tokenizer.name == model.name
    assert made.tokenizer.path == model.id
    # The same files are the same tokenizer, whatever they were asked for by.
    assert dataset.tokenize(str(model_folder), max_length=8, eval_share=0) == made
    expected = Tokenizer(model_folder).inner("The rain falls and falls again.", add_special_tokens=False)["input_ids"]
    first = made.load()[0]["input_ids"]
    begin = Tokenizer(model_folder).begin
    assert first[begin is not None :] == expected[: 8 - (begin is not None)]
    fits = perform(shared, check_vocabulary, made.id, CheckVocabulary(model=model.id))
    assert fits.fits
    assert fits.vocabulary == model.facts.vocabulary
