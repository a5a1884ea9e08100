"""Reading: rows by number, slice, list and mask against plain arrays; the way back to the text; files of other kinds."""

from __future__ import annotations

import pickle
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from mistudio_ext.captures import context, live, operations
from mistudio_ext.captures.export import file_names
from mistudio_ext.captures.schema import ExportCapture, ReadVectors
from mistudio_ext.captures.shards import ShardFile
from mistudio_ext.captures.torch_dataset import dataset_of
from mistudio_ext.captures.vectors import Mapped, Stored, Vectors
from mistudio_ext.contract.errors import BadRequest, Conflict, DiskFull, Unreadable
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets.samples import get_sample
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.models.load import load_model
from mistudio_ext.workspace.workspace import Workspace
from tests.captures.conftest import Made, left_padding
from tests.support import capturing, making, work
from tests.support.hand_hooks import direct

WIDTH = 5


def write(folder: Path, sizes: list[int]) -> tuple[Vectors, Mapped, np.ndarray[Any, Any]]:
    chance = np.random.default_rng(0)
    numbers = chance.normal(size=(sum(sizes), WIDTH)).astype(np.float32)
    files, done = [], 0
    for at, size in enumerate(sizes):
        path = folder / f"{at}.h5"
        index = {name: np.arange(done, done + size) for name in ("sample", "block", "position", "token", "held_out", "counted")}
        # Of every second shard only a part is written.
        with ShardFile(path, {"hook": WIDTH}, "float32", size + at % 2) as shard:
            shard.add({"hook": torch.from_numpy(numbers[done : done + size])}, index)
        files.append((path, size))
        done += size
    return Vectors(files, "hook", WIDTH, "float32"), Mapped(files, "index/sample"), numbers


@pytest.mark.parametrize("sizes", [[7], [1, 4, 1, 9], [3, 3]])
def test_rows_are_read_as_from_one_array(tmp_path: Path, sizes: list[int]) -> None:
    vectors, samples, numbers = write(tmp_path, sizes)
    total = sum(sizes)
    assert len(vectors) == total
    assert vectors.shape == numbers.shape
    assert np.array_equal(np.asarray(vectors), numbers)
    assert np.array_equal(np.asarray(samples), np.arange(total))
    number = st.integers(-total, total - 1)
    edge = st.none() | st.integers(-total - 2, total + 2)
    slices = st.builds(slice, edge, edge, st.none() | st.sampled_from([-3, -1, 1, 2, 5]))

    @settings(max_examples=200, deadline=None)
    @given(rows=number | slices | st.lists(number) | st.lists(st.booleans(), min_size=total, max_size=total).map(np.array))
    def same(rows: Any) -> None:
        wanted = np.array(rows, np.int64) if isinstance(rows, list) else rows
        assert np.array_equal(vectors[rows], numbers[wanted])
        assert np.array_equal(samples[rows], np.arange(total)[wanted])
        if not isinstance(rows, int):
            assert np.array_equal(vectors.tensor(rows).numpy(), numbers[wanted])

    same()
    for outside in (total, -total - 1, [0, total]):
        with pytest.raises(IndexError):
            vectors[outside]
    again = pickle.loads(pickle.dumps(vectors))
    assert len(pickle.dumps(vectors)) < 2000
    assert np.array_equal(again[:], numbers)
    for seed in (None, 3):
        batches = list(vectors.batches(4, seed))
        assert max(map(len, batches)) <= 4
        together = np.concatenate(batches)
        assert np.array_equal(together, numbers) == (seed is None)
        assert np.array_equal(np.sort(together, 0), np.sort(numbers, 0))


def test_a_shard_of_which_writing_failed_is_not_there(tmp_path: Path) -> None:
    def write_some(rows: int) -> None:
        with ShardFile(tmp_path / "0.h5", {"hook": WIDTH}, "float32", 4) as shard:
            index = {name: np.zeros(rows) for name in ("sample", "block", "position", "token", "held_out", "counted")}
            shard.add({"hook": torch.zeros(rows, WIDTH)}, index)
            raise KeyError("stop")

    with pytest.raises(KeyError):
        write_some(3)
    with pytest.raises(ValueError, match="5 rows in a shard of 4"):
        write_some(5)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("full", [False, True], ids=["too small", "full"])
def test_a_disk_without_room_is_a_sentence_and_nothing_stays(tmp_path: Path, full: bool) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine lets no test mount a file system: {mounted.stderr.decode().strip()}")
    try:
        if full:
            with suppress(OSError), open(disk / "ballast", "wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
        with pytest.raises(DiskFull):
            write(disk, [100_000])
        assert {each.name for each in disk.iterdir()} <= {"ballast"}
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_damaged_files_are_a_sentence(made: Made, model_folders: dict[str, Path]) -> None:
    id = capturing.capture(made.ws, made.model(model_folders["llama"]), made.tokenization())
    folder = made.ws.folder(id) / "data"
    [hook] = Stored(folder).hooks
    [(path, _)] = Stored(folder).files
    content = path.read_bytes()
    for damage in (b"", b"no HDF5", content[: len(content) // 2], content[:-1]):
        path.write_bytes(damage)
        with pytest.raises(Unreadable, match="cannot be read"):
            Stored(folder)[hook][0]
    path.unlink()
    with pytest.raises(Unreadable, match="cannot be read"):
        Stored(folder)[hook][0]
    for damage in (b"{", b"{}", b"[]"):
        (folder / "manifest.json").write_bytes(damage)
        with pytest.raises(Unreadable):
            Stored(folder)


def test_a_row_leads_back_to_its_text(made: Made, model_folders: dict[str, Path]) -> None:
    tokenization = made.tokenization()
    id = capturing.capture(made.ws, made.model(model_folders["llama"]), tokenization)
    found = capturing.stored(made.ws, id)
    folder = made.ws.folder_of(made.ws.catalog.get(tokenization))
    for place in context.places(found, np.arange(len(found)), folder):
        sample = get_sample(made.ws, made.dataset, str(place.sample)).text
        assert place.token in sample
        part = f"{place.before}{place.token}{place.after}"
        # Between two samples stands the end token.
        assert sample in part or any(each in sample for each in part.split("</s>") if place.token in each)
    rows = found.rows_of(3)
    assert len(rows)
    assert rows.tolist() == np.flatnonzero(found.index["sample"][:] == 3).tolist()
    request = operations.read_vectors(made.ws, id, checked(ReadVectors, {"sample": 3, "offset": 1, "limit": 2, "values": 4}))
    page = live.vectors(**request.params)
    assert page.total == len(rows)
    assert [each.row for each in page.rows] == rows[1:3].tolist()
    for each in page.rows:
        vector = found[page.hook][each.row]
        assert each.values == pytest.approx(vector[:4].tolist())
        assert each.norm == pytest.approx(float(np.linalg.norm(vector.astype(np.float64))))
        assert each.sample == 3
    assert live.vectors(**operations.read_vectors(made.ws, id, ReadVectors(offset=10**9)).params).rows == []


@pytest.mark.parametrize("layout", ["packed", "left", "strides"])
def test_a_row_is_what_the_model_makes_of_the_ids_around_it(
    made: Made, model_folders: dict[str, Path], tmp_path: Path, layout: str
) -> None:
    """The ids of its block, and nothing else, give the vector at the row's position again."""
    options: dict[str, Any] = {
        "packed": {},
        "left": {"layout": "rows", "padding": "max_length"},
        "strides": {"layout": "rows", "stride": 3},
    }
    tokenizer = left_padding(made.tokenizer, tmp_path / "left") if layout == "left" else made.tokenizer
    tokenization = work.tokenized(made.ws, made.dataset, tokenizer, max_length=16, **options[layout])
    found = capturing.stored(made.ws, capturing.capture(made.ws, made.model(model_folders["llama"]), tokenization))
    folder = made.ws.folder_of(made.ws.catalog.get(tokenization))
    model, own = load_model(model_folders["llama"], "float32"), Tokenizer(made.tokenizer).inner
    [hook] = found.hooks
    blocks = making.rows(folder / "blocks")
    lengths = set()
    for row in range(0, len(found), 29):
        place = context.locate(found, row, folder)
        first = blocks["first"][place.block]
        assert place.context_ids == blocks["input_ids"][place.block][first : first + blocks["length"][place.block]]
        assert place.context_ids[place.position] == place.id
        vector = direct(model, "llama", place.context_ids)[hook][place.position]
        np.testing.assert_allclose(found[hook][row], vector, atol=1e-4)
        assert place.context == own.decode(place.context_ids)
        assert f"{place.before}{place.token}{place.after}" in place.context
        assert (place.sample, place.row) == (found.index["sample"][row], row)
        lengths.add(len(place.context_ids))
    assert (len(lengths) == 1) == (layout == "packed")
    assert (max(blocks["first"]) > 0) == (layout == "left")


def test_a_torch_dataset_gives_every_row_once(made: Made, model_folders: dict[str, Path]) -> None:
    id = capturing.capture(made.ws, made.model(model_folders["llama"]), made.tokenization(eval_share=0.3))
    found = capturing.stored(made.ws, id)
    [hook] = found.hooks
    apart = found.index["held_out"][:]
    assert 0 < apart.sum() < len(apart)
    for held_out, wanted in ((None, np.ones_like(apart)), (True, apart), (False, ~apart)):
        data = dataset_of(found, hook, held_out)
        assert isinstance(data, torch.utils.data.Dataset)
        assert torch.equal(data[0], torch.from_numpy(found[hook][wanted])[0])
        loader = torch.utils.data.DataLoader(data, batch_size=7, shuffle=True)
        together = torch.cat(list(loader)).numpy()
        assert np.array_equal(np.sort(together, 0), np.sort(found[hook][wanted], 0))


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("format", ["npy", "safetensors"])
def test_exports_hold_the_same(
    made: Made, model_folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, format: str
) -> None:
    monkeypatch.setattr("mistudio_ext.captures.export.ROWS", 100)
    id = capturing.capture(
        made.ws, made.model(model_folders["llama"]), made.tokenization(), hooks=["layers.0-1.resid_post"], dtype=dtype
    )
    found = capturing.stored(made.ws, id)
    folder = tmp_path / "out"
    folder.mkdir()
    params = checked(ExportCapture, {"folder": str(folder), "format": format})
    first = operations.export_capture(made.ws, id, params)
    assert operations.export_capture(made.ws, id, params) == first
    # In the middle of the second file.
    job = work.do_next(made.ws, "io", request="pause", after=len(found) // 100 + 3)
    assert job.state == "paused"
    assert [each.name for each in folder.iterdir()] == file_names(list(found.hooks), format)[:1]
    assert operations.export_capture(made.ws, id, params) == first
    from mistudio_ext.jobs.control import resume_job

    resume_job(made.ws, job.id)
    job = work.do_next(made.ws, "io")
    assert job.state == "succeeded", job
    assert sorted(each.name for each in folder.iterdir()) == sorted(file_names(list(found.hooks), format))
    for hook in found.hooks:
        if format == "npy":
            numbers = np.load(folder / f"{hook}.npy")
            assert numbers.dtype == (np.float16 if dtype == "float16" else np.float32)
            assert np.array_equal(numbers.astype(np.float32), found[hook][:])
        else:
            assert torch.equal(load_file(folder / f"{hook}.safetensors")["vectors"], found[hook].tensor(slice(None)))
    for name, column in found.index.items():
        numbers = np.load(folder / f"index.{name}.npy") if format == "npy" else load_file(folder / "index.safetensors")[name]
        assert np.array_equal(np.asarray(numbers), column[:])
    with pytest.raises(Conflict, match="already"):
        operations.export_capture(made.ws, id, params)
    assert operations.get_capture(made.ws, id).state == "ready"


def test_an_export_goes_where_it_may(made: Made, model_folders: dict[str, Path], tmp_path: Path) -> None:
    from mistudio_ext.contract.errors import Forbidden, NotFound

    id = capturing.capture(made.ws, made.model(model_folders["llama"]), made.tokenization())
    held = Workspace.open(made.ws.root, allowed_folders=[tmp_path / "mine"])
    for wrong, kind in (("/tmp", Forbidden), ("../..", Forbidden), ("none", NotFound)):
        with pytest.raises(kind):
            operations.export_capture(held, id, ExportCapture(folder=wrong))
    with pytest.raises(BadRequest, match="not a folder"):
        operations.export_capture(made.ws, id, ExportCapture(folder=str(made.ws.root / "jobs" / "jobs.sqlite")))
    held.close()
