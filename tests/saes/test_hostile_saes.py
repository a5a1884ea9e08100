"""Folders of SAEs that are broken, or meant to do harm: each refused with a sentence, nothing run, nothing taken over."""

from __future__ import annotations

import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mistudio_ext.contract.errors import Forbidden, MiStudioError, NotFound, Unreadable
from mistudio_ext.saes.files import read_sae
from mistudio_ext.saes.operations import import_sae
from mistudio_ext.saes.schema import ImportSae
from mistudio_ext.workspace.workspace import Workspace
from tests.support import saelens


def written(folder: Path, change: dict[str, Any] | None = None, **tensors: Any) -> Path:
    there = {name: each for name, each in (saelens.weights() | tensors).items() if each is not None}
    return saelens.write(folder, saelens.config() | (change or {}), there)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"architecture": "temporal"}, "'temporal', which is not known"),
        ({"architecture": 7}, "says no architecture"),
        ({"architecture": ["standard"]}, "says no architecture"),
        ({"architecture": "mistudio_topk_transcoder", "d_out": 6, "k": 3}, "without saying where it is from"),
        ({"architecture": "batchtopk"}, "save_inference_model"),
        ({"architecture": "x" * 10_000}, "not known here"),
        ({"architecture": "topk"}, "None as k"),
        ({"architecture": "topk", "k": 21}, "21 as k, not a whole number from 1 to 20"),
        ({"d_in": "6"}, "'6' as d_in"),
        ({"d_in": True}, "True as d_in"),
        ({"d_sae": 0}, "0 as d_sae"),
        ({"d_sae": 2**60}, "as d_sae"),
        ({"d_in": 1e300}, "as d_in"),
        ({"normalize_activations": "expected_average_only_in"}, "not in its files"),
        ({"normalize_activations": "covariance_whitening"}, "not in its files"),
        ({"normalize_activations": "constant_norm_rescale"}, "not known here"),
        ({"normalize_activations": {"a": 1}}, "not known here"),
        ({"reshape_activations": "other"}, "not known here"),
        ({"apply_b_dec_to_input": "yes"}, "which cannot be"),
        ({"metadata": {"sae_lens_version": "6.1.0", "mistudio": {"architecture": ""}}}, "under “mistudio”"),
        ({"metadata": {"sae_lens_version": "6.1.0", "mistudio": [1]}}, "under “mistudio”"),
        ({"architecture": "transcoder", "d_out": 6, "apply_b_dec_to_input": True}, "which cannot be"),
        (
            {"architecture": "skip_transcoder", "d_out": 6, "apply_b_dec_to_input": False, "normalize_activations": "layer_norm"},
            "more than one way",
        ),
    ],
)
def test_configurations(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_sae(written(tmp_path, change))
    assert words in error.value.message
    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"W_enc": saelens.weights()["W_dec"]}, "has W_enc as F32 of 20 x 6, not as floats of 6 x 20"),
        ({"b_dec": np.zeros(7, np.float32)}, "has b_dec as F32 of 7, not as floats of 6"),
        ({"b_dec": np.zeros(1, np.float32)}, "as F32 of 1,"),
        ({"b_enc": None}, "lacks b_enc"),
        ({"W_skip": np.zeros((6, 6), np.float32)}, "'W_skip', which such an SAE does not have"),
        ({"threshold": np.zeros(20, np.float32)}, "'threshold'"),
        ({"b_enc": np.zeros(20, np.int64)}, "as I64"),
        ({"b_enc": np.full(20, np.nan, np.float32)}, "not-a-number or infinity in b_enc"),
        ({"W_dec": np.full((20, 6), np.inf, np.float32)}, "infinity in W_dec"),
        ({"W_dec": np.full((20, 6), 1e300)}, "infinity in W_dec"),
        ({"scaling_factor": np.full(20, 2, np.float32)}, "scaling_factor that is not 1"),
        ({"<script>\x1b[2J" + "x" * 9000: np.zeros(1, np.float32)}, "which such an SAE does not have"),
    ],
)
def test_weights(tmp_path: Path, tensors: dict[str, Any], words: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_sae(written(tmp_path, **tensors))
    assert words in error.value.message
    assert error.value.message.isprintable()
    assert len(str(error.value)) < 500


class Program:
    def __reduce__(self) -> Any:
        return os.mkdir, (str(Program.trace),)

    trace = Path()


def test_pickles_are_not_opened(tmp_path: Path) -> None:
    Program.trace = tmp_path / "trace"
    folder = written(tmp_path / "sae")
    (folder / "sae_weights.safetensors").write_bytes(pickle.dumps(Program()))
    with pytest.raises(Unreadable, match="no safetensors file"):
        read_sae(folder)
    os.rename(folder / "sae_weights.safetensors", folder / "sae_weights.pt")
    with pytest.raises(NotFound, match="is not there"):
        read_sae(folder)
    assert not Program.trace.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sae_weights.safetensors", b""),
        ("sae_weights.safetensors", struct.pack("<Q", 2**60) + b"{}"),
        ("sae_weights.safetensors", struct.pack("<Q", 2) + b"[]"),
        ("sae_weights.safetensors", struct.pack("<Q", 9000) + b"[" * 9000),
        ("cfg.json", b""),
        ("cfg.json", b"[" * 100_000),
        ("cfg.json", b" " * (2**20 + 1) + b"{}"),
        ("cfg.json", b'{"architecture": "\xff"}'),
        ("check.safetensors", b"PK\x03\x04"),
    ],
)
def test_files_of_another_kind(tmp_path: Path, name: str, content: bytes) -> None:
    folder = written(tmp_path)
    (folder / name).write_bytes(content)
    with pytest.raises(Unreadable) as error:
        read_sae(folder)
    assert name in error.value.message


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    folder = written(tmp_path)
    whole = (folder / "sae_weights.safetensors").read_bytes()
    for size in (7, 9, len(whole) // 2, len(whole) - 1):
        (folder / "sae_weights.safetensors").write_bytes(whole[:size])
        with pytest.raises(Unreadable):
            read_sae(folder)
    (folder / "sae_weights.safetensors").write_bytes(whole + b"x")
    with pytest.raises(Unreadable, match="belong to nothing"):
        read_sae(folder)


@pytest.mark.parametrize("rows", [0, 3000])
def test_check_rows_that_are_none(tmp_path: Path, rows: int) -> None:
    from safetensors.numpy import save_file

    folder = written(tmp_path)
    for tensors in (
        {"x": np.zeros((rows, 6), np.float32), "y_hat": np.zeros((rows, 6), np.float32)},
        {"x": np.zeros((5, 6), np.float32)},
        {"x": np.zeros((5, 6), np.float32), "y_hat": np.zeros((4, 6), np.float32)},
        {"x": np.zeros((), np.float32), "y_hat": np.zeros((), np.float32)},
    ):
        save_file(tensors, folder / "check.safetensors")
        with pytest.raises(Unreadable, match="does not hold the rows"):
            read_sae(folder)


def count(ws: Workspace) -> int:
    return len(ws.catalog.all("saes"))


def test_only_what_may_be_read_is_read(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    ws = Workspace.open(tmp_path / "workspace", allowed_folders=[tmp_path / "open"])
    try:
        outside = written(tmp_path / "outside")
        linked = tmp_path / "open" / "linked"
        os.symlink(outside, linked)
        inside = written(tmp_path / "open" / "inside")
        for path in (outside, linked, tmp_path / "open" / ".." / "outside"):
            with pytest.raises(Forbidden):
                import_sae(ws, ImportSae(path=str(path)))
        for name in ("cfg.json", "sae_weights.safetensors", "check.safetensors"):
            kept = (inside / name).read_bytes() if (inside / name).exists() else None
            (inside / name).unlink(missing_ok=True)
            os.symlink(outside / name, inside / name)
            with pytest.raises(Forbidden):
                import_sae(ws, ImportSae(path=str(inside)))
            (inside / name).unlink()
            if kept is not None:
                (inside / name).write_bytes(kept)
        os.unlink(inside / "cfg.json")
        os.mkfifo(inside / "cfg.json")
        with pytest.raises(MiStudioError, match="is not there"):
            import_sae(ws, ImportSae(path=str(inside)))
        for path in (tmp_path / "open" / "nothing", inside / "sae_weights.safetensors"):
            with pytest.raises(MiStudioError):
                import_sae(ws, ImportSae(path=str(path)))
        for upload in ("up_00000000", "../../etc", "ds_00000000"):
            with pytest.raises(NotFound, match="from memory"):
                import_sae(ws, ImportSae(upload=upload))
        assert count(ws) == 0
    finally:
        ws.close()


def test_one_that_no_memory_holds(tmp_path: Path, ws: Workspace) -> None:
    """A file with holes can be announced larger than any machine."""
    d_in, width = 2**18, 2**21
    values = saelens.config() | {"d_in": d_in, "d_sae": width}
    shapes = {"W_enc": [d_in, width], "W_dec": [width, d_in], "b_dec": [d_in], "b_enc": [width]}
    header, place = {}, 0
    for name, shape in shapes.items():
        size = 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(header).encode()
    folder = tmp_path / "sae"
    folder.mkdir()
    (folder / "cfg.json").write_text(json.dumps(values))
    with open(folder / "sae_weights.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        try:
            file.truncate(8 + len(text) + place)
        except OSError:
            pytest.skip("this file system has no room for holes")
    with pytest.raises(MiStudioError) as error:
        import_sae(ws, ImportSae(path=str(folder)))
    assert error.value.code == "memory"
    assert count(ws) == 0
