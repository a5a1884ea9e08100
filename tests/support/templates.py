"""Chat templates in the styles that are about, and conversations to write out with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .tokenizer import make_spaced_tokenizer, make_tokenizer

TEMPLATES = {
    "chatml": (
        "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    "headers": (
        "{{ bos_token }}{% for message in messages %}<|head|>{{ message['role'] }}<|/head|>\n\n"
        "{{ message['content'] | trim }}</s>{% endfor %}"
    ),
    "strict": (
        "{{ bos_token }}{% for message in messages %}"
        "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
        "{% if message['role'] == 'user' %}[INST] {{ message['content'] }} [/INST]"
        "{% else %}{{ message['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
    ),
    "folding": (
        "{{ bos_token }}{% if messages[0].role == 'system' %}{% set first = messages[0].content + '\n\n' %}"
        "{% set rest = messages[1:] %}{% else %}{% set first = '' %}{% set rest = messages %}{% endif %}"
        "{% for message in rest %}<turn>{{ message.role }}\n{{ (first if loop.first else '') + message.content | trim }}</turn>\n"
        "{% endfor %}"
    ),
    "thinking": (
        "{% for message in messages %}<|im_start|>{{ message.role }}\n"
        "{% if message.role == 'assistant' and '</think>' in message.content %}"
        "{% set said = message.content.split('</think>')[-1].lstrip('\n') %}"
        "{% else %}{% set said = message.content %}{% endif %}"
        "{% if message.role == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}{{ said }}<|im_end|>\n{% endfor %}"
    ),
    "shouting": "{% for message in messages %}{{ message.role }}: {{ message.content | upper }} ;\n{% endfor %}",
}

CONVERSATIONS: list[list[tuple[str, str]]] = [
    [("user", "user"), ("assistant", "assistant")],
    [("system", "Add three spoons of flour."), ("user", "  The rain fell? \n"), ("assistant", "The storm gathered.")],
    [("user", "naïve 東京 😀"), ("assistant", "<think>\nquick fox\n</think>\n\nbrown dog"), ("user", "a"), ("assistant", "a")],
    [("user", "ends with </s>"), ("assistant", "</s>")],
    [("user", "fox"), ("assistant", ""), ("tool", "42"), ("assistant", "dog ")],
    [("assistant", "dog"), ("assistant", "user\nassistant\nsystem")],
    [("user", "fox " * 40), ("assistant", "dog " * 40)],
]


def messages(conversation: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in conversation]


def write_conversations(path: Path, conversations: list[list[tuple[str, str]]]) -> Path:
    path.write_text("".join(json.dumps({"messages": messages(each)}) + "\n" for each in conversations))
    return path


def make_chat_tokenizer(folder: Path, style: str | None, *, spaced: bool = False, **config: Any) -> Path:
    """One that begins each text with its begin token, as those of chat models mostly do."""
    made = make_spaced_tokenizer(folder) if spaced else make_tokenizer(folder, adds_begin=True)
    path = made / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | config))
    if style is not None:
        (made / "chat_template.jinja").write_text(TEMPLATES[style])
    return made
