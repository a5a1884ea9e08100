"""The `mistudio` command: the same operations from a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from .._version import __version__

if TYPE_CHECKING:
    from .command import Command

# Noun or plain word, and what it is about. Its commands are loaded when it is used, so that help comes at once.
WORDS = {
    "dataset": "text and its tokenizations: add, look at, tokenize, delete",
    "model": "language models: add, look at, estimate, try, delete",
    "capture": "activations of a model over a text: make, estimate, look at, add to, export, delete",
    "sae": "sparse autoencoders: import, list, look at, export, delete",
    "training": "sparse autoencoders: train, estimate, follow, pause, extend, their metrics and checkpoints, delete",
    "hub": "where text and models of others come from: its token, and whether it answers",
    "job": "work in the background: follow, pause, resume, cancel",
    "demo": "a text, a model and its activations to begin with: load them",
    "doctor": "look whether everything is in place, and say what to do",
}
USAGE = """\
usage: mistudio <word> [<verb>] [arguments]

miStudio from a terminal: what the panels in JupyterLab do, in the same workspace.

{words}

`mistudio <word> --help` lists its verbs, `mistudio <word> <verb> --help` its arguments. Each takes --json and --workspace.\
"""
USAGE_ERROR, INTERRUPTED = 2, 130


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    try:
        return _main(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; without this, Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _main(given: list[str]) -> int:
    if not given or given[0] in ("-h", "--help", "help"):
        _say(_usage())
        return 0 if given else USAGE_ERROR
    if given[0] in ("-V", "--version"):
        _say(__version__)
        return 0
    word, rest = given[0], given[1:]
    if word not in WORDS:
        return _unknown("mistudio", word, WORDS, _usage())
    return _command_of(word, rest)


def _command_of(word: str, rest: list[str]) -> int:
    if word == "doctor":
        from . import doctor

        return doctor.main(rest)
    if word == "demo":
        from . import demo

        return demo.main(rest)
    from .command import run
    from .commands import commands

    verbs = commands(word)
    if not rest or rest[0] not in verbs:
        asked = bool(rest) and rest[0] in ("-h", "--help", "help")
        if rest and not asked and not rest[0].startswith("-"):
            return _unknown(f"mistudio {word}", rest[0], verbs, _verbs(word, verbs))
        _say(_verbs(word, verbs), sys.stdout if asked else sys.stderr)
        return 0 if asked else USAGE_ERROR
    return run(verbs[rest[0]], f"mistudio {word} {rest[0]}", rest[1:])


def _usage() -> str:
    return USAGE.format(words="\n".join(f"  {word:10} {about}" for word, about in WORDS.items()))


def _verbs(word: str, verbs: dict[str, Command]) -> str:
    width = max(map(len, verbs))
    lines = "\n".join(f"  {verb:{width}}  {command.summary}" for verb, command in verbs.items())
    return f"usage: mistudio {word} <verb> [arguments]\n\n{WORDS[word]}\n\n{lines}"


def _unknown(so_far: str, word: str, known: Iterable[str], usage: str) -> int:
    from ..display.text import did_you_mean, plain

    question = did_you_mean(word, known)
    _say(f"{so_far}: there is no “{plain(word, 60)}”.{' ' if question else ''}{question}\n\n{usage}", sys.stderr)
    return USAGE_ERROR


def _say(text: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(f"{text}\n")
