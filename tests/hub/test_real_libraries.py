"""The local hub satisfies the real libraries; so what we test against is what they speak to."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mistudio_ext.hub.client import Hub
from mistudio_ext.hub.listing import list_repository
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import TOKEN, library_environment, noise


def run(url: str, home: Path, program: str, *, token: str | None = None) -> object:
    """What a program that uses the libraries prints as JSON."""
    environment = library_environment(url, home) | ({"HF_TOKEN": token} if token else {})
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def parquet(texts: list[str]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), buffer)
    return buffer.getvalue()


def test_listing_and_snapshot_are_those_of_the_hub_library(local: LocalHub, hub: Hub, tmp_path: Path) -> None:
    files = {
        "config.json": b"{}",
        "weights/model.safetensors": noise(300_000),
        "a b/ü#?.txt": b"odd names",
        "empty": b"",
        "many/" * 3 + "deep.txt": b"deep",
    }
    local.add("model", "org/tiny", files)
    ours = list_repository(hub, "model", "org/tiny")
    program = """
import json
from huggingface_hub import HfApi, snapshot_download, RepoFile
api = HfApi()
info = api.repo_info("org/tiny", files_metadata=True)
folder = snapshot_download("org/tiny")
from pathlib import Path
print(json.dumps({
    "commit": info.sha, "gated": info.gated,
    "files": [[f.path, f.size, f.blob_id, f.lfs.sha256 if f.lfs else None]
              for f in api.list_repo_tree("org/tiny", recursive=True) if isinstance(f, RepoFile)],
    "there": {str(p.relative_to(folder)): p.stat().st_size for p in Path(folder).rglob("*") if p.is_file()},
    "refs": [b.name for b in api.list_repo_refs("org/tiny").branches],
    "paths": [p.path for p in api.get_paths_info("org/tiny", ["config.json"])],
    "models": [m.id for m in api.list_models()],
}))"""
    theirs = run(local.url, tmp_path, program)
    assert isinstance(theirs, dict)
    assert theirs["commit"] == ours.commit
    assert theirs["files"] == [[file.path, file.size, file.oid, file.sha256] for file in ours.files]
    assert theirs["there"] == {path: len(content) for path, content in files.items()}
    assert (theirs["refs"], theirs["paths"], theirs["models"]) == (["main"], ["config.json"], ["org/tiny"])


@pytest.mark.parametrize("streaming", [False, True])
def test_the_datasets_library_loads_from_it(local: LocalHub, tmp_path: Path, streaming: bool) -> None:
    rows = "".join(json.dumps({"text": f"line {n}"}) + "\n" for n in range(30)).encode()
    local.add("dataset", "org/lines", {"train.jsonl": rows, "README.md": b"# lines"})
    local.add("dataset", "org/table", {"data.csv": b"text,n\nhello,1\nworld,2\n"})
    local.add(
        "dataset", "org/split", {"data/train-0.parquet": parquet(["a", "b"]), "data/train-1.parquet": parquet(["c"]),
                                 "data/test-0.parquet": parquet(["d"])},
    )  # fmt: skip
    program = f"""
import json
from datasets import load_dataset
def texts(id, split):
    return [row["text"] for row in load_dataset(id, split=split, streaming={streaming})]
print(json.dumps([len(texts("org/lines", "train")), texts("org/table", "train"), texts("org/split", "train"),
                  texts("org/split", "test")]))"""
    assert run(local.url, tmp_path, program) == [30, ["hello", "world"], ["a", "b", "c"], ["d"]]


def test_errors_are_those_of_the_hub_library(local: LocalHub, tmp_path: Path) -> None:
    local.users = {TOKEN: "somebody", TOKEN[:-1] + "d": "member"}
    local.add("dataset", "org/closed", {"train.jsonl": b"{}"}, gated=True, allowed={TOKEN[:-1] + "d"})
    local.add("dataset", "org/private", {"train.jsonl": b"{}"}, private=True, allowed={TOKEN[:-1] + "d"})
    program = """
import json
from huggingface_hub import HfApi, hf_hub_download, errors
def kind(f):
    try:
        f()
    except Exception as error:
        return type(error).__name__
    return "fine"
api = HfApi()
def fetch(): hf_hub_download("org/closed", "train.jsonl", repo_type="dataset")
print(json.dumps([
    kind(lambda: api.dataset_info("org/nothing")), kind(lambda: api.dataset_info("org/private")),
    kind(lambda: api.dataset_info("org/closed", revision="no")), kind(lambda: api.dataset_info("org/closed")), kind(fetch),
    kind(lambda: api.whoami()), issubclass(errors.GatedRepoError, errors.RepositoryNotFoundError)]))"""
    missing, fine, no_revision, gated = "RepositoryNotFoundError", "fine", "RevisionNotFoundError", "GatedRepoError"
    common = [missing, missing, no_revision, fine, gated]
    assert run(local.url, tmp_path / "a", program) == [*common, "LocalTokenNotFoundError", True]
    assert run(local.url, tmp_path / "b", program, token=TOKEN) == [*common, fine, True]
    assert run(local.url, tmp_path / "c", program, token=TOKEN[:-1] + "d") == [missing, fine, no_revision, fine, fine, fine, True]


def test_a_model_of_ours_loads_from_it(local: LocalHub, tmp_path: Path, tokenizer_folder: Path) -> None:
    from transformers import GPT2Config

    config = GPT2Config(n_layer=1, n_head=2, n_embd=8, vocab_size=64, architectures=["GPT2LMHeadModel"])
    files = {path.name: path.read_bytes() for path in tokenizer_folder.iterdir()}
    local.add("model", "org/gpt", files | {"config.json": config.to_json_string().encode()})
    program = """
import json
from transformers import AutoConfig, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("org/gpt")
print(json.dumps([AutoConfig.from_pretrained("org/gpt").n_embd, tokenizer.decode(tokenizer("hello there")["input_ids"])]))"""
    assert run(local.url, tmp_path, program) == [8, "hello there"]
