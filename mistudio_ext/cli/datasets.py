"""Datasets and their samples in words."""

from __future__ import annotations

from ..datasets.deriving_schema import CleaningPreview, RuleCount
from ..datasets.reading_schema import SourceLook
from ..datasets.schema import Dataset, DatasetFacts, DatasetList, Sample, SamplePage
from ..datasets.tokenizing_schema import Tokenization
from ..display.facts import bad_rows, repaired_rows, rules
from ..display.samples import in_words
from ..display.text import count, counted, plain, size, visible, visible_lines, when
from ..jobs.schema import Started
from . import tokenizations
from .shown import facts, pairs, table


def datasets(found: DatasetList) -> str:
    rows = [
        (
            each.id,
            each.name,
            each.state,
            count(each.facts.samples if each.facts else None),
            size(each.facts.bytes if each.facts else None),
            each.tokenizations,
            when(each.created),
        )
        for each in found.datasets
    ]
    return table(("id", "name", "state", "samples", "size", "tokenizations", "created"), rows, "There are no datasets.")


def thing(found: Dataset | Tokenization | Started) -> str:
    if isinstance(found, Started):
        return pairs({"id": found.object, "job": found.job or "none: it was there already"})
    about: dict[str, object] = {"id": found.id, "name": found.name, "state": found.state, "reason": found.reason}
    about |= _about(found) if isinstance(found, Dataset) else tokenizations.about(found)
    if found.facts is not None:
        about |= facts(found.facts)
        if isinstance(found, Dataset):
            about |= _in_detail(found.facts)
    return pairs(about | {"tags": ", ".join(found.tags), "notes": found.notes, "created": when(found.created)})


def _about(found: Dataset) -> dict[str, object]:
    source = found.source
    about: dict[str, object] = {"source": source.path or source.name, "tokenizations": found.tokenizations}
    if source.derived is not None:
        about["made from"] = f"{source.derived.dataset}, {'cleaned' if source.derived.cleaned else 'arranged'}"
    return about


def _in_detail(found: DatasetFacts) -> dict[str, object]:
    """Facts that are more than a number."""
    words = {"rules": rules(found.rules), "bad rows": bad_rows(found), "repaired rows": repaired_rows(found)}
    return {key: value for key, value in words.items() if value} | {"bad examples": None}


def sample_page(page: SamplePage) -> str:
    return in_words(page.samples, page, "--offset {} goes on")


def sample(found: Sample) -> str:
    about = pairs({"id": found.id, "row": found.row, "split": found.split, "characters": count(found.length)})
    # Apart, as a stranger's column may be called “id” or “row” too.
    others = pairs(found.other)
    return "\n\n".join(each for each in (about, others, visible_lines(found.text)) if each)


def look(found: SourceLook) -> str:
    about: dict[str, object] = {"files": count(found.files), "size": size(found.bytes), "formats": ", ".join(found.formats)}
    about |= {
        "rows hold": found.rows if found.rows != "auto" else None,
        "text columns": ", ".join(found.chosen),
        "problem": found.problem,
    }
    about |= {"bad rows": "; ".join(found.bad_rows)}
    columns = [(each.name, each.type, visible(each.example)) for each in found.columns]
    samples = [(each.split, count(each.length), visible(each.text)) for each in found.samples]
    parts = [pairs(about), table(("column", "type", "example"), columns, ""), table(("split", "length", "sample"), samples, "")]
    return "\n\n".join(each for each in parts if each)


def cleaning(found: CleaningPreview) -> str:
    did = table(("rule", "changed", "dropped"), [_counts(each) for each in found.rules], "")
    lines = []
    for each in found.samples:
        after = "dropped" if each.after is None else plain(visible(each.after), 200)
        lines += [f"{each.row:>8}  {plain(visible(each.before), 200)}", f"       →  {after}"]
    note = (
        f"Of {counted(found.looked_at, 'sample')} {count(found.changed)} would change, {count(found.dropped)} would be dropped."
    )
    return "\n".join([did, "", *lines, note])


def _counts(found: RuleCount) -> tuple[str, str, str]:
    return found.rule, count(found.changed), count(found.dropped)
