"""Fetching the files of a listing in pieces, several at once; each file is checked as soon as its last piece is there."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

import httpx

from ..contract.errors import MiStudioError, Unreadable
from .client import Hub
from .listing import asked_for, file_url
from .part import Part
from .refusals import changed
from .schema import Listing
from .trouble import Changed, Patience, Stopped, Trouble

# Large files are fetched in pieces of this size, so that a single one keeps all connections busy.
PIECE = 32 * 2**20
# A file that is not what was promised is fetched once more; twice wrong is no accident.
ATTEMPTS = 2


@dataclass(eq=False)
class Piece:
    target: Target
    start: int
    end: int


@dataclass(eq=False)
class Target:
    """A file and its pieces. Where the hub gives files only whole, one piece leads and fetches for all."""

    part: Part
    pieces: list[Piece] = field(default_factory=list)
    open: int = 0
    failures: int = 0
    leader: Piece | None = None

    def cut(self) -> list[Piece]:
        size = self.part.file.size
        self.pieces = [Piece(self, start, min(start + PIECE, size)) for start in range(0, max(size, 1), PIECE)]
        self.open, self.leader = len(self.pieces), None
        return self.pieces


class Fetch:
    """`work` is run by several threads until nothing is left to do."""

    def __init__(self, hub: Hub, listing: Listing, parts: list[Part]):
        self._hub = hub
        self._listing = listing
        self._lock = threading.Lock()
        self._received = 0
        targets = [Target(part) for part in sorted(parts, key=lambda part: -part.file.size) if not part.is_whole]
        self._queue = deque(piece for target in targets for piece in target.cut())

    @property
    def received(self) -> int:
        """Bytes that came over the network."""
        return self._received

    def work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    return
                piece = self._queue.popleft()
            try:
                self._fetch(piece)
            except Changed:
                self._failed(piece.target, self._changed(piece.target))
            self._settle(piece.target)

    def _fetch(self, piece: Piece) -> None:
        patience = self._hub.patience()
        while missing := self._missing(piece):
            try:
                self._request(piece, *missing[0], patience)
            except Trouble as trouble:
                patience.again(trouble)

    def _missing(self, piece: Piece) -> list[tuple[int, int]]:
        target = piece.target
        if target.leader is None:
            return target.part.missing(piece.start, piece.end)
        if target.leader is piece:
            return target.part.missing(0, target.part.file.size)
        return []

    def _request(self, piece: Piece, start: int, end: int, patience: Patience) -> None:
        target, size = piece.target, piece.target.part.file.size
        whole = (start, end) == (0, size) or target.leader is piece
        headers = {} if whole else {"Range": f"bytes={start}-{end - 1}"}
        url, asked = file_url(self._listing, target.part.file), asked_for(self._hub, self._listing, target.part.file)
        with self._hub.open("GET", url, asked, headers) as response:
            self._check_content(response, target.part)
            if response.status_code == 206:
                check_range(response, start, end, size)
            elif response.status_code == 200:
                check_length(response, size)
                if not whole and not self._leads(piece):
                    return
                start, end = 0, size
            else:
                raise Changed(f"status {response.status_code}")
            self._receive(piece, response, start, end, patience)

    def _receive(self, piece: Piece, response: httpx.Response, start: int, end: int, patience: Patience) -> None:
        part, position = piece.target.part, start
        for chunk in response.iter_raw():
            if self._hub.turn.stopped.is_set():
                raise Stopped
            data = chunk[: end - position]
            # Where the hub does not do ranges, what we have comes again; only what is new counts as progress.
            if part.missing(position, position + len(data)):
                part.write(position, data)
                patience.progress()
            position += len(data)
            with self._lock:
                self._received += len(chunk)
            if len(data) < len(chunk):
                return  # more than was asked for
        if position < end:
            raise Trouble(broken(self._listing.endpoint))

    def _check_content(self, response: httpx.Response, part: Part) -> None:
        """The hub's own tag of the file, where one came that can be compared."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Trouble(broken(self._listing.endpoint))
        tag = response.headers.get("etag", "").removeprefix("W/").strip('"')
        expected = part.file.content
        if len(tag) == len(expected) and all(sign in "0123456789abcdef" for sign in tag) and tag != expected:
            raise Changed(f"content {tag}")

    def _leads(self, piece: Piece) -> bool:
        with self._lock:
            if piece.target.leader is None:
                piece.target.leader = piece
            return piece.target.leader is piece

    def _settle(self, target: Target) -> None:
        """After the last open piece of a file: it is whole and right, or begins again."""
        with self._lock:
            target.open -= 1
            if target.open:
                return
        part = target.part
        if not part.missing(0, part.file.size):
            if part.finish(self._hub.turn.stopped):
                return
            self._failed(target, corrupt(self._listing, part.file.path))
        with self._lock:
            self._queue.extendleft(reversed(target.cut()))

    def _failed(self, target: Target, sentence: MiStudioError) -> None:
        with self._lock:
            target.failures += 1
            if target.failures >= ATTEMPTS:
                raise sentence
        target.part.start_over()

    def _changed(self, target: Target) -> MiStudioError:
        return changed(asked_for(self._hub, self._listing, target.part.file))


def check_range(response: httpx.Response, start: int, end: int, size: int) -> None:
    unit, _, given = response.headers.get("content-range", "").partition(" ")
    span, _, total = given.partition("/")
    first, _, last = span.partition("-")
    if unit != "bytes" or first != str(start) or not last.isdecimal() or int(last) >= end or total not in (str(size), "*"):
        raise Changed(f"range {given} instead of {start}-{end - 1}/{size}")


def check_length(response: httpx.Response, size: int) -> None:
    length = response.headers.get("content-length")
    if length is not None and length != str(size):
        raise Changed(f"{length} bytes instead of {size}")


def broken(endpoint: str) -> MiStudioError:
    return Unreadable(
        f"{endpoint} ends its answers before they are whole.", "Retry later; what has arrived is kept.", code="hub_answer"
    )


def corrupt(listing: Listing, path: str) -> MiStudioError:
    return Unreadable(
        f"{path} of {listing.id} arrived damaged, twice: its bytes are not those that the hub's list promises.",
        "Retry later. If it stays so, the mirror or a proxy on the way changes files; tell whoever runs it.",
        code="hub_corrupt",
    )
