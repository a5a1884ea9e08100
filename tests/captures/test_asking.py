"""What is asked for: refused with a sentence, found to be there already, or estimated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mistudio_ext.captures import operations
from mistudio_ext.captures.schema import CaptureEstimate, EstimateCapture, ListCaptures, MakeCapture
from mistudio_ext.contract.errors import BadRequest, MiStudioError, NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.contract.operations import LiveRequest
from mistudio_ext.models.live import hook_points as measure_hook_points
from mistudio_ext.models.operations import add_model, get_hook_points
from mistudio_ext.models.schema import AddModel
from mistudio_ext.workspace.schema import DeleteObject
from tests.captures.conftest import Made
from tests.support import capturing, work
from tests.support.tiny_models import make_tiny_model


def test_what_cannot_be_captured_is_a_sentence(made: Made, model_folders: dict[str, Path], tmp_path: Path) -> None:
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()

    def refused(words: str, code: str | None = None, **options: Any) -> None:
        values = {"model": model, "tokenization": tokenization} | options
        with pytest.raises(MiStudioError, match=words) as caught:
            operations.make_capture(made.ws, checked(MakeCapture, values))
        assert code is None or caught.value.code == code

    refused("0 to 2", hooks=["layers.3.resid_post"])
    refused("no conversations", role="user")
    refused("There is no model", model="md_00000000")
    refused("blocks of up to 128", "too_long", tokenization=made.tokenization(max_length=128))
    few = make_tiny_model(tmp_path / "few", made.tokenizer, vocab_size=100)
    refused("knows only 100", "vocabulary", model=made.model(few))
    assert operations.list_captures(made.ws, ListCaptures()).captures == []
    job = capturing.failed(made.ws, made.model(model_folders["gpt_neox"]), tokenization, hooks=["layers.1.resid_mid"])
    assert job.error
    assert "no hook point layers.1.resid_mid" in job.error.message


def test_equal_requests_are_one(made: Made, model_folders: dict[str, Path]) -> None:
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()

    def ask(**options: Any) -> Any:
        return operations.make_capture(made.ws, checked(MakeCapture, {"model": model, "tokenization": tokenization} | options))

    first = ask()
    assert ask(batch_size=3, fall_back=True, hooks=["layers.1.resid_post"], precision="float32", name="again") == first
    assert ask(hooks=["layers.0.resid_post"]).object != first.object
    assert ask(dtype="float32").object != first.object
    assert work.do_next(made.ws, "gpu").state == "succeeded"
    assert ask(seed=5) == first.model_copy(update={"job": None})
    estimate = operations.estimate_capture(made.ws, EstimateCapture(model=model, tokenization=tokenization))
    assert estimate.same == first.object
    facts = operations.get_capture(made.ws, first.object).facts
    assert facts
    assert facts.tokens <= estimate.tokens
    assert facts.bytes < estimate.disk + 20_000
    assert estimate.problem is None
    assert estimate.seconds
    plan = operations.plan_delete_capture(made.ws, first.object)
    assert plan.bytes == facts.bytes
    operations.delete_capture(made.ws, first.object, DeleteObject())
    assert not made.ws.folder(first.object).exists()


def test_the_precision_is_the_models_unless_another_is_asked_for(made: Made, model_folders: dict[str, Path]) -> None:
    tokenization = made.tokenization()
    plain, half = made.model(model_folders["llama"]), made.model(model_folders["llama"], precision="bfloat16")
    assert plain != half
    found = {}
    for model, asked, expected in (
        (plain, None, "float32"), (plain, "bfloat16", "bfloat16"), (half, None, "bfloat16"), (half, "float32", "float32")
    ):  # fmt: skip
        id = capturing.capture(made.ws, model, tokenization, precision=asked)
        record = operations.get_capture(made.ws, id)
        assert (record.model, record.precision) == (model, expected)
        assert record.facts
        assert record.facts.precision == expected
        # The same in words is the same one; the other model's is not this model's.
        assert capturing.ask(made.ws, model, tokenization, precision=expected) == id
        found.setdefault(expected, []).append(capturing.all_rows(capturing.stored(made.ws, id)))
    for one, other in found.values():
        assert np.array_equal(one, other)
    assert not np.allclose(found["float32"][0], found["bfloat16"][0], atol=1e-5)


def test_an_estimate_says_what_is_missing(made: Made, model_folders: dict[str, Path], tmp_path: Path) -> None:
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()
    few = made.model(make_tiny_model(tmp_path / "few", made.tokenizer, vocab_size=100))
    long = made.tokenization(max_length=128)

    def asked(**options: Any) -> CaptureEstimate:
        values = {"model": model, "tokenization": tokenization} | options
        return operations.estimate_capture(made.ws, checked(EstimateCapture, values))

    for field, options in {
        "model": {"model": None}, "tokenization": {"tokenization": ""}, "hooks": {"hooks": []}, "role": {"role": "user"},
    }.items():  # fmt: skip
        estimate = asked(**options)
        assert estimate.field == field
        assert estimate.problem
        assert (estimate.tokens, estimate.disk, estimate.memory, estimate.hooks) == (None, None, None, [])
        assert estimate.disk_free > 0
    assert "0 to 2" in str(asked(hooks=["layers.0.mlp_in", "layers.3.mlp_in"]).problem)
    assert "knows only 100" in str(asked(model=few).problem)
    assert asked(tokenization=long).field == "tokenization"
    waiting = add_model(made.ws, AddModel(path=str(model_folders["gpt2"]))).object
    assert (asked(model=waiting).field, "not ready" in str(asked(model=waiting).problem)) == ("model", True)
    with pytest.raises(NotFound):
        asked(model="md_00000000")
    found = asked(hooks=["layers.all.resid_post"], max_tokens=40, dtype="bfloat16")
    assert (found.problem, found.field, found.length, found.precision, found.tokens) == (None, None, 16, "float32", 40)
    # Three vectors of 64 numbers of two bytes, and 26 bytes of index.
    assert found.disk == 40 * (3 * 64 * 2 + 26)


def test_what_a_model_lacks_is_known_once_it_was_measured(made: Made, model_folders: dict[str, Path]) -> None:
    model, tokenization = made.model(model_folders["gpt_neox"]), made.tokenization()

    def asked(*hooks: str) -> CaptureEstimate:
        return operations.estimate_capture(made.ws, EstimateCapture(model=model, tokenization=tokenization, hooks=[*hooks]))

    assert asked("layers.1.resid_mid").problem is None
    request = get_hook_points(made.ws, model)
    assert isinstance(request, LiveRequest)
    measure_hook_points(**request.params)
    lacking = asked("layers.1.resid_post", "layers.1.resid_mid")
    assert lacking.field == "hooks"
    assert "no hook point layers.1.resid_mid" in str(lacking.problem)
    assert "side by side" in str(lacking.problem)
    with pytest.raises(BadRequest, match=r"no hook point layers\.1\.resid_mid"):
        capturing.ask(made.ws, model, tokenization, hooks=["layers.1.resid_mid"])
    there = asked("layers.all.attn_z", "layers.all.mlp_out")
    assert (there.problem, len(there.hooks)) == (None, 6)
