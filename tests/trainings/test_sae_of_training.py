"""From a checkpoint to an SAE of the workspace: the same net, made once, checked on held-out rows, gone with its training."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from mistudio_ext.captures.vectors import Stored
from mistudio_ext.contract.errors import NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.jobs.schema import Started
from mistudio_ext.saes.files import read_check, read_sae
from mistudio_ext.saes.folder import config_in
from mistudio_ext.saes.measure import Measuring
from mistudio_ext.saes.operations import get_sae, list_saes
from mistudio_ext.saes.schema import ListSaes
from mistudio_ext.trainings.checkpoint import read_state
from mistudio_ext.trainings.checkpoint_net import load_net
from mistudio_ext.trainings.operations import plan_delete_training
from mistudio_ext.trainings.record_schema import SaeOfTraining
from mistudio_ext.trainings.sae_of import sae_of_training
from tests.support import work
from tests.trainings.conftest import HOOKS, Prepared


def asked(prepared: Prepared, training: str, **params: Any) -> Started:
    return sae_of_training(prepared.ws, training, checked(SaeOfTraining, params))


@pytest.mark.parametrize("options", [{"architecture": "topk"}, {"architecture": "matryoshka", "normalization": "layer_norm"}])
def test_the_net_of_the_checkpoint_with_rows_to_check_it_on(prepared: Prepared, options: dict[str, Any]) -> None:
    ws = prepared.ws
    training = prepared.train(saes=[{"hook": HOOKS[0]}, {"hook": HOOKS[1], "width": 32}], **options)
    started = asked(prepared, training, sae=1, step=20)
    # Asked for again before it is made, and after that.
    assert asked(prepared, training, sae=1, step=20) == started
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    assert asked(prepared, training, sae=1, step=20) == Started(object=started.object, job=None)
    sae, net = get_sae(ws, started.object), read_sae(ws.folder(started.object))
    rows = Stored(ws.folder(prepared.captures[0]) / "data")
    x = torch.from_numpy(rows[HOOKS[1]][:500])
    assert torch.allclose(net(x), load_net(ws.folder(training), 20, 1)(x), rtol=1e-6, atol=1e-6)
    assert (sae.training, sae.step, sae.variant, sae.hook, sae.made_from) == (training, 20, 1, HOOKS[1], [training])
    assert (sae.model, sae.model_name, sae.precision, sae.state) == (prepared.model, "llama", "float32", "ready")
    assert sae.facts is not None
    assert (sae.facts.architecture, sae.facts.width) == (options["architecture"], 32)
    evaluation = read_state(ws.folder(training), 20)["evaluations"][1]
    assert (sae.facts.fvu, sae.facts.l0) == (evaluation["fvu"], evaluation["l0"])
    config = config_in(ws.folder(sae.id))
    assert (config.about.model_name, config.about.model_family) == ("llama", "llama")
    # Blocks of 16 tokens were cut from this text.
    assert (config.about.dataset, config.about.context_size) == ("text", 16)
    assert config.about.prefixes == ([2, 4, 8, 16, 32] if options["architecture"] == "matryoshka" else [])
    check = read_check(ws.folder(sae.id), config)
    assert check is not None
    held_out, counted = (rows.index[name][:] for name in ("held_out", "counted"))
    there = {each.tobytes() for each in rows[HOOKS[1]][held_out & counted]}
    assert len(check.x) == min(128, int((held_out & counted).sum()))
    assert {each.numpy().tobytes() for each in check.x} <= there
    measuring = Measuring(net)
    measuring.add(torch.from_numpy(rows[HOOKS[1]][held_out & counted]))
    assert measuring.numbers().fvu is not None


def test_the_last_checkpoint_by_default_and_one_each(prepared: Prepared) -> None:
    ws = prepared.ws
    training = prepared.train()
    last = asked(prepared, training)
    assert get_sae(ws, last.object).step == 30
    other = asked(prepared, training, step=10, name="early")
    assert other.object != last.object
    assert get_sae(ws, other.object).name == "early"
    assert {each.id for each in list_saes(ws, ListSaes(training=training)).saes} == {last.object, other.object}
    for _ in range(2):
        assert work.do_next(ws, "io").state == "succeeded"
    assert {each.id for each in plan_delete_training(ws, training).also} == {last.object, other.object}
    for wrong, words in (({"step": 11}, "no checkpoint at step 11"), ({"sae": 2}, "no SAE number 2")):
        with pytest.raises(NotFound, match=words):
            asked(prepared, training, **wrong)
