"""What can go wrong between us and a hub: what passes if one waits, and what does not."""

from __future__ import annotations

import random
import threading
import time
from email.utils import parsedate_to_datetime

import httpx

from ..contract.errors import Busy, MiStudioError

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
# A hub that wants to be left alone for longer than this is not waited for; the person is told instead.
LONGEST_HOLD = 600.0
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


class Trouble(Exception):
    """Worth another try; `sentence` is what a person is told when the tries are spent."""

    def __init__(self, sentence: MiStudioError, wait: float | None = None):
        super().__init__(str(sentence))
        self.sentence = sentence
        self.wait = wait


class Changed(Exception):
    """The hub does not serve what it listed."""


class Stopped(Exception):
    """The job lets go; nobody waits for this thread any more."""


class Turn:
    """When the next request may be made: one hub's rate limit holds back all threads, and all of them stop at once."""

    def __init__(self, stopped: threading.Event | None = None):
        self.stopped = stopped or threading.Event()
        self.hold_until = 0.0

    @property
    def held(self) -> float:
        """Seconds for which the hub asked to be left alone."""
        return max(0.0, self.hold_until - time.monotonic())

    def wait(self) -> None:
        while held := self.held:
            if self.stopped.wait(held):
                break
        if self.stopped.is_set():
            raise Stopped


class Patience:
    """Tries without progress, each after a longer wait. The jitter keeps many readers from coming back at one moment."""

    def __init__(self, tries: int, turn: Turn):
        self.tries = tries
        self.turn = turn
        self.failures = 0

    def progress(self) -> None:
        self.failures = 0

    def again(self, trouble: Trouble) -> None:
        """Wait for the next try; where there is none left, the sentence."""
        self.failures += 1
        if self.failures >= self.tries or (trouble.wait or 0) > LONGEST_HOLD:
            raise trouble.sentence
        if trouble.wait is not None:
            self.turn.hold_until = max(self.turn.hold_until, time.monotonic() + trouble.wait)
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self.failures - 1)) * random.uniform(0.5, 1.0)  # noqa: S311
        if self.turn.stopped.wait(wait):
            raise Stopped
        self.turn.wait()


def transport_trouble(error: httpx.HTTPError, endpoint: str, host: str) -> Trouble:
    """A connection that could not be made, or broke."""
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        sentence = Busy(
            f"The certificate of {host} cannot be verified.",
            "Where a proxy of your network signs its own, name its certificate file in SSL_CERT_FILE.",
            code="hub_certificate",
        )
    elif isinstance(error, httpx.ProxyError):
        sentence = Busy(
            "The proxy of this network does not let us through to the hub.",
            "Look at HTTPS_PROXY and NO_PROXY in the environment of the server, then retry.",
            code="hub_proxy",
        )
    elif isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        sentence = Busy(
            f"The hub at {endpoint} cannot be reached.",
            "Look whether this machine is online, and at the hub's address in the settings; then retry.",
            code="hub_unreachable",
        )
    elif isinstance(error, httpx.TimeoutException):
        sentence = Busy(f"{host} stopped answering.", "Retry later; what has arrived is kept.", code="hub_unreachable")
    else:
        sentence = Busy(
            f"The connection to {host} broke off again and again.", "Retry; what has arrived is kept.", code="hub_unreachable"
        )
    return Trouble(sentence)


def passing_trouble(status: int, headers: httpx.Headers, endpoint: str) -> Trouble:
    """An answer that says: not now."""
    wait = retry_after(headers)
    if status == 429:
        when = f"It asks to wait {round(wait):,} s." if wait else "It does not say for how long."
        return Trouble(
            Busy(
                f"The hub at {endpoint} limits how much may be asked of it, and the limit is reached. {when}",
                "Retry after that. With a token in the settings the limits are wider.",
                code="hub_rate_limited",
            ),
            wait,
        )
    return Trouble(
        Busy(f"The hub at {endpoint} has trouble of its own (status {status}).", "Retry later.", code="hub_down"), wait
    )


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds to wait, as the standard header says it, or the hub's own one (`"api";r=0;t=55`)."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    if text:
        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
        except (ValueError, OverflowError):
            return None
    limit = dict(part.strip().partition("=")[::2] for part in headers.get("ratelimit", "").split(";"))
    if limit.get("r") == "0" and limit.get("t", "").isdecimal():
        return float(limit["t"])
    return None
