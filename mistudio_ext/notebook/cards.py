"""The HTML of our displays: plain elements with inline style, in the theme's colors where there is a theme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..display.table import numeric
from ..display.text import markup

Pairs = Sequence[tuple[str, str]]

FONT = "font-family: var(--jp-ui-font-family, sans-serif); font-size: var(--jp-ui-font-size1, 13px)"
ACCENT = "var(--jp-brand-color1, #2196f3)"
FAINT = "opacity: 0.7"
LINE = "1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.4))"
CELL = "text-align: left; vertical-align: top; padding: 1px 12px 1px 0; white-space: nowrap"
NUMBERS = f"{CELL}; text-align: right; font-variant-numeric: tabular-nums"
# Only what is long is wrapped, also within a word; a minimum keeps its column from being squeezed to single letters.
TEXT = f"{CELL}; white-space: normal; overflow-wrap: anywhere; min-width: 16em; max-width: 60em"
LONG, CUT = 40, 400


def card(kind: str, id: str, name: str, pairs: Pairs, more: str = "") -> str:
    """An object at a glance: what it is, its facts, and `more`, which is HTML already."""
    rows = "".join(f"<tr>{_heading(key)}{_cell(value)}</tr>" for key, value in pairs)
    heading = f"<div><b>{markup(name, 200)}</b> <span style='{FAINT}'>{markup(kind)} <code>{markup(id)}</code></span></div>"
    style = f"{FONT}; border-left: 3px solid {ACCENT}; padding-left: 10px; overflow-wrap: anywhere"
    return f'<div style="{style}">{heading}{_table(rows)}{more}</div>'


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], note: str = "") -> str:
    rows = list(rows)
    foot = f'<div style="{FAINT}">{markup(note)}</div>' if note else ""
    if not rows:
        return f'<div style="{FONT}">{foot}</div>'
    numbers = numeric(rows, len(headers))
    head = "".join(
        f'<th style="{NUMBERS if number else CELL}; {FAINT}; border-bottom: {LINE}">{markup(each)}</th>'
        for each, number in zip(headers, numbers, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row, numbers))}</tr>" for row in rows)
    return f'<div style="{FONT}">{_table(f"<tr>{head}</tr>{body}")}{foot}</div>'


def bar(label: str, words: str, part: float | None) -> str:
    """A progress bar; without a part there is nothing to fill."""
    filled = 0 if part is None else round(part * 100)
    value = "" if part is None else f' aria-valuenow="{filled}"'
    track = (
        f'<div role="progressbar" aria-label="{markup_attribute(label)}" aria-valuemin="0" aria-valuemax="100"{value} '
        f'style="height: 6px; max-width: 30em; margin: 3px 0; border-radius: 3px; background-color: rgba(128, 128, 128, 0.3)">'
        f'<div style="height: 6px; width: {filled}%; border-radius: 3px; background-color: {ACCENT}"></div></div>'
    )
    return f'<div style="{FONT}">{markup(label, 100)} <span style="{FAINT}">{markup(words)}</span>{track}</div>'


def note(text: str) -> str:
    return f'<div style="{FONT}">{markup(text)}</div>'


def markup_attribute(text: str) -> str:
    """For an attribute there is no isolating element, and no need of one."""
    return markup(text, 200).removeprefix("<bdi>").removesuffix("</bdi>")


def _heading(text: str) -> str:
    return f'<th style="{CELL}; font-weight: normal; {FAINT}">{markup(text)}</th>'


def _cell(text: str, number: bool = False) -> str:
    style = NUMBERS if number else TEXT if len(text) > LONG else CELL
    return f'<td style="{style}">{markup(text, CUT)}</td>'


def _table(rows: str) -> str:
    return f'<table style="border-collapse: collapse; margin: 4px 0; table-layout: auto">{rows}</table>'
