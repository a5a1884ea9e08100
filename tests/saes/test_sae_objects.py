"""SAEs as objects of a workspace: taken over, listed, edited, exported, deleted; and of a training's checkpoint, made once."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mistudio_ext.contract.errors import BadRequest, Conflict, Forbidden, MiStudioError, Unreadable
from mistudio_ext.contract.models import checked
from mistudio_ext.models.operations import add_model
from mistudio_ext.models.schema import AddModel
from mistudio_ext.saes import from_memory, operations
from mistudio_ext.saes.check import Check
from mistudio_ext.saes.files import read_sae, write_sae
from mistudio_ext.saes.schema import ExportSae, ImportSae, ListSaes, Sae, SaeAbout
from mistudio_ext.workspace.schema import DeleteObject, EditObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support import saelens, work
from tests.support.nets import make_net
from tests.support.tiny_models import make_tiny_model

HOOK = "layers.1.resid_post"


@pytest.fixture(scope="module")
def model_folder(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny", tokenizer_folder)


def model(ws: Workspace, folder: Path) -> str:
    started = add_model(ws, AddModel(path=str(folder)))
    assert work.do_next(ws, "io").state == "succeeded"
    return started.object


def imported(ws: Workspace, folder: Path, **params: Any) -> Sae:
    started = operations.import_sae(ws, checked(ImportSae, {"path": str(folder)} | params))
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    return operations.get_sae(ws, started.object)


def theirs(folder: Path, architecture: str = "standard", **more: Any) -> Path:
    return saelens.write(folder, saelens.config(architecture, **more), saelens.weights(architecture))


def test_taken_over_as_it_was(ws: Workspace, tmp_path: Path) -> None:
    folder = theirs(tmp_path / "their sae", "topk")
    sae = imported(ws, folder, tags=["theirs"], notes="from elsewhere")
    assert (sae.name, sae.state, sae.origin, sae.format, sae.tags) == ("their sae", "ready", "imported", "saelens", ["theirs"])
    assert (sae.hook, sae.out_hook, sae.model, sae.model_name) == (HOOK, HOOK, None, "tiny")
    assert sae.facts is not None
    assert (sae.facts.architecture, sae.facts.d_in, sae.facts.width, sae.facts.k) == ("topk", 6, 20, 3)
    assert (sae.facts.fvu, sae.facts.checked_rows) == (None, 0)
    shutil.rmtree(folder)
    x = saelens.rows()
    made = saelens.computed(saelens.config("topk"), saelens.weights("topk"), x)[1]
    assert np.allclose(read_sae(ws.folder(sae.id))(torch.from_numpy(x)).numpy(), made, rtol=1e-5, atol=1e-5)
    for each in ws.folder(sae.id).iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each


def test_one_of_ours_keeps_its_check_and_what_is_recorded(ws: Workspace, tmp_path: Path) -> None:
    net = make_net("threshold")
    about = SaeAbout(
        architecture="batchtopk", hook=HOOK, out_hook=HOOK, training="tr_00000000", step=5, variant=0, fvu=0.2, l0=4.0
    )
    write_sae(tmp_path / "ours", net, about, Check.of(net, torch.from_numpy(saelens.rows())))
    sae = imported(ws, tmp_path / "ours")
    assert sae.facts is not None
    assert (sae.format, sae.facts.architecture, sae.facts.fvu, sae.facts.l0) == ("mistudio", "batchtopk", 0.2, 4.0)
    assert sae.facts.checked_rows == 40
    # That training is of another workspace.
    assert (sae.training, sae.step, sae.variant) == (None, None, None)
    weights = tmp_path / "ours" / "sae_weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-400:] = bytes(400)
    weights.write_bytes(content)
    started = operations.import_sae(ws, ImportSae(path=str(tmp_path / "ours")))
    job = work.do_next(ws, "io")
    assert job.state == "failed"
    assert job.error is not None
    assert "does not give what it gave" in job.error.message
    assert operations.get_sae(ws, started.object).state == "failed"
    assert not ws.folder(started.object).exists()


def test_its_model_is_found_by_its_name_and_where_it_fits(ws: Workspace, tmp_path: Path, model_folder: Path) -> None:
    there = model(ws, model_folder)
    width = 64
    values = saelens.config() | {"d_in": width}
    fits = saelens.write(tmp_path / "fits", values, saelens.weights(d_in=width))
    record = ws.catalog.get(there)
    assert record["facts"]["hidden_size"] == width
    sae = imported(ws, fits)
    assert (sae.model, sae.made_from) == (there, [there])
    assert [each.id for each in operations.list_saes(ws, ListSaes(model=there)).saes] == [sae.id]
    # Of the same name, and of another size.
    assert imported(ws, theirs(tmp_path / "narrow")).model is None
    with pytest.raises(BadRequest, match="vectors of 6 numbers, and those of “tiny” have 64"):
        operations.import_sae(ws, ImportSae(path=str(tmp_path / "narrow"), model=there))
    with pytest.raises(BadRequest, match="reads at layer 9"):
        operations.import_sae(ws, ImportSae(path=str(fits), model=there, hook="layers.9.resid_post"))
    plan = operations.plan_delete_sae(ws, sae.id)
    assert plan.also == []


def test_one_of_another_family_is_not_taken_over_for_a_model(ws: Workspace, tmp_path: Path, model_folder: Path) -> None:
    there = model(ws, model_folder)
    facts = ws.catalog.get(there)["facts"]
    for family in ("gpt2", facts["family"]):
        net = make_net("topk", d_in=facts["hidden_size"], width=64, k=5)
        about = SaeAbout(architecture="topk", k=5, hook=HOOK, out_hook=HOOK, model_name="tiny", model_family=family)
        write_sae(tmp_path / family, net, about, None)
    with pytest.raises(BadRequest, match=f"trained on a gpt2 model, and “tiny” is {facts['family']}"):
        operations.import_sae(ws, ImportSae(path=str(tmp_path / "gpt2"), model=there))
    assert [imported(ws, tmp_path / family).model for family in ("gpt2", facts["family"])] == [None, there]


def test_the_hook_point_that_is_given_counts(ws: Workspace, tmp_path: Path) -> None:
    folder = theirs(tmp_path / "sae", metadata={"hook_name": "blocks.0.attn.hook_q"})
    assert (imported(ws, folder).hook, imported(ws, folder, hook="blocks.2.hook_mlp_out").hook) == (None, "layers.2.mlp_out")
    sae = imported(ws, folder, hook="layers.2.resid_pre")
    assert (sae.hook, sae.out_hook, read_sae(ws.folder(sae.id)).cfg["hook"]) == ("layers.2.resid_pre",) * 2 + (
        "layers.2.resid_pre",
    )
    transcoder = imported(ws, theirs(tmp_path / "transcoder", "transcoder"))
    assert (transcoder.hook, transcoder.out_hook) == ("layers.1.mlp_in", "layers.1.mlp_out")
    with pytest.raises(BadRequest, match="names no hook point"):
        operations.import_sae(ws, ImportSae(path=str(folder), hook="somewhere"))
    for wrong in ({}, {"path": str(folder), "upload": "up_00000000"}):
        with pytest.raises(BadRequest, match="one thing"):
            operations.import_sae(ws, ImportSae(**wrong))


def test_listed_edited_and_deleted(ws: Workspace, tmp_path: Path) -> None:
    first, second = (imported(ws, theirs(tmp_path / name), tags=[name]) for name in ("one", "two"))
    assert [each.id for each in operations.list_saes(ws, ListSaes()).saes] == [second.id, first.id]
    assert [each.id for each in operations.list_saes(ws, ListSaes(filter="ONE resid_post")).saes] == [first.id]
    assert operations.edit_sae(ws, first.id, EditObject(name="another")).name == "another"
    assert "“another”" in operations.plan_delete_sae(ws, first.id).statement
    assert operations.delete_sae(ws, first.id, DeleteObject()).ids == [first.id]
    assert not ws.folder(first.id).exists()
    with pytest.raises(MiStudioError):
        operations.get_sae(ws, first.id)
    with pytest.raises(BadRequest):
        operations.get_sae(ws, "md_00000000")


def exported(ws: Workspace, id: str, folder: Path) -> dict[str, Any]:
    operations.export_sae(ws, id, ExportSae(folder=str(folder)))
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    assert job.result is not None
    return job.result


@pytest.mark.parametrize("architecture", ["standard", "topk", "jumprelu", "gated", "skip_transcoder", "jumprelu_transcoder"])
def test_exported_it_is_what_was_imported(ws: Workspace, tmp_path: Path, architecture: str) -> None:
    from safetensors.numpy import load_file

    sae = imported(ws, theirs(tmp_path / "in", architecture))
    result = exported(ws, sae.id, tmp_path / "out")
    assert result["files"] == ["cfg.json", "sae_weights.safetensors"]
    values = json.loads((tmp_path / "out" / "cfg.json").read_text())
    tensors, x = load_file(tmp_path / "out" / "sae_weights.safetensors"), saelens.rows()
    before = saelens.config(architecture)
    assert values["architecture"] == architecture
    assert values["metadata"]["hook_name"] == before["metadata"]["hook_name"]
    assert values["metadata"].get("hook_name_out") == before["metadata"].get("hook_name_out")
    expected = saelens.computed(before, saelens.weights(architecture), x)[1]
    assert np.allclose(saelens.computed(values, tensors, x)[1], expected, rtol=1e-6)


def test_export_goes_to_an_empty_or_new_folder(ws: Workspace, tmp_path: Path) -> None:
    sae = imported(ws, theirs(tmp_path / "in"))
    (tmp_path / "empty").mkdir()
    exported(ws, sae.id, tmp_path / "empty")
    for wrong, error in (
        (tmp_path / "empty", Conflict),
        (tmp_path / "in" / "cfg.json", BadRequest),
        (tmp_path / "none" / "deeper", MiStudioError),
        (tmp_path / "..", Conflict),
    ):
        with pytest.raises(error):
            operations.export_sae(ws, sae.id, ExportSae(folder=str(wrong)))


def test_export_stays_inside_the_allowed_folders(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "closed").mkdir()
    ws = Workspace.open(tmp_path / "workspace", allowed_folders=[tmp_path / "open"])
    try:
        sae = imported(ws, theirs(tmp_path / "open" / "in"))
        (tmp_path / "open" / "link").symlink_to(tmp_path / "closed")
        (tmp_path / "open" / "hanging").symlink_to(tmp_path / "closed" / "new")
        for wrong in ("closed", "closed/new", "open/../closed/new", "open/link", "open/link/new", "open/hanging"):
            with pytest.raises(Forbidden):
                operations.export_sae(ws, sae.id, ExportSae(folder=str(tmp_path / wrong)))
        operations.export_sae(ws, sae.id, ExportSae(folder="new"))
        assert work.do_next(ws, "io").state == "succeeded"
        assert (tmp_path / "open" / "new" / "cfg.json").exists()
    finally:
        ws.close()


def test_what_saelens_has_not_is_not_exported(ws: Workspace, tmp_path: Path) -> None:
    net = make_net("topk", d_out=4)
    about = SaeAbout(architecture="topk", target="transcode", hook="layers.1.mlp_in", out_hook="layers.1.mlp_out")
    write_sae(tmp_path / "ours", net, about, None)
    sae = imported(ws, tmp_path / "ours")
    with pytest.raises(BadRequest, match="top-k in a transcoder"):
        operations.export_sae(ws, sae.id, ExportSae(folder=str(tmp_path / "out")))
    with pytest.raises(BadRequest, match="SAELens has nothing"):
        net.to_saelens()
    assert not (tmp_path / "out").exists()


def test_without_saelens_it_is_said_what_to_install() -> None:
    with pytest.raises(BadRequest, match="not installed") as error:
        make_net().to_saelens()
    assert "%pip install sae-lens" in error.value.hint


def test_out_of_memory_and_back(ws: Workspace) -> None:
    net = make_net("gated")
    net.cfg = {"hook": HOOK, "out_hook": HOOK}
    with from_memory.written(ws, net) as upload:
        started = operations.import_sae(ws, ImportSae(upload=upload, name="mine"))
    assert work.do_next(ws, "io").state == "succeeded"
    sae = operations.get_sae(ws, started.object)
    assert (sae.name, sae.hook, sae.facts is not None) == ("mine", HOOK, True)
    x = torch.from_numpy(saelens.rows())
    assert torch.equal(read_sae(ws.folder(sae.id))(x), net(x))
    assert not ws.folder(upload).exists()
    for other in (torch.nn.Linear(2, 2), {"W_enc": 1}, None):
        with pytest.raises(BadRequest, match="no SAE that is known"), from_memory.written(ws, other):
            raise AssertionError
    assert list((ws.root / "uploads").iterdir()) == []


def test_a_crash_between_files_and_catalog_is_mended(ws: Workspace, tmp_path: Path) -> None:
    started = operations.import_sae(ws, ImportSae(path=str(theirs(tmp_path / "sae"))))
    write_sae(ws.folder(started.object), make_net("topk"), SaeAbout(architecture="topk"), None)
    assert work.do_next(ws, "io").state == "succeeded"
    sae = operations.get_sae(ws, started.object)
    assert sae.facts is not None
    assert sae.facts.architecture == "topk"


def test_files_that_are_damaged_later_are_found_out(ws: Workspace, tmp_path: Path) -> None:
    sae = imported(ws, theirs(tmp_path / "sae"))
    path = ws.folder(sae.id) / "sae_weights.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(Unreadable):
        read_sae(ws.folder(sae.id))
