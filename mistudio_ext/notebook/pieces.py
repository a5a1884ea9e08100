"""A text cut into tokens, shown as colored pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..contract.models import checked
from ..datasets.tokenizations import preview_tokens
from ..datasets.tokenizing_schema import PreviewTokens, TokenPiece, TokenPreview
from ..display.text import count, counted, markup, plain, visible
from ..lanes.perform import perform
from ..workspace.workspace import Workspace as Core
from . import cards

# Light enough to read black and white text on; neighbors differ in hue and in strength, for those who see no hue.
COLORS = ("rgba(33, 150, 243, 0.20)", "rgba(255, 152, 0, 0.34)", "rgba(0, 150, 136, 0.20)", "rgba(156, 39, 176, 0.34)")
PIECE = "display: inline-block; white-space: pre-wrap; border-radius: 3px; padding: 0 1px; margin: 1px 0"
CHIP = f"{PIECE}; border: {cards.LINE}; padding: 0 4px; font-size: 85%"
SHOWN = 2000


class TokenPieces:
    """Tokens of a text, in order: `.ids`, `.tokens` (as the tokenizer writes them), `.texts` (what they stand for)."""

    def __init__(self, preview: TokenPreview):
        self.pieces = preview.tokens
        self.vocabulary = preview.vocabulary

    @property
    def ids(self) -> list[int]:
        return [each.id for each in self.pieces]

    @property
    def tokens(self) -> list[str]:
        return [each.token for each in self.pieces]

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.pieces]

    def __len__(self) -> int:
        return len(self.pieces)

    def __iter__(self) -> Iterator[TokenPiece]:
        return iter(self.pieces)

    def __getitem__(self, position: int) -> TokenPiece:
        return self.pieces[position]

    def __repr__(self) -> str:
        shown = "|".join(plain(visible(each.text), 200) for each in self.pieces[:SHOWN])
        return f"{shown}{self._rest()}\n{self._figures()}"

    def _repr_html_(self) -> str:
        shown = "".join(_piece(number, each) for number, each in enumerate(self.pieces[:SHOWN]))
        figures = f'<div style="{cards.FAINT}">{markup(self._figures())}</div>'
        return f'<div style="{cards.FONT}; line-height: 1.7">{shown}{self._rest()}{figures}</div>'

    def _rest(self) -> str:
        more = len(self.pieces) - SHOWN
        return f" … and {count(more)} more" if more > 0 else ""

    def _figures(self) -> str:
        return f"{counted(len(self.pieces), 'token')}, of a vocabulary of {count(self.vocabulary)}"


def preview(core: Core, text: str, params: dict[str, Any]) -> TokenPieces:
    return TokenPieces(perform(core, preview_tokens, checked(PreviewTokens, {"text": text} | params)))


def _piece(number: int, piece: TokenPiece) -> str:
    title = cards.markup_attribute(f"{piece.id} · {piece.token}")
    if piece.kind == "special":
        return f'<span title="{title}" style="{CHIP}">{markup(piece.text, 200)}</span>'
    color = COLORS[number % len(COLORS)]
    family = "; font-family: var(--jp-code-font-family, monospace)" if piece.kind == "bytes" else ""
    # A line break must show itself and still break the line.
    breaks = "<br>" * piece.text.count("\n") if piece.kind == "text" else ""
    return f'<span title="{title}" style="{PIECE}; background-color: {color}{family}">{_marked(piece)}</span>{breaks}'


def _marked(piece: TokenPiece) -> str:
    """The text with its blanks made visible, faintly."""
    blanks = len(piece.text) - len(piece.text.lstrip(" "))
    faint = f'<span style="opacity: 0.45">{"·" * min(blanks, 200)}</span>' if blanks else ""
    return faint + markup(piece.text[blanks:], 400)
