"""What a capture holds: the rows that its rules keep, with the vectors of plain passes with hooks put by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

from mistudio_ext.captures import operations
from mistudio_ext.captures.schema import AppendTokens
from mistudio_ext.contract.errors import Conflict, MiStudioError
from mistudio_ext.workspace.workspace import Workspace
from tests.captures.conftest import Made, left_padding
from tests.support import capturing, making, templates, work
from tests.support.tiny_models import make_tiny_model

ALL = ["resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out", "mlp_in", "attn_z"]
LAYOUTS: dict[str, dict[str, Any]] = {
    "packed": {},
    "rows": {"layout": "rows"},
    "padded": {"layout": "rows", "padding": "max_length"},
    "strides": {"layout": "rows", "stride": 3},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("family", ["gpt2", "llama", "gpt_neox"])
def test_rows_are_those_of_each_block_by_itself(made: Made, model_folders: dict[str, Path], family: str, layout: str) -> None:
    kinds = [kind for kind in ALL if kind != "resid_mid" or family != "gpt_neox"]
    tokenization = made.tokenization(**LAYOUTS[layout])
    id = capturing.capture(
        made.ws,
        made.model(model_folders[family]),
        tokenization,
        hooks=[f"layers.{layer}.{kind}" for kind in kinds for layer in (2, 0)],
        batch_size=5,
    )
    found = capturing.stored(made.ws, id)
    assert len(found.hooks) == 2 * len(kinds)
    index = capturing.index_of(found)
    assert capturing.without_row(index) == capturing.expected_index(made.ws, tokenization)
    direct = capturing.direct_vectors(model_folders[family], family, made.ws, tokenization)
    order = [row["row"] for row in index.values()]
    for hook in found.hooks:
        expected = np.stack([direct[place][hook] for place in index])
        np.testing.assert_allclose(found[hook][order], expected, atol=2e-5 * np.abs(expected).max())


def test_left_padding_is_no_token(made: Made, model_folders: dict[str, Path], tmp_path: Path) -> None:
    left = left_padding(made.tokenizer, tmp_path / "left")
    tokenization = work.tokenized(made.ws, made.dataset, left, max_length=16, layout="rows", padding="max_length")
    id = capturing.capture(made.ws, made.model(model_folders["gpt2"]), tokenization, hooks=["layers.1.resid_post"])
    found = capturing.stored(made.ws, id)
    index = capturing.index_of(found)
    assert capturing.without_row(index) == capturing.expected_index(made.ws, tokenization)
    assert max(making.rows(made.ws.folder_of(made.ws.catalog.get(tokenization)) / "blocks")["first"]) > 0
    direct = capturing.direct_vectors(model_folders["gpt2"], "gpt2", made.ws, tokenization)
    for place, row in index.items():
        np.testing.assert_allclose(found["layers.1.resid_post"][row["row"]], direct[place]["layers.1.resid_post"], atol=1e-3)


@pytest.mark.parametrize("drop_first", [0, 1, 3, 20])
@pytest.mark.parametrize("drop_special", [True, False])
@pytest.mark.parametrize("layout", ["packed", "rows"])
def test_rules_keep_what_they_say(
    made: Made, model_folders: dict[str, Path], drop_first: int, drop_special: bool, layout: str
) -> None:
    tokenization = made.tokenization(layout=layout)
    rules = {"drop_first": drop_first, "drop_special": drop_special}
    expected = capturing.expected_index(made.ws, tokenization, **rules)
    model = made.model(model_folders["llama"])
    if not expected:
        job = capturing.failed(made.ws, model, tokenization, **rules)
        assert job.error
        assert "Not one token" in job.error.message
        return
    id = capturing.capture(made.ws, model, tokenization, **rules)
    found = capturing.stored(made.ws, id)
    assert capturing.without_row(capturing.index_of(found)) == expected
    facts = operations.get_capture(made.ws, id).facts
    assert facts
    rows = list(expected.values())
    assert facts.tokens == len(rows)
    assert facts.held_out_tokens == sum(row["held_out"] for row in rows)
    assert facts.counted_tokens == sum(row["counted"] for row in rows) == facts.hooks[0].tokens
    assert facts.samples == len({row["sample"] for row in rows})


def test_so_many_tokens_are_the_first_ones(made: Made, model_folders: dict[str, Path]) -> None:
    model = made.model(model_folders["llama"])
    for layout, count in (("packed", 100), ("rows", 57)):
        tokenization = made.tokenization(layout=layout)
        first = dict(list(capturing.expected_index(made.ws, tokenization).items())[:count])
        id = capturing.capture(made.ws, model, tokenization, max_tokens=count, batch_size=4)
        assert capturing.without_row(capturing.index_of(capturing.stored(made.ws, id))) == first


def test_so_many_samples_are_chosen_by_the_seed(made: Made, model_folders: dict[str, Path]) -> None:
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()
    chosen = {}
    for seed in (0, 1, 2):
        id = capturing.capture(made.ws, model, tokenization, max_samples=7, seed=seed)
        index = capturing.without_row(capturing.index_of(capturing.stored(made.ws, id)))
        chosen[seed] = frozenset(row["sample"] for row in index.values())
        everything = capturing.expected_index(made.ws, tokenization)
        assert index == {place: row for place, row in everything.items() if row["sample"] in chosen[seed]}
        assert len(chosen[seed]) == 7
    assert len(set(chosen.values())) > 1


def test_a_role_is_a_role(ws: Workspace, tokenizer_folder: Path, model_folders: dict[str, Path], tmp_path: Path) -> None:
    chats = templates.write_conversations(tmp_path / "chats.jsonl", templates.CONVERSATIONS * 6)
    made = Made(ws, chats, templates.make_chat_tokenizer(tmp_path / "chat", "chatml"))
    model = made.model(model_folders["llama"])
    for layout in ("packed", "rows"):
        tokenization = made.tokenization(layout=layout, max_length=64)
        for role in ("user", "assistant"):
            expected = capturing.expected_index(ws, tokenization, role=role)
            assert expected
            id = capturing.capture(ws, model, tokenization, role=role)
            assert capturing.without_row(capturing.index_of(capturing.stored(ws, id))) == expected


def test_statistics_are_numpys(made: Made, model_folders: dict[str, Path]) -> None:
    model, tokenization = made.model(model_folders["gpt2"]), made.tokenization()
    id = capturing.capture(
        made.ws, model, tokenization, drop_first=0, drop_special=False, hooks=["layers.1.resid_post", "layers.1.attn_z"]
    )
    found = capturing.stored(made.ws, id)
    facts = operations.get_capture(made.ws, id).facts
    assert facts
    counted = found.index["counted"].read(slice(None))
    assert 0 < counted.sum() < len(counted)
    for each in facts.hooks:
        exact = found[each.hook][counted].astype(np.float64)
        norms = np.linalg.norm(exact, axis=1)
        assert each.tokens == len(exact)
        assert each.mean_norm == pytest.approx(norms.mean())
        assert each.mean_square_norm == pytest.approx((norms**2).mean())
        assert each.mean == pytest.approx(exact.mean())
        assert each.deviation == pytest.approx(np.sqrt(exact.var(0).mean()))
        assert each.largest == pytest.approx(np.abs(exact).max())
        root = np.sqrt((exact**2).mean(0))
        assert each.outliers == [at for at in range(each.width) if root[at] > 6 * np.median(root)]
        np.testing.assert_allclose(found.sums(each.hook).mean, exact.mean(0))
        np.testing.assert_allclose(found.sums(each.hook).variance, exact.var(0), rtol=1e-9)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_smaller_numbers_are_the_same_ones_rounded(made: Made, model_folders: dict[str, Path], dtype: str) -> None:
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()
    exact = capturing.stored(made.ws, capturing.capture(made.ws, model, tokenization))
    found = capturing.stored(made.ws, capturing.capture(made.ws, model, tokenization, dtype=dtype))
    [hook] = exact.hooks
    rounded = torch.from_numpy(exact[hook][:]).to(getattr(torch, dtype))
    assert found[hook].tensor(slice(None)).dtype == rounded.dtype
    assert torch.equal(found[hook].tensor(slice(None)), rounded)
    assert np.array_equal(found[hook][:], rounded.float().numpy())


def test_a_shard_is_a_plain_hdf5_file(made: Made, model_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mistudio_ext.captures.shards.SHARD_BYTES", 20_000)
    id = capturing.capture(made.ws, made.model(model_folders["llama"]), made.tokenization(), dtype="bfloat16")
    found = capturing.stored(made.ws, id)
    [hook] = found.hooks
    assert len(found.files) > 3
    start = 0
    for path, rows in found.files:
        assert path.stat().st_size < 40_000
        with h5py.File(path) as file:
            assert file[hook].attrs["dtype"] == "bfloat16"
            numbers = (file[hook][:].astype(np.uint32) << 16).view(np.float32)
            assert np.array_equal(numbers, found[hook][start : start + rows])
            for name, column in found.index.items():
                assert np.array_equal(file[f"index/{name}"][:], column.read(slice(start, start + rows)))
                assert file[f"index/{name}"].dtype == column.read(slice(1)).dtype
        start += rows


def test_more_tokens_are_those_that_a_longer_capture_has(
    made: Made, model_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mistudio_ext.captures.shards.SHARD_BYTES", 30_000)
    model = made.model(model_folders["llama"])
    for layout in ("packed", "rows"):
        tokenization = made.tokenization(layout=layout)
        longer = capturing.capture(made.ws, model, tokenization, max_tokens=251)
        whole = capturing.capture(made.ws, model, tokenization)
        id = capturing.capture(made.ws, model, tokenization, max_tokens=101)
        for more, wanted in ((150, longer), (None, whole)):
            operations.append_to_capture(made.ws, id, AppendTokens(max_tokens=more))
            assert work.do_next(made.ws, "gpu").state == "succeeded"
            same = capturing.all_rows(capturing.stored(made.ws, wanted))
            np.testing.assert_allclose(capturing.all_rows(capturing.stored(made.ws, id)), same, atol=1e-4)
            facts, others = (operations.get_capture(made.ws, each) for each in (id, wanted))
            assert facts.facts
            assert others.facts
            assert (facts.fingerprint, facts.max_tokens) == (others.fingerprint, others.max_tokens)
            assert facts.facts.tokens == others.facts.tokens
            for mine, theirs in zip(facts.facts.hooks, others.facts.hooks, strict=True):
                assert mine.mean_square_norm == pytest.approx(theirs.mean_square_norm, rel=1e-5)
        with pytest.raises(Conflict, match="already"):
            operations.append_to_capture(made.ws, id, AppendTokens(max_tokens=1))


def test_an_overflow_ends_with_a_sentence(made: Made, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = make_tiny_model(tmp_path / "loud", made.tokenizer)
    weights = load_file(folder / "model.safetensors")
    weights["model.embed_tokens.weight"] *= 1e6
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    model, tokenization = made.model(folder), made.tokenization()
    job = capturing.failed(made.ws, model, tokenization, dtype="float16")
    assert job.error
    assert (job.error.error.code, job.error.error.field) == ("float16_overflow", "dtype")
    assert not (made.ws.folder(job.object) / "data").exists()
    assert capturing.capture(made.ws, model, tokenization, dtype="bfloat16")
    job = capturing.failed(made.ws, model, tokenization, precision="float16", dtype="float32")
    assert job.error
    assert job.error.error.code == "not_finite"


def test_an_unknown_hook_is_refused_when_read(made: Made, model_folders: dict[str, Path]) -> None:
    found = capturing.stored(made.ws, capturing.capture(made.ws, made.model(model_folders["llama"]), made.tokenization()))
    with pytest.raises(MiStudioError, match=r"layers\.9.*was not captured"):
        found["layers.9.resid_post"]
