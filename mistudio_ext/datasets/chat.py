"""Conversations: written out by a chat template, as `tokenizer.apply_chat_template` does it, and whose each token is.

The template may be anybody's. `transformers` runs it in Jinja's sandbox; what it raises is the conversation's fault or its
own, never ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..contract.errors import BadRequest
from .cells import whole_characters
from .encoded import Numbers, Roles
from .tokenizer import Tokenizer
from .tokenizing_schema import ROLES

# Stand for the messages' contents where it is found out what the template writes around them.
MARK = "\ue000\ue001{}\ue001\ue000"
MARKED = re.compile("\ue000\ue001([0-9]{1,9})\ue001\ue000")
Messages = list[dict[str, Any]]


class Refused(Exception):
    """The template does not take this conversation."""


@dataclass(frozen=True)
class Region:
    """Characters of the written-out text that are of one message."""

    start: int
    stop: int
    role: int


@dataclass(frozen=True)
class Chat:
    tokenizer: Tokenizer
    given: str | None

    @cached_property
    def template(self) -> str:
        """The template that is used; where there is none, or none that can be, that is said."""
        inner = self.tokenizer.inner
        try:
            template: str = inner.get_chat_template(self.given)
        except ValueError:
            several = isinstance(inner.chat_template, dict)
            has = "several chat templates, none of which is the default" if several else "no chat template"
            raise BadRequest(
                f"The dataset holds conversations, and the tokenizer has {has}.",
                "Give a chat template (Jinja), or use the tokenizer of a model that was made for conversations.",
                field="chat_template",
            ) from None
        return template

    def write(self, messages: Messages) -> str:
        from jinja2 import TemplateSyntaxError

        template = self.template
        try:
            written = self.tokenizer.inner.apply_chat_template(messages, chat_template=template, tokenize=False)
        except TemplateSyntaxError as error:
            raise BadRequest(
                f"The chat template cannot be read: {str(error.message)[:300]} (line {error.lineno}).",
                "Correct it, or leave it out to use the tokenizer's own.",
                field="chat_template",
            ) from None
        except Exception as error:
            why = " ".join(str(error).split())[:200].rstrip(".")
            raise Refused(f"the chat template refuses it: {why or type(error).__name__}") from None
        return whole_characters(str(written))

    def regions(self, messages: Messages, written: str) -> list[Region]:
        """Where in the written-out text the messages' contents are. What cannot be told is left out.

        The template is run once more with marks for contents. What it writes between the marks it has written between the
        contents too, whether these are whole, trimmed or changed.
        """
        contents = [each.get("content") for each in messages]
        if any(isinstance(each, str) and "\ue000" in each for each in contents):
            return []
        marked = [
            {**each, "content": MARK.format(number)} if isinstance(each.get("content"), str) else each
            for number, each in enumerate(messages)
        ]
        try:
            parts = MARKED.split(self.write(marked))
        except Refused:
            return []
        if any(int(number) >= len(messages) or not isinstance(contents[int(number)], str) for number in parts[1::2]):
            return []  # a mark that the template wrote by itself
        return list(_aligned(written, parts, contents, [_role(each) for each in messages]))


def messages_of(text: str) -> Messages:
    messages: Messages = json.loads(text)
    return messages


def _aligned(written: str, parts: list[str], contents: list[Any], roles: list[int]) -> Iterator[Region]:
    """`parts`: what the template wrote, and at every second place the number of a message."""
    if not written.startswith(parts[0]):
        return
    at = len(parts[0])
    for place in range(1, len(parts), 2):
        number, literal, last = parts[place], parts[place + 1], place + 2 == len(parts)
        content = contents[int(number)]
        stop = _end(written, at, content, literal, last)
        if stop is not None:
            yield from _region(at, stop, roles[int(number)])
        else:
            # Changed on the way: somewhere before what the template wrote next.
            stop = len(written) - len(literal) if last else written.find(literal, at) if literal else -1
            if stop < at:
                return
            if written[at:stop] in content:
                yield from _region(at, stop, roles[int(number)])
        at = stop + len(literal)


def _end(written: str, at: int, content: str, literal: str, last: bool) -> int | None:
    """Where the content that begins at `at` ends, if it is there, whole or trimmed, with the literal behind it."""
    for text in (content, content.strip(), content.lstrip(), content.rstrip()):
        stop = at + len(text)
        if written.startswith(text, at) and (written[stop:] == literal if last else written.startswith(literal, stop)):
            return stop
    return None


def _region(start: int, stop: int, role: int) -> Iterator[Region]:
    if role and stop > start:
        yield Region(start, stop, role)


def _role(message: dict[str, Any]) -> int:
    role = message.get("role")
    return ROLES.index(role) if role in ROLES[1:] else 0


def roles_of(places: list[tuple[int, int]], regions: list[Region]) -> Roles:
    """A token is a message's if any of its characters is."""
    roles = np.zeros(len(places), np.int8)
    if not regions or not places:
        return roles
    spans: Numbers = np.array(places, np.int64).reshape(-1, 2)
    stops = np.array([each.stop for each in regions])
    next_one = np.searchsorted(stops, spans[:, 0], "right")
    starts = np.array([*(each.start for each in regions), np.iinfo(np.int64).max])
    numbers = np.array([*(each.role for each in regions), 0], np.int8)
    found: Roles = np.where(starts[next_one] < spans[:, 1], numbers[next_one], roles)
    return found
