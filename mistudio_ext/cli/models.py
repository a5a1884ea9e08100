"""Models in words."""

from __future__ import annotations

from ..display.text import count, counted, plain, size, when
from ..jobs.schema import Started
from ..models.schema import CachedModelList, HookPoints, MemoryEstimate, Model, ModelCard, ModelFacts, ModelList, TriedText
from .shown import pairs, table

# A whole configuration is for --json.
LEFT_OUT = {"config", "weights", "fingerprint", "tokenizer"}


def models(found: ModelList) -> str:
    rows = [
        (
            each.id,
            each.name,
            each.state,
            each.facts.family if each.facts else "—",
            count(each.facts.parameters if each.facts else None),
            count(each.facts.layers if each.facts else None),
            count(each.facts.hidden_size if each.facts else None),
            each.precision,
            size(each.facts.bytes if each.facts else None),
            "yes" if each.linked else "no",
            when(each.created),
        )
        for each in found.models
    ]
    headers = ("id", "name", "state", "family", "parameters", "layers", "width", "precision", "size", "linked", "created")
    return table(headers, rows, "There are no models.")


def model(found: Model | Started) -> str:
    if isinstance(found, Started):
        return pairs({"id": found.object, "job": found.job or "none: it was there already"})
    source = found.source
    about: dict[str, object] = {"id": found.id, "name": found.name, "state": found.state, "reason": found.reason}
    about |= {
        "precision": found.precision,
        "source": source.path or source.name,
        "commit": source.commit,
        "linked": "yes" if found.linked else "no",
    }
    if found.facts is not None:
        about |= _facts(found.facts)
    return pairs(about | {"tags": ", ".join(found.tags), "notes": found.notes, "created": when(found.created)})


def _facts(facts: ModelFacts) -> dict[str, object]:
    shown: dict[str, object] = {}
    for name, value in facts.model_dump(exclude=LEFT_OUT).items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        words = size(value) if name == "bytes" else count(value) if number else value
        shown[name.replace("_", " ")] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else words
    return shown


def card(found: ModelCard) -> str:
    return plain(found.text, lines=True)


def cached(found: CachedModelList) -> str:
    rows = [(each.name, each.commit[:8], size(each.bytes), each.model or "—") for each in found.models]
    return table(("name", "commit", "size", "model"), rows, "The hub's cache on this machine has no whole model.")


def estimate(found: MemoryEstimate) -> str:
    fits = "yes" if found.fits else f"no; {found.smaller} would" if found.smaller else "no, and no other precision would"
    needed, free = size(found.weights), size(found.free)
    rows = [
        (each.precision, size(each.weights), plain(each.problem) if each.problem else "yes" if each.fits else "no")
        for each in found.precisions
    ]
    asked = pairs({"precision": found.precision, "weights": needed, "free": free, "device": found.device, "fits": fits})
    return f"{asked}\n\n{table(('precision', 'weights', 'fits'), rows, '')}"


def hook_points(found: HookPoints) -> str:
    there = [(each.kind, _ranges(each.layers), count(each.width), each.title) for each in found.points]
    lines = [f"{each.kind}, layers {_ranges(each.layers)}: {each.why}" for each in found.missing]
    listed = table(("hook point", "layers", "width", "what it is"), there, "The model has no hook points.")
    return "\n".join([listed, *(["", "Not there:", *lines] if lines else [])])


def _ranges(numbers: list[int]) -> str:
    """0-2, 5 for 0, 1, 2, 5; those numbers are in order."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and runs[-1][-1] == each - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def tried(found: TriedText) -> str:
    speed = (
        f"{counted(found.tokens, 'token')} in {found.seconds:.1f} s, {found.precision} on {found.device}, {size(found.measured)}"
    )
    return f"{plain(found.text, lines=True)}\n\n{speed}"
