"""Text out of HTML: one pass, in time that grows with the text alone, and whatever is no markup stays as it is.

What is `a < b` or `List<String>` to a person is no tag here: a tag has a name of HTML's own, written in small or in
capital letters, and is closed. Whatever is broken is text: nothing is lost for want of a quote or an end.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from html.entities import html5

# Each stands on lines of its own.
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "noscript", "ol", "optgroup", "option", "p",
    "pre", "section", "select", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
))  # fmt: skip
CELLS = frozenset(("td", "th"))
# What is in them is no text.
HIDDEN = frozenset(("script", "style", "svg"))
OTHERS = frozenset((
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "bdi", "bdo", "big", "blink", "button", "canvas", "cite",
    "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed", "font", "frame", "i", "iframe", "img",
    "input", "ins", "kbd", "label", "link", "map", "mark", "marquee", "math", "meta", "meter", "nobr", "noframes", "o:p",
    "object", "output", "param", "picture", "progress", "q", "rp", "rt", "ruby", "s", "samp", "search", "slot", "small",
    "source", "span", "strike", "strong", "sub", "sup", "template", "textarea", "time", "track", "tt", "u", "var", "video",
    "wbr",
))  # fmt: skip
TAGS = BLOCKS | CELLS | HIDDEN | OTHERS

NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:_.-]*)(?=[\s/>])", re.ASCII)
BETWEEN = re.compile(r"[\s/]*")
ATTRIBUTE = re.compile(r"""[A-Za-z_:@*#(\[][^\s"'<>/=]*(?P<value>\s*=\s*(?:(?P<quote>["'])|[^\s"'<>=`]+))?""")
DECLARATION = re.compile(r"<(?:!doctype\b|\?xml\b|!\[(?:if|endif)\b)[^<>]*>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def strip_html(text: str) -> str:
    return _Stripper(text).result() if "<" in text or "&" in text else text


class _Stripper:
    def __init__(self, text: str):
        self.text = text
        self.out: list[str] = []
        self.breaks = 0  # line ends that must stand before the next text
        self.cell = False  # or at least a tab
        self.newlines = 0  # at the end of what was written
        self.missing: set[str] = set()  # ends that do not come any more: looked for once, not again at each beginning

    def result(self) -> str:
        begin = at = 0
        while (at := self.text.find("<", at)) >= 0:
            end = self._markup(at)
            if end < 0:
                at = -end
                continue
            self._write(self.text[begin:at])
            begin = at = self._past(at, end)
        self._write(self.text[begin:])
        return "".join(self.out)

    def _markup(self, at: int) -> int:
        """Where the markup that begins here ends; if none does, less than 0: where to look on."""
        if self.text.startswith("<!--", at):
            end = self._find("-->", at + 4)
            return end + 3 if end >= 0 else -(at + 4)
        if self.text.startswith(("<!", "<?"), at):
            declaration = DECLARATION.match(self.text, at)
            return declaration.end() if declaration else -(at + 2)
        name = NAME.match(self.text, at + 1)
        if not name or name[1].lower() not in TAGS or not (name[1].islower() or name[1].isupper()):
            return -(at + 1)
        # “if a<b and c>d”: one letter and bare words are rather a comparison.
        return self._tag(name.end(), bare=len(name[1]) > 1)

    def _tag(self, at: int, *, bare: bool) -> int:
        while True:
            at = self._end_of(BETWEEN, at)
            if self.text.startswith(">", at):
                return at + 1
            attribute = ATTRIBUTE.match(self.text, at)
            if not attribute or not (bare or attribute["value"]):
                return -at
            at = attribute.end()
            if attribute["quote"]:
                close = self._find(attribute["quote"], at)
                if close < 0:
                    return -at
                at = close + 1

    def _past(self, at: int, end: int) -> int:
        """Do what a tag says, and go on after it and what it hides."""
        name = NAME.match(self.text, at + 1)
        if not name:
            return end
        tag = name[1].lower()
        if tag == "br":
            self.breaks += 1
        elif tag in BLOCKS:
            self.breaks = max(self.breaks, 1)
        elif tag in CELLS:
            self.cell = True
        opens = self.text[at + 1] != "/" and self.text[end - 2] != "/"
        if tag in HIDDEN and opens and tag not in self.missing:
            close = _closing(tag).search(self.text, end)
            if close:
                return close.end()
            self.missing.add(tag)
        return end

    def _write(self, text: str) -> None:
        if not text:
            return
        body = text.strip()
        if self.out and self.breaks:
            ahead = text[: len(text) - len(text.lstrip())].count("\n")
            more = max(0, self.breaks - self.newlines - ahead)
            self.out.append("\n" * more)
            self.newlines += more
        elif self.out and self.cell and not text[0].isspace() and not self.out[-1][-1:].isspace():
            self.out.append("\t")
        self.breaks, self.cell = 0, False
        self.out.append(ENTITY.sub(_character, text) if "&" in text else text)
        self.newlines = text[len(text.rstrip()) :].count("\n") + (0 if body else self.newlines)

    def _find(self, what: str, at: int) -> int:
        found = -1 if what in self.missing else self.text.find(what, at)
        if found < 0:
            self.missing.add(what)
        return found

    def _end_of(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self.text, at)
        return found.end() if found else at


@cache
def _closing(tag: str) -> re.Pattern[str]:
    return re.compile(rf"</{tag}\b[^<>]*>", re.IGNORECASE)


def _character(entity: re.Match[str]) -> str:
    written = entity[0]
    return unescape(written) if written[1] == "#" else html5.get(written[1:], written)
