"""What is asked for and would have no effect, clones of several SAEs, and where a training starts from."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from mistudio_ext.contract.errors import BadRequest, Conflict, MiStudioError
from mistudio_ext.contract.models import checked
from mistudio_ext.saes.matryoshka import Matryoshka
from mistudio_ext.saes.schema import BUILT_IN, SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.tensor_file import read_tensors
from mistudio_ext.trainings import operations
from mistudio_ext.trainings.checkpoint import checkpoint_folder
from mistudio_ext.trainings.checkpoint_net import load_net
from mistudio_ext.trainings.checkpoints import delete_checkpoint, plan_pruning
from mistudio_ext.trainings.plan import plan_saes, plan_training
from mistudio_ext.trainings.preflight import look_at_penalty
from mistudio_ext.trainings.record_schema import CloneTraining, DeleteCheckpoint, KeepCheckpoints, SaeOfTraining
from mistudio_ext.trainings.sae_of import sae_of_training
from mistudio_ext.trainings.schema import EstimateTraining, Train
from mistudio_ext.trainings.unused import require_effect
from tests.support import work
from tests.trainings.conftest import HOOKS, SMALL, Prepared

ONE = {"saes": [{"hook": HOOKS[0]}]}
# Without k, which not every architecture has.
BARE = {name: each for name, each in SMALL.items() if name != "k"}


def estimated(prepared: Prepared, **options: Any) -> Any:
    values = {"sources": [{"capture": prepared.captures[0]}]} | BARE | options
    return operations.estimate_training(prepared.ws, checked(EstimateTraining, values))


def cloned(prepared: Prepared, id: str, **changes: Any) -> Any:
    """The parameters of the clone, which waits."""
    return operations.get_training(prepared.ws, operations.clone_training(prepared.ws, id, CloneTraining(changes=changes)).object)


def saes_of(training: Any) -> list[dict[str, Any]]:
    return [each.model_dump(exclude_none=True) for each in training.saes]


# ---- without effect --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "field", "hint"),
    [
        ({"l1_coefficient": 0.1}, "l1_coefficient", "standard or gated"),
        ({"target_l0": 20}, "target_l0", "standard, gated or jumprelu"),
        ({"prefixes": [0.1]}, "prefixes", "matryoshka"),
        ({"architecture": "standard", "k": 8}, "k", "topk, batchtopk or matryoshka"),
        ({"architecture": "gated", "bandwidth": 0.1}, "bandwidth", "jumprelu"),
        ({"dead_features": "ghost", "aux_k": 3}, "aux_k", "aux_k"),
        ({"optimizer": "sgd", "beta2": 0.9}, "beta2", "adam or adamw"),
        ({"optimizer": "adafactor", "beta1": 0.5}, "beta1", "adam, adamw or sgd"),
        ({"schedule": "constant", "decay": 0.5}, "decay", "cosine, linear or exponential"),
        ({"saes": [{"l1_coefficient": 1e-3}, {"l1_coefficient": 1e-2}]}, "saes", "standard or gated"),
        ({"architecture": "standard", "saes": [{"k": 4}, {"k": 8}]}, "saes", "topk"),
    ],
)
def test_what_has_no_effect_is_refused_with_what_would_have_one(
    prepared: Prepared, options: dict[str, Any], field: str, hint: str
) -> None:
    values = {"sources": [{"capture": prepared.captures[0]}]} | BARE | options
    with pytest.raises(BadRequest) as refused:
        operations.start_training(prepared.ws, checked(Train, values))
    assert refused.value.field == field
    assert hint in (refused.value.hint or "")
    found = estimated(prepared, **options)
    assert (found.problem, found.field) == (str(refused.value), field)


def test_the_usual_value_may_be_named_and_makes_no_second_sae(prepared: Prepared) -> None:
    assert estimated(prepared, l1_coefficient=1e-3, beta2=0.999, optimizer="sgd").problem is None
    found = estimated(prepared, saes=[{"hook": HOOKS[0], "l1_coefficient": 1e-3}, {"hook": HOOKS[0]}])
    assert "the same" in str(found.problem)


def test_an_architecture_of_a_package_may_use_all_options() -> None:
    theirs = {"sources": [{"capture": "cp_1"}], "architecture": "somebodys"}
    require_effect(checked(Train, theirs | {"target_l0": 8, "saes": [{"k": 4, "l1_coefficient": 0.01}]}))
    # What hangs on other options hangs on them there too.
    with pytest.raises(BadRequest) as refused:
        require_effect(checked(Train, theirs | {"dead_features": "none", "aux_k": 3}))
    assert refused.value.field == "aux_k"


@pytest.mark.parametrize(
    ("mixing", "first", "second", "field"),
    [
        ("uniform", {"weight": 3}, {}, "mixing"),
        ("uniform", {"weight": 0}, {}, "mixing"),
        ("sequence", {}, {"weight": 2}, "mixing"),
        ("weights", {"weight_at_end": 2}, {}, "mixing"),
        ("weights", {"weight": 0}, {"weight": 0}, "sources"),
        ("curriculum", {"weight_at_end": 0}, {"weight": 0}, "sources"),
        ("weights", {"weight": 0}, {}, None),
        ("curriculum", {"weight": 0, "weight_at_end": 1}, {"weight_at_end": 0}, None),
        ("uniform", {"weight": 1}, {}, None),
    ],
)
def test_weights_that_have_no_effect_are_refused(
    prepared: Prepared, mixing: str, first: dict[str, Any], second: dict[str, Any], field: str | None
) -> None:
    sources = [{"capture": id} | more for id, more in zip(prepared.captures, (first, second), strict=True)]
    found = estimated(prepared, sources=sources, mixing=mixing)
    assert (found.field, found.problem is None) == (field, field is None)


def test_a_transcoder_reads_before_it_writes(prepared: Prepared) -> None:
    found = estimated(prepared, target="transcode", saes=[{"hook": HOOKS[1], "out_hook": HOOKS[0]}])
    assert found.field == "saes"
    assert "other way round" in str(found.problem)
    assert estimated(prepared, target="transcode", saes=[{"hook": HOOKS[0], "out_hook": HOOKS[1]}]).problem is None


# ---- prefixes, parameters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefixes", [[1e308], [-1, 1], [0.0], [0.5, 2.0]])
def test_prefixes_are_shares(prefixes: list[float]) -> None:
    with pytest.raises(MiStudioError) as refused:
        checked(Train, {"sources": [{"capture": "cp_1"}], "architecture": "matryoshka", "prefixes": prefixes})
    assert (refused.value.field or "").startswith("prefixes")


@pytest.mark.parametrize(("prefixes", "widths"), [([0.5], [32, 64]), ([1, 0.5, 0.25, 0.25], [16, 32, 64])])
def test_the_prefixes_that_are_trained_are_those_that_are_told(
    prepared: Prepared, prefixes: list[float], widths: list[int]
) -> None:
    options = SaeOptions(architecture="matryoshka", width=64, prefixes=prefixes)
    assert Matryoshka(Shape(8, 8, 64), options, 0).prefixes == widths
    id = prepared.train(**ONE, architecture="matryoshka", prefixes=prefixes)
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    evaluation = facts.saes[0].evaluation
    assert evaluation is not None
    assert len(evaluation.prefix_fvu) == len(widths)
    assert evaluation.prefix_fvu[-1] == pytest.approx(evaluation.fvu, rel=1e-5)


@pytest.mark.parametrize("architecture", BUILT_IN)
def test_parameters_are_counted_as_they_lie_in_the_file(prepared: Prepared, architecture: str) -> None:
    id = prepared.train(**ONE, architecture=architecture, steps=2, evaluate_every=None)
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    weights = read_tensors(checkpoint_folder(prepared.ws.folder(id), 2) / "weights-0.safetensors")
    assert facts.parameters == sum(each.numel() for each in weights.values())


# ---- clones ----------------------------------------------------------------------------------------------------------------


def test_one_value_takes_the_place_of_several(prepared: Prepared) -> None:
    id = prepared.start(saes=[{"hook": HOOKS[0], "k": 4}, {"hook": HOOKS[0], "k": 8}])
    clone = cloned(prepared, id, k=16)
    assert (clone.k, saes_of(clone)) == (16, [{"hook": HOOKS[0]}])
    assert saes_of(cloned(prepared, id, hook=HOOKS[1])) == [{"hook": HOOKS[1], "k": 4}, {"hook": HOOKS[1], "k": 8}]
    # What is changed besides leaves them as they are.
    assert saes_of(cloned(prepared, id, steps=7)) == [{"hook": HOOKS[0], "k": 4}, {"hook": HOOKS[0], "k": 8}]
    assert saes_of(cloned(prepared, id, saes=[{"k": 5}], k=6)) == [{"k": 5}]


def test_several_values_keep_where_they_read(prepared: Prepared) -> None:
    id = prepared.start(**ONE)
    assert saes_of(cloned(prepared, id, k=[2, 3])) == [{"hook": HOOKS[0], "k": 2}, {"hook": HOOKS[0], "k": 3}]
    both = prepared.start(saes=[{"hook": hook, "k": k} for hook in HOOKS for k in (4, 8)])
    expected = [{"hook": hook, "k": k, "width": width} for hook in HOOKS for k in (4, 8) for width in (32, 48)]
    assert saes_of(cloned(prepared, both, width=[32, 48])) == expected
    wrong: dict[str, Any]
    for wrong in ({"k": []}, {"k": [4], "saes": [{}]}, {"k": list(range(1, 60)), "width": list(range(2, 5000))}):
        with pytest.raises(MiStudioError):
            cloned(prepared, id, **wrong)


def test_width_and_expansion_take_each_others_place(prepared: Prepared) -> None:
    def widths(clone: Any) -> list[int]:
        return [each.width for each in plan_training(prepared.ws, clone, clone.sources).saes]

    id = prepared.start(**ONE)
    assert widths(cloned(prepared, id, expansion=2)) == [128]
    assert widths(cloned(prepared, id, expansion=[1, 2])) == [64, 128]
    several = prepared.start(saes=[{"hook": HOOKS[0], "width": width} for width in (32, 48)])
    assert widths(cloned(prepared, several, expansion=3)) == [192]
    expanded = prepared.start(width=None, saes=[{"hook": HOOKS[0], "expansion": each} for each in (1, 2)])
    assert widths(cloned(prepared, expanded, width=40)) == [40]


def test_a_clone_of_another_architecture_leaves_behind_what_hung_on_the_first(prepared: Prepared) -> None:
    sources = [{"capture": prepared.captures[0], "weight": 3}, {"capture": prepared.captures[1]}]
    id = prepared.start(saes=[{"hook": HOOKS[0], "k": 4}, {"hook": HOOKS[0], "k": 8}], sources=sources, mixing="weights", aux_k=3)
    clone = cloned(prepared, id, architecture="standard", dead_features="none", mixing="uniform")
    assert (clone.k, clone.aux_k, saes_of(clone)) == (32, None, [{"hook": HOOKS[0]}])
    assert [each.weight for each in clone.sources] == [1.0, 1.0]
    # Who names it is told.
    with pytest.raises(BadRequest) as refused:
        cloned(prepared, id, architecture="standard", k=8)
    assert refused.value.field == "k"


# ---- starts ----------------------------------------------------------------------------------------------------------------


def test_saes_that_differ_in_their_pressure_alone_start_each_from_its_own(prepared: Prepared) -> None:
    saes = [{"hook": HOOKS[0], "l1_coefficient": each} for each in (1e-3, 1e-2)]
    options = {"architecture": "standard", "saes": saes, "learning_rate": 1e-2}
    id = prepared.train(**options)
    kept = [load_net(prepared.ws.folder(id), 30, number).W_dec for number in (0, 1)]
    assert not torch.allclose(kept[0], kept[1], atol=1e-3)
    still = options | {"steps": 1, "learning_rate": 1e-6, "start_from": f"{id}@30"}
    for chosen, numbers in ((saes, (0, 1)), (saes[::-1], (1, 0)), (saes[1:], (1,))):
        further = prepared.train(**still | {"saes": chosen})
        for number, expected in enumerate(numbers):
            there = load_net(prepared.ws.folder(further), 1, number).W_dec
            torch.testing.assert_close(there, kept[expected], atol=1e-4, rtol=1e-3)


def test_a_start_that_does_not_fit_is_refused_before_it_begins(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    sae = sae_of_training(prepared.ws, id, SaeOfTraining(step=20)).object
    assert work.do_next(prepared.ws, "io").state == "succeeded"
    for start in (sae, f"{id}@20"):
        for wrong, field in (({"width": 32}, "start_from"), ({"normalization": "layer_norm"}, "normalization")):
            with pytest.raises(BadRequest) as refused:
                prepared.start(**ONE | wrong, start_from=start)
            assert refused.value.field == field
            assert estimated(prepared, **ONE | wrong, k=4, start_from=start).field == field
        assert not [each for each in estimated(prepared, **ONE, k=4, start_from=start).findings if "another" in each.text]
        other = estimated(prepared, saes=[{"hook": HOOKS[1]}], k=4, start_from=start)
        assert other.problem is None
        assert [each.level for each in other.findings if f"another place, {HOOKS[0]}" in each.text] == ["warning"]


def test_a_checkpoint_that_is_waited_for_stays(prepared: Prepared) -> None:
    id = prepared.train(**ONE, keep_every=10)
    waiting = prepared.start(**ONE, start_from=f"{id}@20", steps=10)
    with pytest.raises(Conflict) as refused:
        delete_checkpoint(prepared.ws, id, "20", DeleteCheckpoint(agreed=True))
    assert refused.value.code == "in_use"
    assert 20 not in plan_pruning(prepared.ws, id, KeepCheckpoints()).drop
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    assert operations.get_training(prepared.ws, waiting).state == "ready"
    assert 20 not in [each.step for each in delete_checkpoint(prepared.ws, id, "20", DeleteCheckpoint(agreed=True)).checkpoints]


# ---- coefficients ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("architecture", "name", "heavy", "steps"),
    [("standard", "l1_coefficient", 0.1, 400), ("jumprelu", "l0_coefficient", 1.0, 800)],
)
def test_a_coefficient_of_which_nothing_is_learned_is_warned_of_before_the_first_step(
    prepared: Prepared, architecture: str, name: str, heavy: float, steps: int
) -> None:
    def trained(value: float) -> tuple[list[str], float, float]:
        id = prepared.train(
            **ONE, **{name: value}, architecture=architecture, width=256, steps=steps, learning_rate=None,
            metrics_every=50, evaluate_every=None, checkpoint_every=steps,
        )  # fmt: skip
        facts = operations.get_training(prepared.ws, id).facts
        assert facts is not None
        assert facts.saes[0].evaluation is not None
        found = [each.remedy for each in operations.get_health(prepared.ws, id).findings if "coefficient of" in each.text]
        return found, facts.saes[0].evaluation.fvu or 0.0, facts.saes[0].evaluation.l0 or 0.0

    [remedy], worst, on = trained(heavy)
    assert on < 1.5 if architecture == "jumprelu" else worst > 0.7
    named = float(remedy.split()[1])
    none, better, _ = trained(named)
    assert none == []
    assert better < worst - 0.1


def test_what_is_too_heavy_follows_how_far_vectors_are_from_their_mean(prepared: Prepared) -> None:
    options = checked(Train, {"sources": [{"capture": "cp_1"}], "architecture": "standard", "l1_coefficient": 0.05, "width": 256})
    [sae] = plan_saes(options, {HOOKS[0]: 64}, 10)
    rows = torch.randn(512, 64, generator=torch.Generator().manual_seed(0))
    assert look_at_penalty(sae, {HOOKS[0]: rows}) == []
    # Their norm is 3 times as long now, and so it is divided by that.
    [found] = look_at_penalty(sae, {HOOKS[0]: rows + math.sqrt(8)})
    assert (found.level, "L1 coefficient of 0.05" in found.text) == ("warning", True)


def test_an_estimate_warns_of_it_by_arithmetic(prepared: Prepared) -> None:
    def warned(**options: Any) -> bool:
        return any("coefficient of" in each.text for each in estimated(prepared, **options).findings)

    # At 64 dimensions and 64 features it is 1 / 8, at four times as many features less, and with more dimensions less.
    assert not warned(architecture="standard", l1_coefficient=0.08)
    assert warned(architecture="standard", l1_coefficient=0.1, width=256)
    assert warned(architecture="jumprelu", l0_coefficient=10)
    assert not warned(architecture="jumprelu", l0_coefficient=0.01)
    assert not warned(architecture="gated", l1_coefficient=0.1, width=256)
