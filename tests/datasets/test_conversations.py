"""Conversations of every form come to the turns that a person would write down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.datasets.columns import Row
from mistudio_ext.datasets.operations import get_dataset
from mistudio_ext.workspace.workspace import Workspace
from tests.datasets.test_formats import of
from tests.support import making, written
from tests.support.work import read

S, U, A, T = "system", "user", "assistant", "tool"
CALL = [{"id": "1", "function": {"name": "look", "arguments": '{"at": "x"}'}}]


def one(tmp_path: Path, row: Any, name: str = "a.jsonl", **options: Any) -> Row:
    (found,) = of(tmp_path, name, written.written(name, [row]), **options)
    return found


@pytest.mark.parametrize(
    ("row", "turns"),
    [
        ({"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes?"}]}, [(U, "hi"), (A, "yes?")]),
        (
            {"messages": [{"role": r, "content": r} for r in ("developer", "user", "model", "function", "tool", " User ")]},
            [(S, "developer"), (U, "user"), (A, "model"), (T, "function"), (T, "tool"), (U, " User ")],
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "one "}, "two", {"text": " three"}]}]},
            [(U, "one two three")],
        ),
        ({"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": ""}]}, [(U, "x"), (A, "")]),
        (
            {"messages": [{"role": "assistant", "content": None, "tool_calls": CALL}, {"role": "tool", "content": "found"}]},
            [(A, json.dumps(CALL)), (T, "found")],
        ),
        (
            {"messages": [{"role": "assistant", "content": "I look.", "tool_calls": CALL}]},
            [(A, f"I look.\n\n{json.dumps(CALL)}")],
        ),
        ({"messages": [{"role": "assistant", "content": "no call", "tool_calls": []}]}, [(A, "no call")]),
        (
            {
                "conversations": [
                    {"from": f, "value": f} for f in ("human", "gpt", "user", "chatgpt", "bard", "bing", "assistant")
                ]
            },
            [(U, "human"), (A, "gpt"), (U, "user"), (A, "chatgpt"), (A, "bard"), (A, "bing"), (A, "assistant")],
        ),
        (
            {"conversation": [{"from": f, "value": f} for f in ("system", "human", "function_call", "observation", "tool")]},
            [(S, "system"), (U, "human"), (A, "function_call"), (T, "observation"), (T, "tool")],
        ),
        ({"system": "be kind", "conversations": [{"from": "human", "value": "hi"}]}, [(S, "be kind"), (U, "hi")]),
        (
            {"system": "two", "conversations": [{"from": "system", "value": "one"}, {"from": "human", "value": "hi"}]},
            [(S, "one"), (U, "hi")],
        ),
        ({"system": "", "conversations": [{"from": "human", "value": "hi"}]}, [(U, "hi")]),
        ({"instruction": "Add.", "input": "1 + 1", "output": "2"}, [(U, "Add.\n\n1 + 1"), (A, "2")]),
        ({"instruction": "Sing.", "input": "", "output": "La"}, [(U, "Sing."), (A, "La")]),
        ({"instruction": "Sing.", "input": None, "response": "La"}, [(U, "Sing."), (A, "La")]),
        ({"system": "Be brief.", "instruction": "Sing.", "output": "La"}, [(S, "Be brief."), (U, "Sing."), (A, "La")]),
        ({"instruction": "Sing.", "output": "La", "text": "the same, written out"}, [(U, "Sing."), (A, "La")]),
    ],
)
def test_every_form(tmp_path: Path, row: Any, turns: list[tuple[str, str]]) -> None:
    found = one(tmp_path, row)
    assert found.problem is None
    assert [(each["role"], each["content"]) for each in json.loads(found.messages or "")] == turns
    assert found.text == "\n\n".join(f"{role}: {content}" for role, content in turns)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"messages": []}, "“messages” has no message"),
        ({"messages": None}, "“messages” is null, not a list of messages"),
        ({"messages": "hello"}, "“messages” is a text, not a list of messages"),
        ({"messages": "[1"}, "“messages” is not JSON"),
        ({"messages": ["hello"]}, "“messages” is not a list of messages"),
        ({"messages": {"role": "user"}}, "“messages” is an object, not a list of messages"),
        ({"other": 1}, "no field “messages”"),
        ({"messages": [{"role": "user", "content": "x"}, {"content": "y"}]}, "message 2 has no role"),
        ({"messages": [{"role": "wizard", "content": "y"}]}, "message 1 has the role “wizard”, which is not known"),
        ({"messages": [{"role": 7, "content": "y"}]}, "message 1 has no role"),
        ({"messages": [{"role": "user"}]}, "message 1 has no content"),
        ({"messages": [{"role": "user", "content": 7}]}, "the content of message 1 is a number, not a text"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]},
            "message 1 has a part that is no text (“image_url”)",
        ),
        ({"messages": [{"role": "user", "content": [7]}]}, "message 1 has a part that is no text"),
        ({"messages": [{"role": "user", "content": " "}, {"role": "assistant", "content": ""}]}, "no message holds text"),
        ("hello", "“messages” is a text, not a list of messages"),
        (17, "neither an object nor a text"),
    ],
)
def test_bad_conversations_say_what_is_wrong(tmp_path: Path, row: Any, problem: str) -> None:
    assert one(tmp_path, row, rows="messages").problem == problem


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"input": "x", "output": "y"}, "no field “instruction”"),
        ({"instruction": "x"}, "no field “output”"),
        ({"instruction": "x", "output": None}, "“output” is null"),
        ({"instruction": " ", "output": "y"}, "“instruction” is empty"),
        ({"instruction": "x", "output": 3}, "“output” is a number, not a text"),
        ({"instruction": "x", "input": ["y"], "output": "z"}, "“input” is a list, not a text"),
    ],
)
def test_bad_alpaca_rows_say_what_is_wrong(tmp_path: Path, row: Any, problem: str) -> None:
    assert one(tmp_path, row, rows="alpaca").problem == problem


def test_hostile_conversations_are_text(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "<script>\0\u202e"}, {"role": "assistant", "content": "half \ud800"}]
    (found,) = of(tmp_path, "a.jsonl", json.dumps({"messages": turns}).encode())
    assert json.loads(found.messages or "") == [turns[0], {"role": "assistant", "content": "half \ufffd"}]
    assert found.repaired
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    calls = one(tmp_path, {"messages": [{"role": "assistant", "content": None, "tool_calls": deep}]}, rows="messages")
    assert calls.problem == "the calls of message 1 are nested too deeply"


@pytest.mark.parametrize("form", [".parquet", ".arrow", ".json", ".jsonl.gz"])
def test_out_of_every_kind_of_file(ws: Workspace, tmp_path: Path, form: str) -> None:
    rows = [
        {"id": n, "messages": [{"role": "user", "content": f"q{n}"}, {"role": "assistant", "content": f"a{n}"}]} for n in range(9)
    ]
    path = tmp_path / f"chat{form}"
    path.write_bytes(written.written(path.name, rows))
    id = read(ws, path=str(path))
    stored = making.rows(ws.folder(id) / "data")
    assert [json.loads(each) for each in stored["messages"]] == [row["messages"] for row in rows]
    assert stored["text"] == [f"user: q{n}\n\nassistant: a{n}" for n in range(9)]
    assert [json.loads(each) for each in stored["other"]] == [{"id": n} for n in range(9)]
    facts = get_dataset(ws, id).facts
    assert facts is not None
    assert (facts.rows, facts.columns, facts.conversations, facts.samples) == ("messages", ["messages"], 9, 9)


def test_in_a_csv_the_messages_are_json(tmp_path: Path) -> None:
    row = {"id": "1", "chat": json.dumps([{"from": "human", "value": "hi"}])}
    found = one(tmp_path, row, "a.csv", rows="sharegpt", columns=["chat"])
    assert json.loads(found.messages or "") == [{"role": "user", "content": "hi"}]
    found = one(tmp_path, {"id": "1", "messages": row["chat"]}, "a.csv")
    assert json.loads(found.messages or "") == [{"role": "user", "content": "hi"}]


def test_columns_given_are_text_whatever_else_is_there(tmp_path: Path) -> None:
    row = {"instruction": "Sing.", "output": "La", "text": "written out"}
    found = one(tmp_path, row, columns=["text"])
    assert (found.text, found.messages) == ("written out", None)
    found = one(tmp_path, row, rows="text")
    assert (found.text, found.messages) == ("written out", None)
    found = one(tmp_path, row, columns=["instruction", "output"], separator=" -> ")
    assert (found.text, found.messages) == ("Sing. -> La", None)


def test_text_and_conversations_with_equal_words_differ(ws: Workspace, tmp_path: Path) -> None:
    text = tmp_path / "a.jsonl"
    text.write_text(json.dumps({"text": "user: hi"}))
    chat = tmp_path / "b.jsonl"
    chat.write_text(json.dumps({"messages": [{"role": "user", "content": "hi"}]}))
    facts = [get_dataset(ws, read(ws, path=str(path))).facts for path in (text, chat)]
    assert facts[0] is not None
    assert facts[1] is not None
    assert facts[0].characters == facts[1].characters
    assert facts[0].fingerprint != facts[1].fingerprint
