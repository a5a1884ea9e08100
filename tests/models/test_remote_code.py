"""Program code that comes along with a model: never run, unless it is allowed, and then it is the model."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import torch

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.models import live, operations
from mistudio_ext.models.load import load_model
from mistudio_ext.models.schema import AddModel, HookPoints, Model
from mistudio_ext.workspace import settings
from mistudio_ext.workspace.workspace import Workspace
from tests.support import work
from tests.support.hub_server import LocalHub
from tests.support.tiny_models import contents

AUTO_MAP = {"AutoConfig": "configuration_novel.NovelConfig", "AutoModelForCausalLM": "modeling_novel.NovelForCausalLM"}
CONFIGURATION = """
from pathlib import Path
from transformers import LlamaConfig

Path({mark!r}).touch()

class NovelConfig(LlamaConfig):
    model_type = "novel"
"""
# As a llama, but that all it says is said twice as loud.
MODELING = """
from transformers import LlamaForCausalLM
from .configuration_novel import NovelConfig

class NovelForCausalLM(LlamaForCausalLM):
    config_class = NovelConfig

    def forward(self, *arguments, **options):
        found = super().forward(*arguments, **options)
        found.logits = 2 * found.logits
        return found
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library copies code to before it runs it."""
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr("sys.path", [*sys.path])
    for name in [each for each in sys.modules if each.partition(".")[0] == "transformers_modules"]:
        monkeypatch.delitem(sys.modules, name)
    live._release()


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """There once the code has been run."""
    return tmp_path / "it-ran"


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path, mark: Path) -> Path:
    place = Path(shutil.copytree(model_folder, tmp_path / "novel"))
    configured(place, model_type="novel", architectures=["NovelForCausalLM"], auto_map=AUTO_MAP)
    (place / "configuration_novel.py").write_text(CONFIGURATION.format(mark=str(mark)))
    (place / "modeling_novel.py").write_text(MODELING)
    return place


def configured(folder: Path, **values: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def added(ws: Workspace, **values: object) -> tuple[Model, str]:
    """The model, and what its job said."""
    id = operations.add_model(ws, AddModel.model_validate(values)).object
    job = work.do_next(ws, "io")
    return operations.get_model(ws, id), f"{job.error.message} {job.error.error.hint}" if job.error else ""


def test_it_is_not_run_and_who_may_allow_it_is_said(ws: Workspace, folder: Path, mark: Path) -> None:
    model, said = added(ws, path=str(folder))
    assert model.state == "failed"
    assert "needs program code" in said
    assert "MiStudio.trust_remote_code = True" in said
    with pytest.raises(BadRequest, match="needs program code"):
        load_model(folder, "float32")
    assert not mark.exists()


def test_it_is_run_where_it_is_allowed(
    ws: Workspace, folder: Path, mark: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISTUDIO_TRUST_REMOTE_CODE", "true")
    model, said = added(ws, path=str(folder))
    assert model.state == "ready", said
    assert mark.exists()
    assert model.facts is not None
    assert (model.facts.family, model.facts.architecture, model.facts.layers) == ("novel", "NovelForCausalLM", 3)
    assert model.facts.remote_code is not None
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    with torch.no_grad():
        novel, plain = load_model(folder, "float32")(ids).logits, load_model(model_folder, "float32")(ids).logits
    assert torch.equal(novel, 2 * plain)
    request = operations.get_hook_points(ws, model.id)
    assert not isinstance(request, HookPoints)
    assert len(live.hook_points(**request.params).points) == 7
    # Other code is another model.
    (folder / "modeling_novel.py").write_text(MODELING.replace("2 *", "3 *"))
    other, _ = added(ws, path=str(shutil.copytree(folder, folder.with_name("other"))))
    assert other.facts is not None
    assert other.facts.remote_code != model.facts.remote_code
    # What is allowed no more is run no more.
    monkeypatch.delenv("MISTUDIO_TRUST_REMOTE_CODE")
    with pytest.raises(BadRequest, match="needs program code"):
        load_model(folder, "float32")


def test_what_transformers_knows_needs_no_code(ws: Workspace, folder: Path, mark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTUDIO_TRUST_REMOTE_CODE", "true")
    configured(folder, model_type="llama", architectures=["LlamaForCausalLM"])
    model, said = added(ws, path=str(folder))
    assert model.facts is not None, said
    assert (model.facts.architecture, model.facts.remote_code) == ("LlamaForCausalLM", None)
    assert type(load_model(folder, "float32")).__name__ == "LlamaForCausalLM"
    assert not mark.exists()


@pytest.mark.parametrize(
    "auto_map",
    [
        AUTO_MAP | {"AutoConfig": "other/repository--configuration_novel.NovelConfig"},
        AUTO_MAP | {"AutoModelForCausalLM": "../up.Model"},
        {"AutoConfig": AUTO_MAP["AutoConfig"]},
        {"AutoConfig": None, "AutoModelForCausalLM": 5},
        [],
    ],
)
def test_code_of_other_places_is_refused(
    ws: Workspace, folder: Path, mark: Path, auto_map: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISTUDIO_TRUST_REMOTE_CODE", "true")
    configured(folder, auto_map=auto_map)
    model, said = added(ws, path=str(folder))
    assert model.state == "failed"
    assert "among its own files" in said
    assert not mark.exists()


def test_code_that_fails_is_a_sentence(ws: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTUDIO_TRUST_REMOTE_CODE", "true")
    for wrong in ("import no_such_package_of_anybody", "raise ValueError('soon')", "class Other: pass", "def"):
        (folder / "modeling_novel.py").write_text(wrong)
        model, said = added(ws, path=str(folder))
        assert model.state == "failed"
        assert "describes no model that can be built" in said


def test_of_the_hub_it_is_fetched_only_where_it_is_allowed(
    local: LocalHub, ws: Workspace, folder: Path, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = contents(folder)
    local.add("model", "org/novel", files | {"deep/inside.py": b"raise SystemExit"})
    _, said = added(ws, hub="org/novel")
    assert "needs program code" in said
    assert not any(name.endswith(".py") for name in local.sent)
    monkeypatch.setenv("MISTUDIO_TRUST_REMOTE_CODE", "true")
    model, said = added(ws, hub="org/novel")
    assert model.state == "ready", said
    assert contents(ws.folder(model.id) / "files") == files
    assert type(load_model(ws.folder(model.id) / "files", "float32")).__name__ == "NovelForCausalLM"


class TestTheServersSetting:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> object:
        # So that what the server exports is taken back in the end.
        monkeypatch.setenv("MISTUDIO_TRUST_REMOTE_CODE", "false")
        return jp_server_config | {"MiStudio": jp_server_config["MiStudio"] | {"trust_remote_code": True}}

    def test_is_that_of_its_workers_and_kernels(self, jp_serverapp: object) -> None:
        assert settings.load().trust_remote_code is True


def test_it_is_off_by_default() -> None:
    assert settings.load().trust_remote_code is False
