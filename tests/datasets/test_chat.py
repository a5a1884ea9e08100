"""Conversations: written out as `apply_chat_template` does it, whose each token is, and what becomes of them in blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets import shards, tokenize
from mistudio_ext.datasets.chat import Chat, Refused, Region, roles_of
from mistudio_ext.datasets.samples import list_shards
from mistudio_ext.datasets.tokenizations import delete_tokenization, get_tokenization, tokenize_dataset
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.datasets.tokenizing_schema import ROLES, TokenizationFacts, TokenizeDataset
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.jobs.log import read_log
from mistudio_ext.jobs.schema import ReadLog
from mistudio_ext.workspace.schema import DeleteObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support.templates import CONVERSATIONS, TEMPLATES, make_chat_tokenizer, messages, write_conversations
from tests.support.work import do_next, read, tokenized

STYLES = list(TEMPLATES)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 5)
    monkeypatch.setattr(tokenize, "SAVE_EVERY", 2)
    monkeypatch.setattr(shards, "SHARD_BYTES", 4000)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("chats")
    made = {style: make_chat_tokenizer(root / style, style) for style in STYLES}
    made["spaced"] = make_chat_tokenizer(root / "spaced", "headers", spaced=True)
    made["bare"] = make_chat_tokenizer(root / "bare", None)
    return made


@pytest.fixture
def dataset(ws: Workspace, tmp_path: Path) -> str:
    return read(ws, path=str(write_conversations(tmp_path / "chats.jsonl", CONVERSATIONS * 3)))


def theirs_of(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(folder))


def written(folder: Path, template: str | None = None) -> list[list[int] | None]:
    """Ids of each conversation by the library itself; None where its template refuses."""
    theirs = theirs_of(folder)
    found: list[list[int] | None] = []
    for each in CONVERSATIONS:
        try:
            found.append(theirs.apply_chat_template(messages(each), chat_template=template, tokenize=True, return_dict=False))
        except Exception:
            found.append(None)
    return found


def stored(ws: Workspace, id: str) -> list[dict[str, Any]]:
    import datasets

    folder = ws.folder_of(ws.catalog.get(id)) / "blocks"
    return [row for file, _ in list_shards(folder) for row in datasets.Dataset.from_file(str(file)).to_list()]


def facts_of(ws: Workspace, id: str) -> TokenizationFacts:
    facts = get_tokenization(ws, id).facts
    assert facts is not None
    return facts


@pytest.mark.parametrize("style", [*STYLES, "spaced"])
def test_rows_are_what_apply_chat_template_gives(ws: Workspace, folders: dict[str, Path], dataset: str, style: str) -> None:
    id = tokenized(ws, dataset, folders[style], layout="rows", truncation="none", eval_share=0)
    expected = written(folders[style]) * 3
    rows = stored(ws, id)
    assert [(row["samples"], row["input_ids"]) for row in rows] == [
        ([number], ids) for number, ids in enumerate(expected) if ids is not None
    ]
    assert all(len(row["roles"]) == len(row["input_ids"]) for row in rows)
    refused = [number for number, ids in enumerate(expected) if ids is None]
    assert facts_of(ws, id).bad_samples == len(refused)
    if style == "strict":
        assert len(refused) == 9
        lines = [line.text for line in read_log(ws, get_tokenization(ws, id).job.id, ReadLog()).lines]  # type: ignore[union-attr]
        told = [line for line in lines if "roles must alternate" in line]
        assert [int(line.split()[1]) for line in told] == refused[:5]
        assert any("9 samples were left out in all" in line for line in lines)


@pytest.mark.parametrize("length", [20, 33])
@pytest.mark.parametrize("style", ["chatml", "headers", "strict", "spaced"])
def test_packed_conversations(ws: Workspace, folders: dict[str, Path], dataset: str, style: str, length: int) -> None:
    """One begin token, at the beginning of a block; one end token behind each conversation."""
    id = tokenized(ws, dataset, folders[style], max_length=length, eval_share=0)
    begin, end = theirs_of(folders[style]).bos_token_id, theirs_of(folders[style]).eos_token_id
    stream: list[int] = []
    for ids in [ids for ids in written(folders[style]) * 3 if ids is not None]:
        own = ids[1:] if ids[0] == begin else ids
        stream += own if own[-1] == end else [*own, end]
    cuts = [stream[at : at + length - 1] for at in range(0, len(stream) - length + 2, length - 1)]
    assert [row["input_ids"] for row in stored(ws, id)] == [[begin, *cut] for cut in cuts]


def test_without_special_tokens_the_template_keeps_its_begin_token(ws: Workspace, folders: dict[str, Path], dataset: str) -> None:
    id = tokenized(ws, dataset, folders["headers"], max_length=16, special_tokens=False, eval_share=0)
    stream = [id for ids in written(folders["headers"]) * 3 for id in ids or []]
    assert [id for row in stored(ws, id) for id in row["input_ids"]] == stream[: len(stream) // 16 * 16]


@pytest.mark.parametrize("style", ["chatml", "headers", "strict", "spaced", "folding", "thinking"])
def test_roles_are_told_by_what_the_tokens_spell(ws: Workspace, folders: dict[str, Path], dataset: str, style: str) -> None:
    """Tokens with a role, put together again, are that role's messages; what is left is the template's."""
    id = tokenized(ws, dataset, folders[style], layout="rows", truncation="none", eval_share=0)
    theirs = theirs_of(folders[style])
    for row in stored(ws, id):
        conversation = CONVERSATIONS[row["samples"][0] % len(CONVERSATIONS)]
        for number, role in enumerate(ROLES[1:], 1):
            ids = [id for id, own in zip(row["input_ids"], row["roles"], strict=True) if own == number]
            spelled = "".join(theirs.decode(ids).split())
            said = [content for own, content in conversation if own == role]
            if style == "thinking":
                said = [content.split("</think>")[-1] for content in said]
            assert spelled == "".join("".join(said).split()), (role, conversation)


def test_what_a_template_changes_has_no_role(ws: Workspace, folders: dict[str, Path], dataset: str) -> None:
    id = tokenized(ws, dataset, folders["shouting"], layout="rows", truncation="none", eval_share=0)
    rows = [row for row in stored(ws, id) if row["samples"][0] % len(CONVERSATIONS) == 4]
    theirs = theirs_of(folders["shouting"])
    spelled = [theirs.decode([id for id, role in zip(row["input_ids"], row["roles"], strict=True) if role]) for row in rows]
    assert [each.split() for each in spelled] == [["42"]] * 3, "only the number is what was said"


def test_roles_travel_into_blocks(ws: Workspace, folders: dict[str, Path], dataset: str) -> None:
    rows = stored(ws, tokenized(ws, dataset, folders["chatml"], layout="rows", truncation="none", eval_share=0))
    packed = stored(ws, tokenized(ws, dataset, folders["chatml"], max_length=16, eval_share=0))
    stream = [role for row in rows for role in [*row["roles"], 0]]
    found = [role for row in packed for role in row["roles"][1:]]
    assert found == stream[: len(found)]
    assert all(row["roles"][0] == 0 for row in packed)
    padded = stored(ws, tokenized(ws, dataset, folders["chatml"], layout="rows", max_length=50, padding="longest", eval_share=0))
    assert [row["roles"] for row in padded] == [(row["roles"] + [0] * 50)[:50] for row in rows]
    cut = [(ids or [])[:50] for ids in written(folders["chatml"]) * 3]
    assert [row["input_ids"][: row["length"]] for row in padded] == cut, "the tokenizer adds nothing to what the template wrote"


def test_a_template_of_ones_own(ws: Workspace, folders: dict[str, Path], dataset: str) -> None:
    own = "{% for message in messages %}({{ message.content }}){% endfor %}"
    for style in ("bare", "chatml"):
        id = tokenized(ws, dataset, folders[style], layout="rows", truncation="none", chat_template=own, eval_share=0)
        assert [row["input_ids"] for row in stored(ws, id)] == written(folders[style], own) * 3


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (None, "the tokenizer has no chat template"),
        ("{% for message in %}", "cannot be read: .*line 1"),
        ("{{ messages.__class__.__mro__ }}{{ raise_exception('no') }}", "None of the 21 samples could be tokenized"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "None of the 21 samples could be tokenized"),
    ],
)
def test_templates_that_cannot_be_used(
    ws: Workspace, folders: dict[str, Path], dataset: str, template: str | None, message: str
) -> None:
    tokenize_dataset(ws, dataset, asked(folders["bare"], chat_template=template))
    job = do_next(ws, "cpu")
    assert job.error is not None
    with pytest.raises(BadRequest, match=message):
        raise BadRequest(job.error.message)
    assert job.error.error.field == "chat_template"


def asked(folder: Path, **values: object) -> TokenizeDataset:
    return checked(TokenizeDataset, {"tokenizer": str(folder), "max_length": 16} | values)


def test_conversations_have_no_pairs_and_texts_no_template(ws: Workspace, folders: dict[str, Path], dataset: str) -> None:
    with pytest.raises(BadRequest, match="no second text"):
        tokenize_dataset(ws, dataset, asked(folders["chatml"], layout="rows", second="hint"))
    texts = read(ws, texts=["a few words"] * 30)
    with_template = tokenize_dataset(ws, texts, asked(folders["chatml"], chat_template="{{ messages }}"))
    assert tokenize_dataset(ws, texts, asked(folders["chatml"])) == with_template
    assert do_next(ws, "cpu").state == "succeeded"
    assert all("roles" not in row for row in stored(ws, with_template.object))
    # A template writes its own special tokens: to ask for others changes nothing in a row.
    row = tokenize_dataset(ws, dataset, asked(folders["chatml"], layout="rows"))
    assert tokenize_dataset(ws, dataset, asked(folders["chatml"], layout="rows", special_tokens=False)) == row


@pytest.mark.parametrize("values", [{}, {"layout": "rows", "padding": "longest", "stride": 3}])
def test_interrupted_anywhere_the_result_is_the_same(
    ws: Workspace, folders: dict[str, Path], dataset: str, values: dict[str, Any]
) -> None:
    id = tokenized(ws, dataset, folders["strict"], max_length=16, eval_share=0.2, **values)
    whole = stored(ws, id), facts_of(ws, id).model_copy(update={"bytes": 0})
    delete_tokenization(ws, id, DeleteObject())
    started = tokenize_dataset(ws, dataset, asked(folders["strict"], eval_share=0.2, **values))
    rounds = 0
    while (job := do_next(ws, "cpu", request="pause", after=1 + rounds % 2)).state == "paused":
        resume_job(ws, job.id)
        rounds += 1
    assert job.state == "succeeded"
    assert rounds >= 2
    assert (stored(ws, started.object), facts_of(ws, started.object).model_copy(update={"bytes": 0})) == whole


def test_marks_in_a_message_are_no_marks(folders: dict[str, Path]) -> None:
    chat = Chat(Tokenizer(folders["chatml"]), None)
    hostile = [{"role": "user", "content": "\ue000\ue0010\ue001\ue000"}, {"role": "assistant", "content": "x"}]
    assert chat.regions(hostile, chat.write(hostile)) == []
    with pytest.raises(Refused, match="refuses it"):
        Chat(Tokenizer(folders["strict"]), None).write([{"role": "system", "content": "x"}])


def test_a_token_is_the_messages_of_which_it_has_a_character() -> None:
    regions = [Region(3, 6, 2), Region(6, 7, 3), Region(10, 12, 1)]
    places = [(0, 3), (2, 4), (4, 6), (5, 7), (6, 7), (7, 10), (7, 11), (11, 12), (12, 14), (3, 3)]
    assert roles_of(places, regions).tolist() == [0, 2, 2, 2, 3, 0, 1, 1, 0, 0]
    assert roles_of([], regions).tolist() == []
    assert json.dumps(roles_of(places, []).tolist()) == json.dumps([0] * 10)


@pytest.mark.parametrize("number", ["7", "9" * 5000])
def test_marks_that_a_template_writes_are_no_messages(folders: dict[str, Path], number: str) -> None:
    mark = f"\ue000\ue001{number}\ue001\ue000"
    chat = Chat(Tokenizer(folders["bare"]), "{% for each in messages %}" + mark + "{{ each.content }}{% endfor %}")
    given = [{"role": "user", "content": "x"}]
    assert chat.write(given) == mark + "x"
    regions = chat.regions(given, chat.write(given))
    assert [chat.write(given)[each.start : each.stop] for each in regions] in ([], ["x"])


@pytest.mark.parametrize("layout", ["packed", "rows"])
@pytest.mark.parametrize(
    "template",
    [
        "hello ",
        "{% for each in messages %}{{ each.role }} {% endfor %}",
        "{{ '\\ud800' }} x",
        "{% for each in messages %}{{ '\ue000\ue0010\ue001\ue000' }}{% endfor %} y",
        "{% if loop is defined %}x{% endif %}",
    ],
)
def test_templates_that_leave_the_contents_out(
    ws: Workspace, folders: dict[str, Path], dataset: str, template: str, layout: str
) -> None:
    """Whatever a template writes is tokenized; of whom it is cannot be told."""
    started = tokenize_dataset(
        ws, dataset, asked(folders["bare"], max_length=4, chat_template=template, layout=layout, eval_share=0)
    )
    job = do_next(ws, "cpu")
    if template.startswith("{% if"):
        assert job.error is not None
        assert job.error.message.startswith("The " if layout == "packed" else "The samples have no tokens"), job.error
        return
    assert job.state == "succeeded", job.error
    rows = stored(ws, started.object)
    assert rows
    assert not any(role for row in rows for role in row["roles"])


def test_a_mark_for_a_message_without_content(folders: dict[str, Path]) -> None:
    chat = Chat(Tokenizer(folders["bare"]), "{{ '\ue000\ue0010\ue001\ue000' }}")
    given: list[dict[str, Any]] = [{"role": "assistant", "content": None}]
    assert chat.regions(given, chat.write(given)) == []
