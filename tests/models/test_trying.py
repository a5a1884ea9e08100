"""A text by a model through the live lane: what the model itself gives, as the parameters say, and sentences where it cannot."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
import torch

from mistudio_ext.contract.errors import BadRequest, Conflict, MiStudioError, Unreadable
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.lanes.perform import perform
from mistudio_ext.models import live, operations
from mistudio_ext.models.load import load_model
from mistudio_ext.models.schema import AddModel, EstimateMemory, Precision, TriedText, TryModel
from mistudio_ext.workspace.workspace import Workspace
from tests.support import live as live_lane
from tests.support import work
from tests.support.tiny_models import make_tiny_model


@pytest.fixture(autouse=True)
def nothing_loaded() -> None:
    live._release()


def linked(ws: Workspace, folder: Path) -> str:
    started = operations.add_model(ws, AddModel(path=str(folder)))
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    return started.object


def ask(ws: Workspace, id: str, prompt: str = "The rain fell", **values: Any) -> TriedText:
    """The live lane's own function, in this process."""
    request = operations.try_model(ws, id, checked(TryModel, {"prompt": prompt, "max_tokens": 12} | values))
    return live.write(**request.params)


def greedy(folder: Path, ids: list[int], count: int, ends: set[int]) -> list[int]:
    """The likeliest token, again and again, each time from the whole text."""
    model = load_model(folder, "float32")
    new: list[int] = []
    with torch.no_grad():
        while len(new) < count:
            new.append(int(model(torch.tensor([ids + new]), use_cache=False).logits[0, -1].argmax()))
            if new[-1] in ends:
                break
    return new


def test_the_live_lane_writes_what_the_model_says(ws: Workspace, model_folder: Path) -> None:
    id = linked(ws, model_folder)
    tokenizer = Tokenizer(model_folder).inner
    ids = tokenizer("The rain fell")["input_ids"]
    wanted = greedy(model_folder, ids, 12, {1})
    params = checked(TryModel, {"prompt": "The rain fell", "max_tokens": 12})
    found: TriedText = perform(ws, operations.try_model, id, params)
    assert (found.text, found.tokens) == (tokenizer.decode(wanted, skip_special_tokens=True), len(wanted))
    weights = sum(each.nbytes for each in load_model(model_folder, "float32").parameters())
    assert (found.precision, found.quantized_share) == ("float32", None)
    assert weights <= found.measured < weights + 1000
    process = live_lane.pid(ws)
    again: TriedText = perform(ws, operations.try_model, id, params)
    assert again.text == found.text
    assert live_lane.pid(ws) == process


def test_the_models_own_settings_decide_nothing(ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    """They may ask for sampling, penalties and the like, which would not be what the parameters say."""
    folder = Path(shutil.copytree(model_folder, tmp_path / "own"))
    own = {"do_sample": True, "temperature": 9.0, "top_k": 3, "repetition_penalty": 5.0, "max_length": 3, "min_new_tokens": 40}
    (folder / "generation_config.json").write_text(json.dumps(own | {"eos_token_id": [1, 7], "num_beams": 4}))
    ids = Tokenizer(folder).inner("The rain fell")["input_ids"]
    found = ask(ws, linked(ws, folder))
    assert found.tokens == len(greedy(folder, ids, 12, {1, 7}))
    assert found.text == Tokenizer(folder).inner.decode(greedy(folder, ids, 12, {1, 7}), skip_special_tokens=True)


def test_a_text_ends_at_an_end_token(ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    ids = Tokenizer(model_folder).inner("The rain fell")["input_ids"]
    unended = greedy(model_folder, ids, 8, set())
    stop = unended[4]
    folder = Path(shutil.copytree(model_folder, tmp_path / "ends"))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, stop]}))
    found = ask(ws, linked(ws, folder))
    assert (found.tokens, found.ended) == (unended.index(stop) + 1, True)
    assert not ask(ws, linked(ws, model_folder), max_tokens=4).ended


def test_chance_is_of_the_seed(ws: Workspace, model_folder: Path) -> None:
    id = linked(ws, model_folder)
    texts = {seed: ask(ws, id, temperature=1.0, seed=seed).text for seed in range(5)}
    assert len(set(texts.values())) > 1
    assert {seed: ask(ws, id, temperature=1.0, seed=seed).text for seed in range(5)} == texts
    likeliest = ask(ws, id).text
    assert ask(ws, id, temperature=3.0, top_p=1e-6, seed=5).text == likeliest
    assert ask(ws, id, temperature=1e-4, seed=6).text == likeliest


def test_one_token_is_drawn_by_its_probability(ws: Workspace, model_folder: Path) -> None:
    """Against the distribution counted by hand, tempered and cut off."""
    id = linked(ws, model_folder)
    tokenizer = Tokenizer(model_folder).inner
    with torch.no_grad():
        logits = load_model(model_folder, "float32")(torch.tensor([tokenizer("The rain fell")["input_ids"]])).logits[0, -1]
    probabilities, order = torch.softmax(logits.double() / 0.5, 0).sort(descending=True)
    kept = int((probabilities.cumsum(0) < 0.3).sum()) + 1
    allowed = {tokenizer.decode([int(each)], skip_special_tokens=True) for each in order[:kept]}
    drawn = {ask(ws, id, temperature=0.5, top_p=0.3, max_tokens=1, seed=seed).text for seed in range(60)}
    assert drawn <= allowed
    assert len(drawn) > 1


def test_a_chat_goes_through_the_models_template(ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    id = linked(ws, model_folder)
    assert ask(ws, id, "hello", chat=True).text == ask(ws, id, "<user>hello<assistant>").text
    plain = Path(shutil.copytree(model_folder, tmp_path / "plain"))
    (plain / "chat_template.jinja").unlink()
    with pytest.raises(BadRequest, match="no chat template") as caught:
        ask(ws, linked(ws, plain), chat=True)
    assert caught.value.field == "chat"
    broken = Path(shutil.copytree(model_folder, tmp_path / "broken"))
    id = linked(ws, broken)
    for template in (
        "{{ messages.nothing.at.all }}",
        "{{ raise_exception('only once') }}",
        "{% for %}",
        "{{ [].__class__.__base__ }}",
    ):
        (broken / "chat_template.jinja").write_text(template)
        with pytest.raises(BadRequest, match="chat template fails"):
            ask(ws, id, chat=True)


def test_what_cannot_be_written_is_a_sentence(ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    id = linked(ws, model_folder)
    with pytest.raises(BadRequest, match="more than the 64") as caught:
        ask(ws, id, "rain " * 60)
    assert (caught.value.field, caught.value.code) == ("prompt", "too_long")
    with pytest.raises(BadRequest, match="more than the 64"):
        ask(ws, id, max_tokens=62)
    mute = Path(shutil.copytree(model_folder, tmp_path / "mute"))
    for file in mute.glob("*token*"):
        file.unlink()
    with pytest.raises(MiStudioError, match="tokenizer"):
        ask(ws, linked(ws, mute))
    assert make_tiny_model(tmp_path / "few", _tokenizer_of(model_folder, tmp_path), vocab_size=100)
    with pytest.raises(BadRequest, match="do not belong together"):
        ask(ws, linked(ws, tmp_path / "few"))
    waiting = operations.add_model(ws, AddModel(path=str(shutil.copytree(model_folder, tmp_path / "waiting"))))
    with pytest.raises(Conflict, match="not ready"):
        operations.try_model(ws, waiting.object, TryModel(prompt="x"))


def _tokenizer_of(folder: Path, tmp_path: Path) -> Path:
    place = tmp_path / "tokenizer"
    place.mkdir()
    for file in folder.glob("tokenizer*"):
        shutil.copy(file, place)
    return place


def test_files_that_are_not_what_they_were(ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(model_folder, tmp_path / "mine"))
    id = linked(ws, folder)
    first = ask(ws, id).text
    weights = load_file(folder / "model.safetensors")
    save_file({name: each.flip(0).contiguous() for name, each in weights.items()}, folder / "model.safetensors")
    assert ask(ws, id).text != first, "what was loaded is not used for other files"
    less = {name: each for name, each in weights.items() if "layers.1.mlp.up" not in name}
    save_file(less, folder / "model.safetensors")
    with pytest.raises(Unreadable, match=r"lack 1 of its weights.*layers.1.mlp.up"):
        ask(ws, id)
    (folder / "model.safetensors").write_bytes((model_folder / "model.safetensors").read_bytes()[:-10])
    with pytest.raises(Unreadable, match="cannot be loaded"):
        ask(ws, id)


def test_one_model_is_held_and_replaced(ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    import gc
    import weakref

    id = linked(ws, model_folder)
    ask(ws, id)
    assert live._loaded is not None
    first = weakref.ref(live._loaded.model)
    ask(ws, id, "another prompt")
    assert live._loaded.model is first()
    half = ask(ws, id, precision="bfloat16")
    gc.collect()
    assert first() is None, "its memory is free"
    assert half.precision == "bfloat16"
    assert half.measured < 0.6 * ask(ws, id).measured
    other = linked(ws, Path(shutil.copytree(model_folder, tmp_path / "other")))
    second = weakref.ref(live._loaded.model)
    ask(ws, other)
    gc.collect()
    assert second() is None


def test_memory_that_does_not_suffice(ws: Workspace, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    id = linked(ws, model_folder)
    facts = operations.get_model(ws, id).facts
    assert facts is not None
    # Room for two bytes a number, and not for four.
    monkeypatch.setattr("mistudio_ext.models.memory.free_on_cpu", lambda: 3 * facts.parameters)
    with pytest.raises(MiStudioError, match="In float32 it needs") as caught:
        ask(ws, id)
    assert (caught.value.code, caught.value.hint) == ("memory", "It would fit in bfloat16.")
    assert live._loaded is None
    assert ask(ws, id, smaller=True).precision == "bfloat16"
    held = live._loaded
    assert ask(ws, id, smaller=True, prompt="again").precision == "bfloat16"
    assert live._loaded is held
    estimate = operations.estimate_memory(ws, id, EstimateMemory())
    assert (estimate.fits, estimate.smaller) == (False, "bfloat16")
    live._release()
    monkeypatch.setattr("mistudio_ext.models.memory.free_on_cpu", lambda: facts.parameters // 100)
    with pytest.raises(MiStudioError, match="smaller model"):
        ask(ws, id, smaller=True)


def test_what_is_not_said_is_as_the_model_was_added(ws: Workspace, model_folder: Path) -> None:
    whole = linked(ws, model_folder)
    id = operations.add_model(ws, AddModel(path=str(model_folder), precision="bfloat16")).object
    assert id != whole
    assert work.do_next(ws, "io").state == "succeeded"
    assert operations.add_model(ws, AddModel(path=str(model_folder), precision="bfloat16")).object == id
    assert ask(ws, id).precision == "bfloat16"
    assert ask(ws, id, precision="float32").precision == "float32"
    assert ask(ws, whole).precision == "float32"
    assert operations.estimate_memory(ws, id, EstimateMemory()).precision == "bfloat16"


def test_memory_in_every_precision(ws: Workspace, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    id = linked(ws, model_folder)
    facts = operations.get_model(ws, id).facts
    assert facts is not None
    monkeypatch.setattr("mistudio_ext.models.memory.free_on_cpu", lambda: 3 * facts.parameters)
    found = operations.estimate_memory(ws, id, EstimateMemory()).precisions
    assert [each.precision for each in found] == list(get_args(Precision))
    by_name = {each.precision: each for each in found}
    assert by_name["bfloat16"].weights == 2 * facts.parameters + facts.weights.buffers
    for each in found:
        assert each.fits == (each.weights <= 0.9 * 3 * facts.parameters)
        alone = operations.estimate_memory(ws, id, EstimateMemory(precision=each.precision))
        assert (alone.weights, alone.fits) == (each.weights, each.fits)
    assert not by_name["float32"].fits
    assert by_name["bfloat16"].problem is None
    assert (by_name["hqq2"].problem is None) == (find_spec("hqq") is not None)


def test_a_family_that_does_not_run_quantized_says_so(ws: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    id = linked(ws, make_tiny_model(tmp_path / "mamba", tokenizer_folder, family="mamba"))
    found = operations.estimate_memory(ws, id, EstimateMemory()).precisions
    told = {each.precision for each in found if each.problem and "mamba" in each.problem}
    assert told == {"int8", "nf4", "fp4", "hqq2"}


def test_quantized_weights_say_how_much_of_them_is(ws: Workspace, model_folder: Path) -> None:
    found = ask(ws, linked(ws, model_folder), precision="int8")
    assert found.quantized_share is not None
    assert 0.2 < found.quantized_share < 1
