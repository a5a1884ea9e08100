"""`mistudio demo`: the demo, step by step, each followed with a bar."""

from __future__ import annotations

from pathlib import Path

from ..contract.errors import BadRequest
from ..demo.operations import make_demo
from ..demo.schema import Demo
from ..display.demo import in_words, to_follow
from .command import Call, Command, run
from .waiting import follow

SUMMARY = (
    "Load the demo: a text whose concepts are known, a small language model, its tokens and activations, and a "
    "sparse autoencoder trained on them. What is there already is not made again. `--json FILE` writes the answer to a file."
)
FLAGS = {"no_wait": "return at once; the steps follow one another in the background"}


def main(typed: list[str]) -> int:
    typed, file = _without_file(typed)

    def work(call: Call) -> Demo:
        demo = _answer(call)
        if file is not None:
            _write(file, demo)
        return demo

    return run(Command(make_demo, run=work, show=in_words, flags=FLAGS, summary=SUMMARY), "mistudio demo", typed)


def _answer(call: Call) -> Demo:
    while True:
        demo: Demo = call.perform()
        job = to_follow(demo)
        if job is None or call.given.no_wait:
            return demo
        follow(call.ws, job)


def _without_file(typed: list[str]) -> tuple[list[str], str | None]:
    """Here alone `--json` may be followed by a file."""
    for at, each in enumerate(typed):
        if each == "--json" and typed[at + 1 :] and not typed[at + 1].startswith("-"):
            return typed[:at] + typed[at + 2 :], typed[at + 1]
    return typed, None


def _write(file: str, demo: Demo) -> None:
    try:
        Path(file).write_text(demo.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror}.", "Give another file.") from None
