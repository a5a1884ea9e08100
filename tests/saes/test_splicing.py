"""Something else at a hook point: against hooks that were written by hand, and against what each hook point means."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.models.hook_points import HookPoint, find_hook_points
from mistudio_ext.models.hooks import hooked
from mistudio_ext.saes.splice import Splice
from tests.support.families import get_model
from tests.support.hand_hooks import PLACES, assert_close, direct

FAMILIES = (
    "llama",
    "gpt2",
    "gemma2",
    "granite",
    "falcon",
    "falcon_new",
    "opt",
    "gpt_neox",
    "gpt_neox_sequential",
    "bloom",
    "olmo2",
)
IDS = [5, 9, 2, 7, 7, 3, 11, 4]
TOUCHED = [False, True, True, False, True, True, True, False]


def points_of(model: Any) -> dict[str, HookPoint]:
    return {each.name: each for each in find_hook_points(model)}


def some(width: int) -> torch.Tensor:
    return torch.randn(width, generator=torch.Generator().manual_seed(3))


def constant(width: int) -> Any:
    return lambda rows: some(width).expand(len(rows), -1)


def touched() -> torch.Tensor:
    return torch.tensor([TOUCHED])


def logits(model: Any, splice: Splice | None = None) -> torch.Tensor:
    with torch.no_grad():
        if splice is None:
            return model(torch.tensor([IDS])).logits[0]  # type: ignore[no-any-return]
        splice.touched = touched()
        with hooked(splice.hooks()):
            found: torch.Tensor = model(torch.tensor([IDS])).logits[0]
        splice.require_written()
    return found


def by_hand(model: Any, path: str, side: str, make: Any) -> torch.Tensor:
    """`make` changes a copy of what passes, shaped tokens x width."""

    def changed(tensor: torch.Tensor) -> torch.Tensor:
        rows = tensor.clone().reshape(len(IDS), -1)
        make(rows)
        return rows.reshape(tensor.shape)

    module = model.get_submodule(path)
    if side == "input":

        def on_input(_: Any, args: Any, kwargs: Any) -> Any:
            if args:
                return (changed(args[0]), *args[1:]), kwargs
            return args, kwargs | {"hidden_states": changed(kwargs["hidden_states"])}

        handle = module.register_forward_pre_hook(on_input, with_kwargs=True)
    else:

        def on_output(_: Any, _args: Any, output: Any) -> Any:
            return (changed(output[0]), *output[1:]) if isinstance(output, tuple) else changed(output)

        handle = module.register_forward_hook(on_output)
    with torch.no_grad():
        found: torch.Tensor = model(torch.tensor([IDS])).logits[0]
    handle.remove()
    return found


@pytest.mark.parametrize("family", ["llama", "gpt2"])
@pytest.mark.parametrize("kind", ["resid_pre", "attn_z", "attn_out", "mlp_in", "mlp_out", "resid_post"])
def test_like_a_hook_by_hand(family: str, kind: str) -> None:
    model, places = get_model(family), PLACES[family]
    point = points_of(model)[f"layers.1.{kind}"]
    inside = {"resid_pre": "", "resid_post": ""}.get(kind, getattr(places, kind, ""))
    path = f"{places.layers}.1" + (f".{inside}" if inside else "")
    side = "input" if kind in ("resid_pre", "attn_z", "mlp_in") else "output"

    def double(rows: torch.Tensor) -> None:
        rows[TOUCHED] = rows[TOUCHED] * 2 + 1

    ours = logits(model, Splice(model, point, point, lambda rows: rows * 2 + 1))
    assert torch.equal(ours, by_hand(model, path, side, double))
    assert not torch.allclose(ours, logits(model), atol=1e-3)


@pytest.mark.parametrize("family", ["llama", "gpt2", "granite"])
def test_the_stream_between_is_changed_for_all_that_follows(family: str) -> None:
    """Where it is read, only the MLP reads it; it must be as if attention had written something else."""
    model, places = get_model(family), PLACES[family]
    point = points_of(model)["layers.1.resid_mid"]
    direction = some(point.width)

    def add(rows: torch.Tensor) -> None:
        rows[TOUCHED] = rows[TOUCHED] + direction / places.times

    ours = logits(model, Splice(model, point, point, lambda rows: rows + direction))
    assert_close(ours, by_hand(model, f"{places.layers}.1.{places.attn_out}", "output", add), family)


def _written(kind: str, here: dict[str, torch.Tensor], seen: dict[str, torch.Tensor]) -> torch.Tensor:
    """What the model went on with in the place of this hook point of layer 1, from what was seen elsewhere where that can be."""
    if kind == "resid_post":
        return seen["layers.2.resid_pre"]
    if kind == "mlp_out":
        return here["resid_post"] - here.get("resid_mid", here["resid_pre"] + here["attn_out"])
    if kind == "attn_out":
        return here.get("resid_mid", here["resid_post"] - here["mlp_out"]) - here["resid_pre"]
    return here[kind]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_written_means_what_is_read(family: str) -> None:
    """A constant in the place of each hook point of a layer, and the sums that the hook points stand in."""
    model = get_model(family)
    clean = direct(model, family, IDS)
    keep = ~touched()[0]
    for name, point in points_of(model).items():
        if point.layer != 1:
            continue
        splice = Splice(model, point, point, constant(point.width))
        splice.touched = touched()
        with hooked(splice.hooks()):
            seen = direct(model, family, IDS)
        here = {key.split(".")[2]: tensor for key, tensor in seen.items() if key.startswith("layers.1.")}
        written = _written(point.kind, here, seen)
        expected = some(point.width).expand(sum(TOUCHED), -1)
        assert_close(written[TOUCHED], expected, f"{family} {name}", relative=1e-4)
        if point.kind == "resid_mid" and "mlp_out" in here:
            assert_close((here["resid_post"] - here["mlp_out"])[TOUCHED], expected, f"{family} {name}, behind", relative=1e-4)
        # Before anything of it reaches other tokens, these have what they had, bit for bit.
        assert torch.equal(here[point.kind][keep], clean[name][keep]), name


def test_what_is_read_is_what_a_capture_has() -> None:
    model = get_model("granite")
    for point in points_of(model).values():
        found: list[torch.Tensor] = []

        def note(rows: torch.Tensor, found: list[torch.Tensor] = found) -> torch.Tensor:
            found.append(rows)
            return rows

        logits(model, Splice(model, point, point, note))
        assert_close(found[0], direct(model, "granite", IDS)[point.name][TOUCHED], point.name)


def test_from_one_hook_point_to_another() -> None:
    model, places = get_model("llama"), PLACES["llama"]
    points = points_of(model)
    mix = torch.randn(points["layers.1.mlp_in"].width, points["layers.1.mlp_out"].width) * 0.3
    wanted = direct(model, "llama", IDS)["layers.1.mlp_in"][TOUCHED] @ mix

    def put(rows: torch.Tensor) -> None:
        rows[TOUCHED] = wanted

    ours = logits(model, Splice(model, points["layers.1.mlp_in"], points["layers.1.mlp_out"], lambda rows: rows @ mix))
    assert_close(ours, by_hand(model, f"{places.layers}.1.mlp", "output", put), "mlp")
    with pytest.raises(BadRequest, match=r"layers\.2\.mlp_in comes after layers\.1\.mlp_out"):
        logits(model, Splice(model, points["layers.2.mlp_in"], points["layers.1.mlp_out"], lambda rows: rows))


def test_half_precision_comes_back_in_its_own() -> None:
    model = get_model("llama").to(torch.bfloat16)
    try:
        point = points_of(model)["layers.1.resid_post"]
        kinds = []

        def same(rows: torch.Tensor) -> torch.Tensor:
            kinds.append(rows.dtype)
            return rows

        assert torch.equal(logits(model, Splice(model, point, point, same)), logits(model))
        assert kinds == [torch.float32]
    finally:
        get_model.cache_clear()


def test_the_hooks_are_gone_afterwards() -> None:
    model = get_model("gpt2")
    point = points_of(model)["layers.1.resid_mid"]
    before = logits(model)
    with pytest.raises(ZeroDivisionError):
        logits(model, Splice(model, point, point, lambda rows: rows / (1 // 0)))
    assert torch.equal(logits(model), before)
