"""The command line: the same operations, words or JSON, and never a traceback."""

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from mistudio_ext.cli import WORDS, main
from mistudio_ext.cli.commands import TABLE
from mistudio_ext.cli.options import ARGUMENTS, parser_for
from mistudio_ext.datasets import deriving, operations, samples, tokenizations
from mistudio_ext.display.parameters import parameters
from mistudio_ext.lanes import start
from tests.support.hostile import HOSTILE
from tests.support.notebook import shared_workspace

WITHOUT_LANES = """
import mistudio_ext.lanes.start as start
from mistudio_ext.cli import main
start.wake = lambda ws: None
raise SystemExit(main())
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    yield from shared_workspace(tmp_path_factory.mktemp("cli") / "workspace")


@pytest.fixture
def cli(shared, capfd):
    return in_words(shared, capfd)


@pytest.fixture
def as_json(cli):
    return parsed(cli)


def in_words(ws, capfd):
    def call(*typed, code=0):
        assert main([*map(str, typed), "--workspace", str(ws.root)]) == code
        return capfd.readouterr()

    return call


def parsed(call):
    return lambda *typed, code=0: json.loads(call(*typed, "--json", code=code).out)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Hello world\nthe cat sat\nnaïve dogs\n" * 10)
    return path


@pytest.fixture
def dataset(as_json, file):
    return as_json("dataset", "add", file)["id"]


def test_a_dataset_from_beginning_to_end(cli, as_json, file, tokenizer_folder):
    added = as_json("dataset", "add", file, "--name", "letters", "--tags", "a", "--tags", "b")
    assert (added["state"], added["name"], added["tags"]) == ("ready", "letters", ["a", "b"])
    id = added["id"]
    assert [each["id"] for each in as_json("dataset", "list", "--filter", "lett")["datasets"]] == [id]
    assert as_json("dataset", "sample", id, 1)["text"] == "the cat sat"
    assert len(as_json("dataset", "samples", id, "--limit", 2)["samples"]) == 2
    made = as_json("dataset", "tokenize", id, "--max-length", 16, "--no-special-tokens", tokenizer_folder)
    assert (made["state"], made["max_length"], made["special_tokens"], made["parent"]) == ("ready", 16, False, id)
    assert [each["id"] for each in as_json("dataset", "tokenizations", id)["tokenizations"]] == [made["id"]]
    assert as_json("dataset", "preview", "Hello", "--tokenization", made["id"])["count"] > 0
    assert as_json("dataset", "edit", made["id"], "--name", "new")["name"] == "new"
    assert as_json("dataset", "edit", id, "--notes", "seen")["notes"] == "seen"
    assert "block length" in cli("dataset", "show", made["id"]).out
    assert as_json("dataset", "delete", id, "--yes")["ids"] == [id, made["id"]]
    assert as_json("dataset", "list", "--filter", id) == {"datasets": []}


def test_datasets_made_of_a_dataset(cli, as_json, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "".join(json.dumps({"body": f"<b>row</b>  {number}", "part": "ab"[number % 2]}) + "\n" for number in range(20))
    )
    looked = cli("dataset", "look", path).out
    assert "body" in looked
    assert "<b>row</b>  0" in looked
    id = as_json("dataset", "add", path, "--columns", "body", "--split-column", "part")["id"]
    shown = cli("dataset", "preview-cleaning", id, "--strip-html", "--shown", 2).out
    assert "Of 20 samples 20 would change, 0 would be dropped." in shown
    assert "→  row  0" in shown
    cleaned = as_json("dataset", "clean", id, "--strip-html", "--collapse-blanks", "--min-characters", 6, "--name", "short")
    assert (cleaned["name"], cleaned["facts"]["samples"]) == ("short", 10)
    assert as_json("dataset", "sample", cleaned["id"], 0)["text"] == "row 10"
    assert f"made from      {id}, cleaned" in cli("dataset", "show", cleaned["id"]).out
    arranged = as_json("dataset", "arrange", id, "--only", "a", "--test-share", 0.2, "--no-shuffle")
    assert arranged["facts"]["splits"] == {"train": 8, "test": 2}
    assert as_json("dataset", "samples", id, "--search", "ROW</B>  1", "--split", "b")["samples"][0]["row"] == 1
    assert "--offset 3 goes on" in cli("dataset", "samples", id, "--limit", 3).out
    assert "cannot be used" in cli("dataset", "clean", id, "--drop-pattern", "(", code=1).err
    assert "every sample" in cli("dataset", "clean", id, "--min-characters", 100, code=1).err


def test_tokenizations_are_counted_and_compared(cli, as_json, file, tokenizer_folder, tmp_path):
    id = as_json("dataset", "add", file)["id"]
    first = as_json("dataset", "tokenize", id, tokenizer_folder, "--max-length", 8)["id"]
    second = as_json("dataset", "tokenize", id, tokenizer_folder, "--max-length", 16, "--layout", "rows")["id"]
    found = as_json("dataset", "statistics", first)
    assert sum(found["lengths"]["histogram"]["counts"]) == found["samples"]
    shown = cli("dataset", "statistics", second).out
    assert "unique tokens" in shown
    assert "█" in shown
    assert "held out" in shown
    assert "none: it was there already" in cli("dataset", "statistics", second, "--no-wait").out
    compared = cli("dataset", "compare", first, second).out
    assert "Layout" in compared
    assert "Both were made of the same text." in compared
    assert as_json("dataset", "compare", first, second)["same_text"]
    tokens = as_json("dataset", "tokens", id, 1, first)
    assert "".join(each["text"] for each in tokens["tokens"]) == "the cat sat"
    assert f"{tokens['count']} of {tokens['count']} tokens" in cli("dataset", "tokens", id, 1, second).out
    (tmp_path / "config.json").write_text('{"vocab_size": 3}')
    assert not as_json("dataset", "check-vocabulary", first, tmp_path, code=1)["fits"]
    assert "knows only 3 tokens" in cli("dataset", "check-vocabulary", first, tmp_path, code=1).out


def test_words_for_people(cli, dataset, tokenizer_folder):
    assert "notes" in cli("dataset", "list").out
    shown = cli("dataset", "show", dataset).out
    assert "ready" in shown
    assert "samples" in shown
    done = cli("dataset", "tokenize", dataset, "--tokenizer", tokenizer_folder, "--max-length", 8)
    assert "block length" in done.out
    assert done.err.endswith("succeeded\n")
    assert "30 samples" in cli("dataset", "samples", dataset, "--limit", 1).out
    assert "the cat sat" in cli("dataset", "sample", dataset, 1).out
    assert "vocabulary" in cli("dataset", "preview", "Hello", "--tokenizer", tokenizer_folder).out
    assert "packed" in cli("dataset", "tokenizations").out
    assert "succeeded" in cli("job", "list").out


def test_texts_and_parameters_from_a_file(as_json, cli, tmp_path):
    params = tmp_path / "params.json"
    params.write_text('{"texts": ["one", "two"], "name": "from a file"}')
    assert as_json("dataset", "add", "--params", params)["name"] == "from a file"
    assert as_json("dataset", "add", "--params", params, "--name", "typed wins")["name"] == "typed wins"
    assert as_json("dataset", "add", "--texts", "one", "--texts", "two")["facts"]["samples"] == 2
    for content in ("[]", "{", "\xff"):
        params.write_text(content, encoding="latin-1")
        assert "params.json" in cli("dataset", "add", "--params", params, code=2).err
    assert "cannot be read" in cli("dataset", "add", "--params", tmp_path / "none", code=2).err


def test_jobs_are_shown_and_controlled(ws, capfd, monkeypatch):
    cli = in_words(ws, capfd)
    as_json = parsed(cli)
    monkeypatch.setattr(start, "wake", lambda ws: None)
    started = as_json("dataset", "add", "--texts", "x", "--no-wait")
    job = started["job"]
    assert as_json("dataset", "show", started["object"])["state"] == "working"
    second = as_json("dataset", "add", "--texts", "y", "--no-wait")["job"]
    assert as_json("job", "move-up", second)["place"] == 1
    assert as_json("job", "pause", job)["state"] == "paused"
    refused = cli("job", "wait", job, code=1)
    assert "paused" in refused.err
    assert f"mistudio job resume {job}" in refused.err
    assert as_json("job", "resume", job)["state"] == "queued"
    assert [each["id"] for each in as_json("job", "list", "--state", "queued")["jobs"]] == [second, job]
    assert "cannot stop" in cli("job", "stop", job, code=1).err
    assert as_json("job", "cancel", job)["state"] == "cancelled"
    again = as_json("job", "retry", job)
    assert again["retry_of"] == job
    monkeypatch.undo()
    assert "succeeded" in cli("job", "wait", again["id"]).out
    assert "cancelled" in cli("job", "show", job).out
    assert cli("job", "log", again["id"]).out
    assert "total" in as_json("job", "log", again["id"])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["dataset", "show", "ds_00000000"], 1),
        (["dataset", "show", "nonsense"], 1),
        (["dataset", "add", "/nowhere.txt"], 1),
        (["dataset", "add"], 1),
        (["dataset", "tokenize", "ds_00000000"], 2),
        (["dataset", "tokenize", "ds_00000000", "x", "--max-length", "many"], 2),
        (["dataset", "add", "x", "--sample-by", "word"], 2),
        (["dataset", "show"], 2),
        (["dataset", "show", "ds_00000000", "--colour"], 2),
        (["job", "show", "jb_00000000"], 1),
    ],
)
def test_an_error_is_a_sentence_or_its_form(cli, typed, code):
    said = cli(*typed, code=code)
    assert said.out == ""
    assert said.err.startswith("mistudio: ")
    assert "Traceback" not in said.err
    form = cli(*typed, "--json", code=code)
    assert set(json.loads(form.out)) == {"message", "error"}
    assert form.err == ""


def test_a_bug_is_told_without_a_traceback(cli, monkeypatch):
    def broken(*_):
        raise RuntimeError("this is\x1b[31m a bug")

    monkeypatch.setattr("mistudio_ext.cli.command.perform", broken)
    said = cli("dataset", "list", code=1)
    assert "a bug" in said.err
    assert "Traceback" not in said.err
    assert "\x1b" not in said.err


def test_a_workspace_that_cannot_be_is_a_sentence(tmp_path, capfd):
    (tmp_path / "file").write_text("")
    assert main(["dataset", "list", "--workspace", str(tmp_path / "file" / "below")]) == 1
    assert capfd.readouterr().err.startswith("mistudio: ")


def test_what_is_hostile_is_printed_without_effect(shared, cli, as_json, tmp_path):
    params = tmp_path / "p.json"
    params.write_text(json.dumps({"texts": HOSTILE, "notes": HOSTILE[4]}))
    added = cli("dataset", "add", "--params", params)
    id = as_json("dataset", "list")["datasets"][0]["id"]
    # Past the check of names, as a catalog that somebody else wrote.
    shared.catalog.update(id, {"name": HOSTILE[2] + HOSTILE[3], "tags": HOSTILE})
    outputs = [added, cli("dataset", "list"), cli("dataset", "show", id), cli("dataset", "samples", id), cli("job", "list")]
    outputs += [cli("dataset", "sample", id, row) for row in range(4)]
    outputs += [cli("dataset", "preview-cleaning", id, "--strip-html", "--strip-control", "--drop-pattern", "DROP")]
    outputs += [cli("dataset", "samples", id, "--search", "<script>"), cli("dataset", "clean", id, "--strip-control")]
    outputs += [cli("dataset", "show", id, "--json"), cli("dataset", "sample", id, 3, "--json")]
    for each in outputs:
        assert not set("\x1b\x07\r\x00\x85\u2028\u202e\u202c\u2066\u2069") & set(each.out + each.err)


def test_the_columns_of_a_stranger_neither_act_nor_pass_for_ours(cli, as_json, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps({"text": "words", "id": "theirs", "row": None, "\x1b]0;owned\x07": "\x1b[31m", "n" * 500: 1}) + "\n"
    )
    id = as_json("dataset", "add", path)["id"]
    out = cli("dataset", "sample", id, 0).out
    assert not {"\x1b", "\x07"} & set(out)
    assert max(map(len, out.splitlines())) < 200
    ours, theirs, text = out.rstrip("\n").split("\n\n")
    assert f"{id}/0" in ours
    assert "theirs" in theirs
    assert text == "words"


def test_deleting_asks_and_needs_yes_without_a_terminal(shared, cli, dataset, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    said = cli("dataset", "delete", dataset, code=2).err
    assert "Deletes the dataset" in said
    assert "--yes" in said
    code, shown = in_a_terminal(["dataset", "delete", dataset, "--workspace", str(shared.root)], answer="no\n")
    assert (code, "Nothing was deleted" in shown) == (1, True)
    code, shown = in_a_terminal(["dataset", "delete", dataset, "--workspace", str(shared.root)], answer="y\n")
    assert (code, f"Deleted {dataset}" in shown) == (0, True)


def test_a_terminal_shows_a_bar_and_interrupting_leaves_the_job(shared, ws, file):
    code, shown = in_a_terminal(["dataset", "add", str(file), "--workspace", str(shared.root)])
    assert code == 0
    assert "\r\x1b[K" in shown
    waiting = [sys.executable, "-c", WITHOUT_LANES, "dataset", "add", str(file), "--workspace", str(ws.root)]
    process = subprocess.Popen(waiting, stderr=subprocess.PIPE, text=True)
    assert "queued" in process.stderr.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=20)[1]
    assert "the job goes on" in said
    assert "Traceback" not in said
    assert process.returncode == 130
    assert ws.database.rows("SELECT count(*) AS n FROM jobs WHERE state = 'queued'")[0]["n"] == 1


def test_output_may_be_cut_off(shared):
    command = (
        f"{sys.executable} -m mistudio_ext.cli dataset list --json --workspace {shared.root} | true; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stderr == ""


def test_an_output_of_another_encoding_gets_question_marks(shared):
    command = [sys.executable, "-m", "mistudio_ext.cli", "dataset", "show", "ds_00000000", "--workspace", str(shared.root)]
    done = subprocess.run(command, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("mistudio: There is no dataset")


def test_help_says_everything(capfd):
    assert main(["--help"]) == 0
    shown = capfd.readouterr().out
    assert all(word in shown for word in WORDS)
    assert main([]) == 2
    assert main(["--version"]) == 0
    assert main(["frobnicate"]) == 2
    assert main(["job", "frobnicate"]) == 2
    for word in TABLE:
        assert main([word, "--help"]) == 0
        shown = capfd.readouterr().out
        assert all(verb in shown for verb in TABLE[word])
    with pytest.raises(SystemExit):
        main(["dataset", "tokenize", "--help"])
    shown = " ".join(capfd.readouterr().out.split())
    assert "--max-length" in shown
    assert "1 to 8,192 tokens; default 512" in shown


def test_every_command_can_be_built_and_no_option_hides_another():
    assert set(TABLE) | {"demo", "doctor"} == set(WORDS)
    reserved = {"json", "workspace", "params"}
    for verbs in TABLE.values():
        for verb, command in verbs.items():
            parser_for(command, verb)
            assert command.summary
            for operation in (command.operation, *command.others.values()):
                described = type(command)(operation).described
                assert set(described.arguments) <= set(ARGUMENTS)
                if described.params is not None:
                    assert not set(parameters(described.params)) & (reserved | set(command.flags) | set(described.arguments))
                assert described.params == command.described.params, "one set of options must do for all of them"


def test_every_operation_on_datasets_has_its_command():
    reached = {
        each for verbs in TABLE.values() for command in verbs.values() for each in (command.operation, *command.others.values())
    }
    reached |= {each for command in TABLE["dataset"].values() for each in command.plans.values()}
    reached.add(tokenizations.get_statistics)  # `statistics` asks it once they are counted
    public = {
        each
        for module in (operations, tokenizations, deriving)
        for each in vars(module).values()
        if callable(each) and getattr(each, "__module__", "") == module.__name__
    } | {samples.read_samples, samples.get_sample}
    assert {each.__name__ for each in public - reached if not each.__name__.startswith("_")} == set()


def in_a_terminal(typed, answer=""):
    """Run the command with a terminal of its own; its exit code and all that it showed."""
    ours, its = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "mistudio_ext.cli", *typed], stdin=its, stdout=its, stderr=its)
    os.close(its)
    if answer:
        os.write(ours, answer.encode())
    shown = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not part:
                break
            shown += part
        elif process.poll() is not None:
            break
    code = process.wait(timeout=20)
    os.close(ours)
    return code, shown.decode()
