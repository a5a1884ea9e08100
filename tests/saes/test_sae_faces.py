"""SAEs in a notebook, in a terminal and over REST: the same work, the same records."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from IPython.lib.pretty import pretty

import mistudio_ext as ms
from mistudio_ext.cli import main
from mistudio_ext.cli.commands import TABLE
from mistudio_ext.saes import operations
from mistudio_ext.workspace.workspace import Workspace
from tests.server.test_rest import call, ready
from tests.support import saelens
from tests.support.hostile import HOSTILE
from tests.support.nets import make_net
from tests.support.notebook import shared_workspace

HOOK = "layers.1.resid_post"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from shared_workspace(tmp_path_factory.mktemp("faces") / "workspace")


def theirs(folder: Path, architecture: str = "topk") -> Path:
    return saelens.write(folder, saelens.config(architecture), saelens.weights(architecture))


def test_an_sae_in_a_notebook(shared: Workspace, tmp_path: Path) -> None:
    ws = ms.open(shared.root)
    sae: ms.Sae = ws.import_sae(theirs(tmp_path / "in"), name="theirs", tags=["topk"])
    assert (sae.state, sae.name, sae.tags, sae.hook, sae.out_hook) == ("ready", "theirs", ["topk"], HOOK, HOOK)
    assert (sae.model, sae.training, sae.step, sae.transformer_lens_hook) == (None, None, None, "blocks.1.hook_resid_post")
    assert sae.facts is not None
    assert sae.facts.width == 20
    net, x = sae.load(), saelens.rows()
    assert isinstance(net, torch.nn.Module)
    z, made = saelens.computed(saelens.config("topk"), saelens.weights("topk"), x)
    assert np.allclose(net.encode(torch.from_numpy(x)).numpy(), z, atol=1e-5)
    assert np.allclose(net.decode(net.encode(torch.from_numpy(x))).numpy(), made, atol=1e-5)
    assert (net.W_dec.shape, net.W_enc.shape) == ((20, 6), (6, 20))
    assert sae.export(tmp_path / "out", format="saelens") == ["cfg.json", "sae_weights.safetensors"]
    back = ws.import_sae(tmp_path / "out")
    assert torch.equal(back.load()(torch.from_numpy(x)), net(torch.from_numpy(x)))
    mine = make_net("gated")
    other = ws.import_sae(mine, hook=HOOK, name="mine")
    assert torch.equal(other.load()(torch.from_numpy(x)), mine(torch.from_numpy(x)))
    assert other.hook == HOOK
    assert list(ws.saes()) == [other, back, sae]
    assert list(ws.saes("theirs topk")) == [sae]
    assert ws.sae(sae.id) == sae == pickle.loads(pickle.dumps(sae))
    assert sae.job is not None
    assert sae.job.object == sae
    job = ws.import_sae(tmp_path / "out", wait=False)
    assert isinstance(job, ms.Job)
    assert job.result().facts is not None
    assert "theirs" in sae.delete().statement
    for wrong in (sae, torch.nn.Linear(2, 2), 5):
        with pytest.raises(ms.MiStudioError):
            ws.import_sae(wrong)
    for id in ("sa_00000000", "cp_00000000", "x", 5):
        with pytest.raises(ms.MiStudioError):
            ws.sae(id)  # type: ignore[arg-type]
    with pytest.raises(ms.MiStudioError, match="no parameter"):
        ws.saes(colour="red")


def test_what_is_hostile_is_shown_without_effect(shared: Workspace, tmp_path: Path) -> None:
    values = saelens.config(metadata={"model_name": "".join(HOSTILE)})
    sae = ms.open(shared.root).import_sae(saelens.write(tmp_path / "sae", values, saelens.weights()))
    sae.note("".join(HOSTILE))
    html, text = sae._repr_html_() + ms.open(shared.root).saes()._repr_html_(), pretty(sae) + repr(sae)
    assert HOOK in html
    assert "<script>" not in html
    assert "<img" not in html
    assert "\x1b" not in html + text
    assert "\u202e" not in html + text


def test_a_terminal_does_the_same(shared: Workspace, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def typed(*words: str, code: int = 0) -> str:
        assert main(["sae", *words, "--workspace", str(shared.root)]) == code, capfd.readouterr()
        return capfd.readouterr().out

    def parsed(*words: str, code: int = 0) -> Any:
        return json.loads(typed(*words, "--json", code=code))

    id = parsed("import", str(theirs(tmp_path / "in")), "--name", "from a terminal")["id"]
    assert parsed("show", id) == operations.get_sae(shared, id).model_dump(mode="json")
    for words in (("show", id), ("list",)):
        assert "from a terminal" in typed(*words)
        assert HOOK in typed(*words)
    assert parsed("edit", id, "--notes", "seen")["notes"] == "seen"
    parsed("export", id, str(tmp_path / "out"))
    assert json.loads((tmp_path / "out" / "cfg.json").read_text())["k"] == 3
    assert parsed("export", id, str(tmp_path / "out"), code=1)["error"]["code"] == "exists"
    assert parsed("import", str(tmp_path), code=1)["error"]["code"] == "not_found"
    assert parsed("delete", id, "--yes")["ids"] == [id]


def test_every_operation_on_saes_has_its_command() -> None:
    reached = {command.operation for command in TABLE["sae"].values()} | {*TABLE["sae"]["delete"].plans.values()}
    public = {each for each in vars(operations).values() if getattr(each, "__module__", "") == operations.__name__}
    asked = {each.__name__ for each in public - reached if not each.__name__.startswith("_")}
    assert asked == {"require_ready"}


async def test_rest_does_the_same(jp_fetch: Any, tmp_path: Path) -> None:
    id = (await call(jp_fetch, "POST", "saes", body={"path": str(theirs(tmp_path / "in"))}))["object"]
    record = await ready(jp_fetch, "saes", id)
    assert record["state"] == "ready", record["reason"]
    assert (record["hook"], record["facts"]["k"]) == (HOOK, 3)
    assert [each["id"] for each in (await call(jp_fetch, "GET", "saes", filter="in"))["saes"]] == [id]
    assert (await call(jp_fetch, "PATCH", "saes", id, body={"name": "renamed"}))["name"] == "renamed"
    started = await call(jp_fetch, "POST", "saes", id, "export", body={"folder": str(tmp_path / "out")})
    assert started["object"] == id
    assert (await call(jp_fetch, "GET", "saes", id, "delete-plan"))["also"] == []
    events = (await call(jp_fetch, "GET", "events", "since", id="0"))["events"]
    assert "saes" in {each["topic"] for each in events}
