"""What a person sees in a notebook and in a terminal: tables, cards, sentences, and errors without a traceback."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.lib.pretty import pretty as untyped_pretty

import mistudio_ext as ms
from mistudio_ext.cli import main, shown
from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.datasets.reading_schema import ReadOptions
from mistudio_ext.datasets.schema import SampleHead, SamplePage
from mistudio_ext.datasets.statistics_schema import CountedToken, Histogram, Lengths, SplitCount
from mistudio_ext.datasets.tokenizing_schema import TokenizeOptions, TokenPiece
from mistudio_ext.display import facts, samples, table, text
from mistudio_ext.display.bar import TerminalBar
from mistudio_ext.display.follow import in_words
from mistudio_ext.display.parameters import parameters
from mistudio_ext.jobs.schema import Job, Log, LogLine
from mistudio_ext.notebook import cards
from mistudio_ext.notebook.samples import Samples
from mistudio_ext.notebook.statistics import Statistics
from mistudio_ext.notebook.workspace import Workspace
from tests.support.notebook import shared_workspace

TEXTS = ["the rain and the storm", "a", "three spoons of flour, twice every day"] * 10


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    for core in shared_workspace(tmp_path_factory.mktemp("faces") / "workspace"):
        yield ms.open(core.root)


@pytest.fixture
def terminal(notebook: Workspace, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def call(*typed: object, code: int = 0) -> str:
        assert main([*map(str, typed), "--workspace", str(notebook._core.root)]) == code
        said = capfd.readouterr()
        return said.err if code == 2 else said.out

    return call


def pretty(thing: object) -> str:
    return str(untyped_pretty(thing))  # type: ignore[no-untyped-call]


def page(*found: SampleHead, **about: int | None) -> SamplePage:
    return SamplePage.model_validate({"samples": found, "total": 50, "next": None, "looked_through": len(found)} | about)


def test_numbers_stand_at_the_right_and_text_at_the_left() -> None:
    assert table.in_lines(("row", "word"), [(7, "a"), ("1,234", "bcd")]) == "  row  word\n    7  a\n1,234  bcd"
    assert table.numeric([["1.3 kB", "12%", "—", "v1"], ["—", "3", "—", "2"]], 4) == [True, True, False, False]


def test_only_long_cells_may_break_within_a_word() -> None:
    html = cards.table(["Row", "Text"], [["12", "w" * 300], ["3", "short"]])
    styles = [each.split('"', 1)[0] for each in html.split('style="')[1:]]
    breaking = [each for each in styles if "anywhere" in each]
    assert len(breaking) == 1
    assert sum("tabular-nums" in each for each in styles) == 3  # heading and two cells of the first column
    assert "<th" not in cards.table(["Time", "Text"], [], "The log is empty.")


def test_cut_texts_end_with_a_mark_and_whole_ones_do_not() -> None:
    found = page(SampleHead(row=3, text="the beg", length=20, split="train"), SampleHead(row=4, text="all", length=3, split="x"))
    html = Samples(found)._repr_html_()
    assert "the beg…" in html
    assert "all<" in html
    words = samples.in_words(found.samples, found, "--offset {} goes on")
    assert words.splitlines()[1].split() == ["3", "the", "beg…", "train", "20"]


def test_a_search_says_how_many_were_looked_through() -> None:
    found = page(total=1_000_000, next=147_099, looked_through=147_099)
    said = samples.in_words([], found, "--offset {} goes on")
    assert said == "0 samples found in 147,099 looked through; --offset 147099 goes on"


@pytest.mark.parametrize(
    ("token", "says"), [(" The", "·The"), ("The", "The"), ("\n   ", "↵···"), ("\n", "↵"), ("a b ", "a b·"), ("  ", "··")]
)
def test_blanks_of_a_token_can_be_seen(token: str, says: str) -> None:
    assert text.marked(token) == says


def test_statistics_show_blanks_and_say_what_held_out_is_part_of() -> None:
    top = [
        CountedToken(piece=TokenPiece(id=n, token=t, text=t, kind="text"), count=1, share=0.5) for n, t in enumerate([" a", "a"])
    ]
    found = Statistics(
        tokenization="tk_1", computed=0, samples=1, tokens=1, unique_tokens=2, vocabulary=9, vocabulary_share=0.2, top_tokens=top,
        lengths=Lengths(mean=1, min=1, median=1, max=1, histogram=Histogram(edges=[0, 2], counts=[1])),
        splits=[SplitCount(split="train", samples=1, tokens=1)], held_out=SplitCount(split="held out", samples=1, tokens=1),
    )  # fmt: skip
    assert "·a" in found._repr_html_()
    assert "of these held out" in found._repr_html_()
    assert "1 sample, 1 token; the splits contain them" in pretty(found)


def test_ipython_shows_an_error_of_ours_in_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell()  # type: ignore[no-untyped-call]
    shell.user_ns["error"] = BadRequest("The text\x1b[31m is empty.", "Give some.")
    result = shell.run_cell("def inner():\n    raise error\ninner()")  # type: ignore[no-untyped-call]
    assert capsys.readouterr().out == "BadRequest: The text[31m is empty.\nGive some.\n"
    caught = result.error_in_exec
    assert caught is shell.user_ns["error"]
    assert caught.__traceback__.tb_next.tb_next.tb_frame.f_code.co_name == "inner"


LOAD = """
import sys
from pathlib import Path
import ipykernel.zmqshell
from mistudio_ext.notebook import arrow
print(len(arrow.load(Path(sys.argv[1]), {"text": "string"})))
"""


def test_loading_in_a_notebook_says_nothing_of_widgets(notebook: Workspace) -> None:
    folder = notebook._core.folder(notebook.add_dataset(TEXTS).id) / "data"
    done = subprocess.run([sys.executable, "-c", LOAD, str(folder)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("30\n", "")


def test_warnings_are_shown(notebook: Workspace, terminal: Callable[..., str]) -> None:
    ds = notebook.add_dataset(TEXTS)
    record = notebook._core.catalog.get(ds.id)
    notebook._core.catalog.update(ds.id, {"facts": record["facts"] | {"warnings": ["Mind the gap."]}})
    for seen in (pretty(ds), ds._repr_html_(), terminal("dataset", "show", ds.id)):
        assert "Mind the gap." in seen


def test_only_a_ready_tokenization_is_taken_by_itself(notebook: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    ds = notebook.add_dataset(TEXTS)
    tk = ds.tokenize(tokenizer_folder, max_length=8)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "tokenizer.json").write_text("{}")
    with pytest.raises(ms.MiStudioError):
        ds.tokenize(broken, max_length=8)
    assert ds.tokens(0).ids == ds.tokens(0, tk).ids
    with pytest.raises(ms.MiStudioError, match="no row 5,000"):
        ds.tokens(5000)


def test_a_vocabulary_is_checked_from_python(notebook: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    tk = notebook.add_dataset(TEXTS).tokenize(tokenizer_folder, max_length=8)
    for vocabulary, fits in ((3, False), (10**6, True)):
        (tmp_path / "config.json").write_text(f'{{"vocab_size": {vocabulary}}}')
        found = tk.check_vocabulary(tmp_path)
        assert (found.fits, bool(found), found.vocabulary) == (fits, fits, vocabulary)
        assert f"{vocabulary:,} tokens" in repr(found)


def test_options_and_fingerprint_are_shown(notebook: Workspace, terminal: Callable[..., str], tokenizer_folder: Path) -> None:
    ds = notebook.add_dataset(TEXTS)
    tk = ds.tokenize(tokenizer_folder, max_length=9, layout="rows", padding="longest", special_tokens=False)
    mark = tk._record().fingerprint[:12]
    for seen in (pretty(tk), terminal("dataset", "show", tk.id)):
        assert mark in seen
        assert tk._record().fingerprint not in seen
        assert "longest" in seen
        assert "Special tokens: no" in seen or "special tokens" in seen
    assert "truncated samples" not in terminal("dataset", "show", tk.id) or tk.facts.truncated_samples  # type: ignore[union-attr]
    assert facts.options(TokenizeOptions()) == []
    other = tk.compare(ds.tokenize(tk, max_length=9))
    assert "≠" in repr(other)
    assert " kB" in repr(other)
    both = other.tokens(2)
    assert (both.first.ids, both.second.ids) == (ds.tokens(2, tk).ids, ds.tokens(2, other.second.id).ids)
    assert "tokens" in both._repr_html_()


def test_a_dataset_says_what_was_left_out_and_what_cleaning_did(
    notebook: Workspace, terminal: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "some.jsonl").write_text('{"text": "<b>one</b>"}\n{"text": 5\n{"text": "two"}\n')
    ds = notebook.add_dataset(tmp_path / "some.jsonl")
    reason = ds.facts.bad_examples[0]  # type: ignore[union-attr]
    assert f"1: {reason}" in pretty(ds)
    assert f"1: {reason}" in terminal("dataset", "show", ds.id)
    assert "repaired" not in terminal("dataset", "show", ds.id)
    odd = notebook.add_dataset(["a\x1bb\nc"])
    assert terminal("dataset", "sample", odd.id, 0).endswith("a␛b\nc\n")
    assert pretty(odd[0]).endswith("a␛b\nc")
    cleaned = terminal("dataset", "show", ds.clean(strip_html=True).id)
    assert "strip_html: 1 changed, 0 dropped" in cleaned
    assert "{" not in cleaned


def test_rows_and_only_rows_are_asked_for(notebook: Workspace, tokenizer_folder: Path) -> None:
    ds = notebook.add_dataset(TEXTS)
    assert [each.text for each in ds[[0, -1]]] == [TEXTS[0], TEXTS[-1]]
    with pytest.raises(ms.MiStudioError, match=r"ds\.load\(\)\[.text.\]"):
        ds["text"]  # type: ignore[index]
    with pytest.raises(ms.MiStudioError, match="a float is none"):
        ds[1.5]  # type: ignore[call-overload]
    with pytest.raises(KeyError, match="no token -1"):
        ds.tokenize(tokenizer_folder, max_length=8).tokens[-1]


def test_a_delete_says_that_it_was_done_and_a_refusal_names_the_job(notebook: Workspace) -> None:
    from mistudio_ext.jobs import queue
    from mistudio_ext.workspace import dependencies

    ds = notebook.add_dataset(TEXTS)
    assert str(ds.delete()).startswith("Deletes the dataset")
    kind = queue.JobKind("dataset.read", "mistudio_ext.datasets.jobs:read", "cpu")
    core = notebook._core
    job = queue.submit(core, kind, label="Look", object=ds.id, uses=[ds.id], params={})
    assert dependencies.plan(core, ds.id).blocked_by == [f"Look ({job})"]
    ms.Job(core, job).cancel()
    done = str(ds.delete(confirm=True))
    assert done.startswith(f"Deleted {ds.id}; ")
    assert done.endswith(" freed.")


def a_job(**about: object) -> Job:
    values: dict[str, object] = dict.fromkeys(Job.model_fields)
    values |= {"id": "jb_1", "kind": "a.b", "label": "Tokenize with a long name " * 4, "object": "ds_1", "uses": [], "params": {}}
    values |= {"state": "running", "stalled": False, "lane": "cpu", "created": 0.0, "attempt": 1, "log_lines": 0, "controls": {}}
    values["progress"] = {"done": 1e6, "total": 1e8, "unit": "tokens", "stage": "tokenizing", "rate": 5e4, "seconds_left": 1980}
    return Job.model_validate(values | about)


def test_rate_and_time_left_are_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    screen = io.StringIO()
    TerminalBar(screen).show(a_job())
    assert "33 min 0 s left · 50,000 tokens/s" in screen.getvalue()
    assert "33 min 0 s left · 50,000 tokens/s" in in_words(a_job())[:60]


def test_a_training_that_reads_its_model_says_how_far_that_is() -> None:
    figures = {"loss": 1.0, "tokens_read": 12_300.0, "tokens_to_read": 300_000.0}
    progress = {"done": 744, "total": 1200, "unit": "steps", "stage": "Reading the model", "figures": figures}
    assert in_words(a_job(progress=progress)) == "Reading the model · 12,300 of 300,000 tokens · 62% · 744 of 1,200 steps"


def test_a_paused_job_has_not_ended() -> None:
    assert "ended" not in shown.job(a_job(state="paused", ended=5.0))
    assert "ended" in shown.job(a_job(state="failed", ended=5.0))


def test_lines_of_a_log_stay_lines_and_lose_their_colors() -> None:
    lines = [LogLine(number=0, time=time.time(), level="error", text="\x1b[31mTraceback\x1b[0m\n  File x\nValueError\n")]
    said = shown.log(Log(lines=lines, total=1)).split("\n")
    assert said[0].endswith("Traceback")
    assert said[1:] == ["      File x", "    ValueError"]


def test_a_default_of_blanks_is_shown() -> None:
    assert parameters(ReadOptions)["separator"].help.endswith("(default “↵↵”)")


def test_one_is_not_many() -> None:
    assert [text.counted(each, "token") for each in (0, 1, 2)] == ["0 tokens", "1 token", "2 tokens"]


def test_the_verbs_of_help_stand_in_a_column(terminal: Callable[..., str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "--help"]) == 0
    listed = [each for each in capfd.readouterr().out.splitlines() if each.startswith("  ")]
    assert len({len(each) - len(each[2:].split("  ", 1)[1].lstrip()) for each in listed}) == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("datset", "list"), "there is no “datset”. Did you mean “dataset”?"),
        (("dataset", "lst"), "there is no “lst”. Did you mean “list”?"),
        (("dataset", "tokenize", "ds_1", "x", "--max-lenght", "5"), "Did you mean “--max-length”?"),
        (("dataset", "tokenize", "ds_1"), "TOKENIZER is missing"),
        (("dataset", "show"), "ID is missing"),
    ],
)
def test_what_was_meant_is_asked(typed: tuple[str, ...], says: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*typed]) == 2
    said = capfd.readouterr().err
    assert says in said
    assert ".." not in said.split("\n")[0]


def test_parameters_of_a_file_too(terminal: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.json").write_text('{"max_lenght": 5, "tokenizer": "x"}')
    assert "Did you mean “max_length”?" in terminal("dataset", "tokenize", "ds_1", "--params", tmp_path / "p.json", code=2)
    monkeypatch.setattr("sys.stdin", io.StringIO("[]"))
    assert "Standard input does not hold a JSON object" in terminal("dataset", "list", "--params", "-", code=2)
