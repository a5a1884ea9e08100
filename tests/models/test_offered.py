"""The hook points that are told of: what was written down by hand of each family, and the reason where one is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from mistudio_ext.models import live, operations
from mistudio_ext.models.hook_kinds import HELP, TITLES
from mistudio_ext.models.offered import offered
from mistudio_ext.models.schema import AddModel, HookPoints
from mistudio_ext.workspace.workspace import Workspace
from tests.support import work
from tests.support.families import FAMILIES, LAYERS, get_model, make_model
from tests.support.hand_hooks import PLACES

ALL = ["resid_pre", "attn_z", "attn_out", "resid_mid", "mlp_in", "mlp_out", "resid_post"]


@pytest.fixture(autouse=True)
def nothing_loaded() -> None:
    live._release()


def there(found: HookPoints, layer: int) -> list[str]:
    return [each.kind for each in found.points if layer in each.layers]


def reasons(found: HookPoints, layer: int) -> dict[str, str]:
    return {each.kind: each.why for each in found.missing if layer in each.layers}


@pytest.mark.parametrize("name", FAMILIES)
def test_each_family_tells_of_what_was_written_down_by_hand(name: str) -> None:
    found = offered(get_model(name))
    assert found.layers == LAYERS
    for layer in range(LAYERS):
        assert there(found, layer) == PLACES[name].kinds(layer)
        assert set(reasons(found, layer)) == {*ALL} - {*PLACES[name].kinds(layer)}


@pytest.mark.parametrize(
    ("name", "layer", "kind", "why"),
    [
        ("bloom", 0, "mlp_out", "added inside"),
        ("mpt", 2, "attn_out", "added inside"),
        ("falcon", 1, "resid_mid", "side by side"),
        ("mamba", 0, "attn_out", "no attention and MLP"),
        ("opt_postnorm", 0, "mlp_out", "not the stream plus"),
        ("rwkv", 0, "mlp_out", "not the stream plus"),
        ("rwkv", 1, "attn_z", "no heads"),
    ],
)
def test_what_is_missing_is_missing_for_a_reason(name: str, layer: int, kind: str, why: str) -> None:
    assert why in reasons(offered(get_model(name)), layer)[kind]


def test_a_layer_with_several_streams_says_so() -> None:
    model = make_model("llama")
    model.model.layers[1].register_forward_hook(lambda _module, _args, output: torch.stack([output, output], 2))
    for layer in (model.model.layers[1], model.model.layers[2]):
        layer.register_forward_pre_hook(lambda _module, args: (args[0] if args[0].ndim == 3 else args[0].mean(2), *args[1:]))
    found = offered(model)
    assert there(found, 1) == []
    assert "not one vector" in reasons(found, 1)["resid_post"]
    assert [each.layers for each in found.points] == [[0, 2]] * 7


def test_widths_are_the_heads_and_the_streams() -> None:
    # Four heads of 32, in a stream of 64.
    assert {each.kind: each.width for each in offered(get_model("qwen3")).points} == dict.fromkeys(ALL, 64) | {"attn_z": 128}


def test_each_kind_is_explained() -> None:
    assert [*TITLES] == [*HELP] == ALL
    assert all(each.endswith(".") for each in HELP.values())
    assert [(each.title, each.help) for each in offered(get_model("llama")).points] == [
        (TITLES[kind], HELP[kind]) for kind in ALL
    ]


def linked(ws: Workspace, folder: Path) -> str:
    started = operations.add_model(ws, AddModel(path=str(folder)))
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    return started.object


def measured(ws: Workspace, id: str) -> HookPoints:
    """The live lane's own function, in this process."""
    request = operations.get_hook_points(ws, id)
    assert not isinstance(request, HookPoints)
    return live.hook_points(**request.params)


def test_they_are_measured_once(ws: Workspace, model_folder: Path) -> None:
    id = linked(ws, model_folder)
    found = measured(ws, id)
    live._release()
    assert operations.get_hook_points(ws, id) == found
    assert live._loaded is None
    assert not (model_folder / "hook_points.json").exists(), "nothing is written to a linked folder"
    (ws.folder(id) / "hook_points.json").unlink()
    assert measured(ws, id) == found


def test_no_tokenizer_is_needed(ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    mute = Path(shutil.copytree(model_folder, tmp_path / "mute"))
    for file in mute.glob("*token*"):
        file.unlink()
    assert measured(ws, linked(ws, mute)).layers == 3


def test_a_smaller_precision_will_do(ws: Workspace, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    id = linked(ws, model_folder)
    whole = measured(ws, id)
    live._release()
    (ws.folder(id) / "hook_points.json").unlink()
    facts = operations.get_model(ws, id).facts
    assert facts is not None
    monkeypatch.setattr("mistudio_ext.models.memory.free_on_cpu", lambda: 3 * facts.parameters)
    assert measured(ws, id) == whole
    assert live._loaded is not None
    assert live._loaded.precision == "bfloat16"
