"""Handles: the same work as the panels, from Python, with real lanes."""

import inspect
import pickle
from pathlib import Path

import pytest
from IPython.lib.pretty import pretty

import mistudio_ext as ms
from mistudio_ext.notebook import arrow
from mistudio_ext.notebook.tokenization import COLUMNS
from mistudio_ext.notebook.workspace import Workspace
from tests.support.notebook import shared_workspace

TEXTS = ["Hello world, the cat sat.", "Another text with naïve words.", "A third one, about 12 dogs."] * 20


@pytest.fixture(scope="module")
def ws(tmp_path_factory):
    yield from shared_workspace(tmp_path_factory.mktemp("notebook") / "workspace")


@pytest.fixture(scope="module")
def notebook(ws) -> Workspace:
    return ms.open(ws.root)


@pytest.fixture(scope="module")
def ds(notebook) -> ms.Dataset:
    return notebook.add_dataset(TEXTS, name="notes", tags=["mine"])


@pytest.fixture(scope="module")
def tk(ds, tokenizer_folder) -> ms.Tokenization:
    return ds.tokenize(tokenizer_folder, max_length=16)


def test_texts_become_a_dataset_that_reads_as_a_sequence(notebook, ds):
    assert (ds.name, ds.state, ds.tags, len(ds)) == ("notes", "ready", ["mine"], 60)
    assert ds.facts.characters == sum(map(len, TEXTS))
    assert ds.source.kind == "texts"
    assert ds[17].text == TEXTS[17]
    assert ds[-1].row == 59
    assert [each.text for each in ds] == TEXTS
    assert [each.row for each in ds[2:6:2]] == [2, 4]
    page = ds.samples(offset=58)
    assert ([each.row for each in page], page.total) == ([58, 59], 60)
    with pytest.raises(IndexError, match="60 samples"):
        ds[60]
    assert [each.id for each in notebook.datasets("mine 60")] == [ds.id]
    assert list(notebook.datasets("nothing like this")) == []


def test_files_become_datasets(notebook, tmp_path, monkeypatch):
    (tmp_path / "lines.txt").write_text("one\ntwo\n")
    (tmp_path / "rows.jsonl").write_text('{"body": "three", "n": 3}\n')
    monkeypatch.chdir(tmp_path)
    assert [each.text for each in notebook.add_dataset("lines.txt")] == ["one", "two"]
    rows = notebook.add_dataset(Path("rows.jsonl"), columns="body")
    assert (rows.name, rows[0].text, rows[0].other) == ("rows", "three", {"n": 3})


@pytest.mark.parametrize(
    ("source", "says"),
    [("hub:../up", "not the name"), ({"a": 1}, "A dict cannot"), ([], "empty"), (7, "An int cannot")],
)
def test_other_sources_are_refused_and_the_accepted_ones_named(notebook, source, says):
    before = list(notebook.datasets())
    with pytest.raises(ms.MiStudioError, match=says) as caught:
        notebook.add_dataset(source)
    assert "owner/name" in caught.value.hint
    assert list(notebook.datasets()) == before


def test_a_tokenization_is_made_and_loads_as_the_ecosystems_own_object(notebook, ds, tk):
    import datasets

    blocks, texts = tk.load(), ds.load()
    assert isinstance(blocks, datasets.Dataset)
    assert isinstance(texts, datasets.Dataset)
    assert texts["text"][:] == TEXTS
    assert len(blocks) == len(tk) == tk.blocks == tk.facts.blocks
    assert all(len(each) == 16 for each in blocks["input_ids"])
    assert sum(blocks["held_out"]) == tk.facts.held_out_blocks
    assert all(isinstance(tk.tokens[id], str) for id in blocks[0]["input_ids"])
    assert blocks.cache_files, "the rows are memory-mapped, not copied"
    assert (tk.max_length, tk.dataset, tk.params["eval_share"]) == (16, ds, 0.05)
    assert tk in ds.tokenizations()
    assert notebook.tokenization(tk.id) == tk


def test_datasets_are_made_of_datasets(notebook, ds):
    rows = notebook.add_dataset(["<p>Some  text</p>", "more", "Some text", "x"], name="rows")
    shown = rows.preview_cleaning(strip_html=True, collapse_blanks=True)
    assert (shown.looked_at, shown.changed, shown.dropped) == (4, 1, 0)
    assert (shown.samples[0].before, shown.samples[0].after) == ("<p>Some  text</p>", "Some text")
    cleaned = rows.clean(strip_html=True, collapse_blanks=True, drop_duplicates=True, min_characters=2)
    assert [each.text for each in cleaned] == ["Some text", "more"]
    assert [(each.rule, each.changed, each.dropped) for each in cleaned.facts.rules][-2:] == [
        ("min_characters", 0, 1), ("drop_duplicates", 0, 1),
    ]  # fmt: skip
    assert cleaned.source.derived.dataset == rows.id
    arranged = ds.arrange(seed=5, limit=10, validation_share=0.3, wait=False).result()
    assert arranged.facts.splits == {"train": 7, "validation": 3}
    assert {each.text for each in arranged} <= set(TEXTS)
    with pytest.raises(ms.MiStudioError, match="No rule"):
        rows.clean()
    with pytest.raises(ms.MiStudioError, match="pattern cannot be used"):
        rows.preview_cleaning(drop_pattern="(")
    later = notebook.add_dataset(TEXTS, wait=False).object
    assert len(later.clean(drop_duplicates=True)) == 3


def test_samples_are_searched(ds):
    page = ds.samples(search="NAÏVE", limit=3)
    assert ([each.row for each in page], page.next, page.total) == ([1, 4, 7], 8, 60)
    assert [each.row for each in ds.search("naïve")] == list(range(1, 60, 3))
    with pytest.raises(ms.MiStudioError, match="no split “test”"):
        list(ds.search("naïve", split="test"))
    assert len(ds.samples(split="train", limit=500)) == 60
    assert (ds[3].id, ds[3].messages) == (f"{ds.id}/3", None)


def test_statistics_and_a_samples_tokens(ds, tk):
    found = tk.statistics()
    assert found.tokens == tk.facts.tokens
    assert sum(found.lengths.histogram.counts) == found.samples == tk.facts.samples
    assert tk.statistics(wait=False) == found
    assert "Held out" in pretty(found)
    tokens = ds.tokens(0)
    assert "".join(tokens.texts) == TEXTS[0]
    assert (tokens.count, len(ds.tokens(0, tk, limit=2)), ds.tokens(0, tk.id).ids) == (len(tokens), 2, tokens.ids)
    assert "of" in repr(tokens)


def test_an_equal_tokenization_is_not_made_again(ds, tk, tokenizer_folder):
    assert ds.tokenize(tokenizer_folder, max_length=16) == tk
    job = ds.tokenize(tokenizer_folder, max_length=16, wait=False)
    assert (job.state, job.result()) == ("succeeded", tk)


def test_a_file_without_text_is_refused_with_the_jobs_own_sentence(notebook, tmp_path):
    (tmp_path / "empty.txt").write_text("\n\n")
    with pytest.raises(ms.MiStudioError, match="no usable text"):
        notebook.add_dataset(tmp_path / "empty.txt")
    [failed] = notebook.datasets("empty")
    assert (failed.state, failed.job.state, len(failed), bool(failed)) == ("failed", "failed", 0, True)
    with pytest.raises(ms.MiStudioError, match="not ready"):
        failed.load()


def test_nothing_loads_with_its_columns(tmp_path):
    (tmp_path / "index.json").write_text('{"shards": []}')
    assert arrow.load(tmp_path, COLUMNS).column_names == list(COLUMNS)


def test_without_waiting_there_is_a_job(notebook, ds, tokenizer_folder):
    job = notebook.add_dataset(["x"], wait=False)
    assert isinstance(job, ms.Job)
    made = job.result()
    assert (made[0].text, job.state, job.pid, job.error) == ("x", "succeeded", None, None)
    assert (job.progress.done, job.progress.total) == (job.progress.total, job.progress.total)
    tokenizing = ds.tokenize(tokenizer_folder, max_length=8, wait=False)
    assert tokenizing.wait() is tokenizing
    assert tokenizing.object.dataset == ds
    assert notebook.job(job.id) == job
    assert job in notebook.jobs(state="succeeded")


def test_tokenizing_waits_for_text_that_is_still_being_read(notebook, tokenizer_folder):
    made = notebook.add_dataset(TEXTS, wait=False).object
    assert made.tokenize(tokenizer_folder, max_length=16).state == "ready"


def test_a_preview_shows_the_pieces(notebook, ds, tk, tokenizer_folder):
    by_folder = notebook.preview("Hello <b>\nwörld", tokenizer=str(tokenizer_folder))
    assert by_folder.ids == ds.preview("Hello <b>\nwörld").ids == tk.preview("Hello <b>\nwörld").ids
    assert len(by_folder) == len(by_folder.tokens) == len(by_folder.texts)
    assert "↵" in repr(by_folder)
    assert "<b>" not in by_folder._repr_html_().replace("<bdi>", "")


def test_a_preview_without_any_tokenizer_says_so(notebook):
    with pytest.raises(ms.MiStudioError, match="tokenizer"):
        notebook.add_dataset(["x"]).preview("text")


def test_objects_are_renamed_tagged_and_noted(notebook, tokenizer_folder):
    ds = notebook.add_dataset(TEXTS, tags=["mine"])
    tk = ds.tokenize(tokenizer_folder, max_length=16)
    assert ds.rename("letters").tag("b", "mine").untag("mine").note("seen") == ds
    assert (ds.name, ds.tags, ds.notes) == ("letters", ["b"], "seen")
    assert tk.rename("blocks").name == "blocks"
    with pytest.raises(ms.MiStudioError, match="name"):
        ds.rename("")


def test_delete_says_first_what_goes_along(notebook, tokenizer_folder):
    ds = notebook.add_dataset(TEXTS)
    tk = ds.tokenize(tokenizer_folder, max_length=16)
    said = ds.delete()
    assert not said.done
    assert said.also == [tk.id]
    assert tk.name in str(said)
    assert "confirm=True" in str(said)
    assert ds.state == "ready"
    assert ds.delete(confirm=True).done
    for handle in (ds, tk):
        with pytest.raises(ms.MiStudioError, match="There is no"):
            assert handle.state
        assert handle.id in repr(handle)
        assert "There is no" in pretty(handle)
        assert "There is no" in handle._repr_html_()


def test_handles_compare_and_travel_by_their_id(notebook, ds, tk):
    for handle in (ds, tk, tk.job):
        copy = pickle.loads(pickle.dumps(handle))
        assert copy == handle
        assert hash(copy) == hash(handle)
        assert copy.state == handle.state
    assert pickle.loads(pickle.dumps(notebook)) == notebook
    assert ds.workspace == notebook
    assert ds != tk
    assert len({ds, notebook.dataset(ds.id)}) == 1


def test_the_default_workspace_is_the_servers(ws, ds, tk, monkeypatch):
    monkeypatch.setenv("MISTUDIO_WORKSPACE", str(ws.root))
    assert ms.dataset(ds.id) == ds
    assert ms.tokenization(tk.id) == tk
    assert ms.job(tk.job.id) == tk.job
    assert ms.open().is_default


@pytest.mark.parametrize("wrong", ["nonsense", "../../etc", "ds_00000000", "jb_00000000", 7, None])
def test_a_wrong_id_is_a_sentence(notebook, wrong):
    for find in (notebook.dataset, notebook.tokenization, notebook.job):
        with pytest.raises(ms.MiStudioError):
            find(wrong)


def test_parameters_come_from_the_schemas():
    from mistudio_ext.datasets.schema import AddDataset
    from mistudio_ext.datasets.tokenizing_schema import TokenizeDataset

    shown = inspect.signature(ms.Dataset.tokenize).parameters
    assert list(shown)[:2] == ["self", "tokenizer"]
    assert set(TokenizeDataset.model_fields) <= set(shown)
    for name in ("max_length", "eval_share", "special_tokens"):
        assert shown[name].default == TokenizeDataset.model_fields[name].default
        assert TokenizeDataset.model_fields[name].description[:30] in ms.Dataset.tokenize.__doc__.replace("\n        ", " ")
    added = inspect.signature(Workspace.add_dataset).parameters
    assert {"source", "name", "sample_by", "wait"} <= set(added)
    assert not {"texts", "path", "upload"} & set(added)
    assert {"columns", "rows"} <= set(AddDataset.model_fields)


def test_wrong_parameters_are_a_sentence(ds, tokenizer_folder, tmp_path):
    before = list(ds.tokenizations())
    with pytest.raises(ms.MiStudioError, match="max_length") as caught:
        ds.tokenize(tokenizer_folder, max_length=0)
    assert caught.value.field == "max_length"
    with pytest.raises(ms.MiStudioError, match="no parameter “max_lenght”"):
        ds.tokenize(tokenizer_folder, max_lenght=16)
    with pytest.raises(ms.MiStudioError, match="no tokenizer"):
        ds.tokenize(tmp_path)
    with pytest.raises(ms.MiStudioError, match=r"An? int is not accepted"):
        ds.tokenize(3)
    assert list(ds.tokenizations()) == before
