"""Conversations in the forms that they are shared in, as one form: a list of turns, each with a role and a text."""

from __future__ import annotations

import json
from typing import Any

from .cells import MAX_DEPTH, SAID, BadRow, depth, kind_of_cell, shown, text_of, too_long, whole_characters
from .reading_schema import Role, RowsAre
from .schema import MAX_SAMPLE_BYTES

# Where the turns are, when no column was named.
TURNS = ("messages", "conversations", "conversation")
ALPACA = ("instruction", "input", "output", "response", "system")
ROLES: dict[str, Role] = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user",
    "assistant": "assistant", "gpt": "assistant", "model": "assistant", "chatgpt": "assistant", "bard": "assistant",
    "bing": "assistant", "function_call": "assistant",
    "tool": "tool", "function": "tool", "observation": "tool",
}  # fmt: skip


Turn = dict[str, Any]


def recognized(row: dict[str, Any]) -> tuple[RowsAre, list[str]] | None:
    """The form of a row that holds a conversation, and where it is."""
    for name in TURNS:
        try:
            turns = _list_of(row.get(name), name)
        except BadRow:
            continue
        if "from" in turns[0]:
            return "sharegpt", [name]
        if "role" in turns[0]:
            return "messages", [name]
    if isinstance(row.get("instruction"), str) and any(isinstance(row.get(name), str) for name in ("output", "response")):
        return "alpaca", alpaca_columns(list(row))
    return None


def alpaca_columns(names: list[str]) -> list[str]:
    return [name for name in ALPACA if name in names]


def taken_from(row: dict[str, Any], form: RowsAre, columns: list[str]) -> tuple[list[Turn], bool]:
    """The turns, and whether a character was repaired; what they were made of is taken out of the row."""
    turns = _alpaca(row) if form == "alpaca" else _turns(row, form, columns[0])
    if not any(turn["content"].strip() for turn in turns):
        raise BadRow("no message holds text")
    if sum(len(turn["content"]) for turn in turns) > MAX_SAMPLE_BYTES:
        raise BadRow(too_long())
    clean = [_turn(turn["role"], whole_characters(turn["content"])) for turn in turns]
    return clean, clean != turns


def readable(turns: list[Turn]) -> str:
    return "\n\n".join(f"{turn['role']}: {turn['content']}" for turn in turns)


def as_json(turns: list[Turn]) -> str:
    return json.dumps(turns, ensure_ascii=False)


def _turn(role: Role, content: str) -> Turn:
    return {"role": role, "content": content}


def _turns(row: dict[str, Any], form: RowsAre, name: str) -> list[Turn]:
    if name not in row:
        raise BadRow(f"no field {shown(name)}")
    turns = [_message(each, number) for number, each in enumerate(_list_of(row.pop(name), name), 1)]
    if form == "sharegpt" and turns[0]["role"] != "system":
        turns = _system(row) + turns
    return turns


def _list_of(value: Any, name: str) -> list[dict[str, Any]]:
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        # In a table of texts the list comes as JSON.
        try:
            value = json.loads(value, parse_constant=str)
        except (ValueError, RecursionError):
            raise BadRow(f"{shown(name)} is not JSON") from None
    if not isinstance(value, list):
        kind = kind_of_cell(value)
        raise BadRow(f"{shown(name)} is {SAID.get(kind, 'a text' if kind == 'text' else kind)}, not a list of messages")
    if not value:
        raise BadRow(f"{shown(name)} has no message")
    if not all(isinstance(each, dict) for each in value):
        raise BadRow(f"{shown(name)} is not a list of messages")
    return value


def _message(message: dict[str, Any], number: int) -> Turn:
    given = next((message[key] for key in ("role", "from") if message.get(key) is not None), None)
    role = ROLES.get(given.strip().lower()) if isinstance(given, str) else None
    if role is None:
        what = f"has the role {shown(given)}, which is not known" if isinstance(given, str) else "has no role"
        raise BadRow(f"message {number:,} {what}")
    content = next((message[key] for key in ("content", "value") if message.get(key) is not None), None)
    calls = message.get("tool_calls") or message.get("function_call")
    text = "" if content is None and calls else _content(content, number)
    if calls:
        # What the model said may be the call alone; a template that knows no calls shows it as text.
        text = "\n\n".join(each for each in (text, _written(calls, number)) if each)
    return _turn(role, text)


def _content(content: Any, number: int) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, bytes):
        return content.decode("utf-8", "replace")
    if content is None:
        raise BadRow(f"message {number:,} has no content")
    if not isinstance(content, list):
        raise BadRow(f"the content of message {number:,} is {SAID[kind_of_cell(content)]}, not a text")
    return "".join(_part(each, number) for each in content)


def _part(part: Any, number: int) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and part.get("type", "text") == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    kind = part.get("type") if isinstance(part, dict) else None
    raise BadRow(f"message {number:,} has a part that is no text" + (f" ({shown(kind)})" if isinstance(kind, str) else ""))


def _written(calls: Any, number: int) -> str:
    if depth(calls) > MAX_DEPTH:
        raise BadRow(f"the calls of message {number:,} are nested too deeply")
    return json.dumps(calls, ensure_ascii=False)


def _alpaca(row: dict[str, Any]) -> list[Turn]:
    answer = next((name for name in ("output", "response") if row.get(name) is not None), "output")
    asked = _required(row, "instruction")
    given, _ = text_of(row.pop("input", None) or "", "input")
    question = f"{asked}\n\n{given}" if given.strip() else asked
    return [*_system(row), _turn("user", question), _turn("assistant", _required(row, answer))]


def _required(row: dict[str, Any], name: str) -> str:
    if name not in row:
        raise BadRow(f"no field {shown(name)}")
    text, _ = text_of(row.pop(name), name)
    if not text.strip():
        raise BadRow(f"{shown(name)} is empty")
    return text


def _system(row: dict[str, Any]) -> list[Turn]:
    if not isinstance(row.get("system"), str):
        return []
    text = row.pop("system")
    return [_turn("system", text)] if text.strip() else []
