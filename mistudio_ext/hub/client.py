"""The one place that speaks to a hub. It goes where the endpoint sends it, and shows the token to the endpoint alone."""

from __future__ import annotations

import copy
import ipaddress
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import httpx
from typing_extensions import Self

from .. import _version
from ..contract.errors import Busy, Forbidden, MiStudioError, Unreadable
from ..workspace.schema import Settings
from . import names
from .refusals import Asked, refusal
from .token import find_token
from .trouble import PASSING, Changed, Patience, Stopped, Trouble, Turn, passing_trouble, transport_trouble

MAX_HOPS = 5
MAX_JSON = 64 * 2**20
SHORT = 64 * 2**10
LISTING_TRIES = 3
HEADERS = {"User-Agent": f"mistudio-ext/{_version.__version__}", "Accept-Encoding": "identity"}


class Hub:
    """`turn` is shared by all threads of a download: it holds them back together and stops them together."""

    def __init__(self, endpoint: str, token: str | None = None, *, timeout: float = 30.0, tries: int = 8, connections: int = 4):
        if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
            raise Busy("This machine is set to stay offline (HF_HUB_OFFLINE).", "Unset it, and restart.", code="hub_offline")
        self.endpoint = names.check_endpoint(endpoint)
        self.tries = tries
        self.connections = connections
        self.turn = Turn()
        self._token = token
        self._origin = origin(httpx.URL(self.endpoint))
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0), pool=None),
            # Each thread goes back and forth between the hub and its storage; both connections stay.
            limits=httpx.Limits(max_connections=3 * connections, max_keepalive_connections=3 * connections),
            headers=HEADERS,
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> Hub:
        endpoint = names.endpoint_of(settings)
        return cls(
            endpoint, find_token(endpoint),
            timeout=settings.hub_timeout, tries=settings.hub_tries, connections=settings.hub_connections,
        )  # fmt: skip

    def again(self) -> Self:
        """The same hub and connections for another piece of work; threads of an earlier one stay stopped."""
        other = copy.copy(self)
        other.turn = Turn()
        return other

    @property
    def has_token(self) -> bool:
        return self._token is not None

    def close(self) -> None:
        self._client.close()

    def patience(self, tries: int | None = None) -> Patience:
        return Patience(tries or self.tries, self.turn)

    @contextmanager
    def open(self, method: str, url: str, asked: Asked, headers: dict[str, str] | None = None) -> Iterator[httpx.Response]:
        """One request, followed to where it ends. What an answer may be besides 2xx is 416; all else is raised."""
        host = httpx.URL(url).host
        try:
            response = self._follow(method, httpx.URL(url), asked, headers or {})
            try:
                yield response
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise transport_trouble(error, self.endpoint, host) from error

    def get_json(self, url: str, asked: Asked) -> tuple[Any, str | None]:
        """What the hub's interface answers, and the address of the next page."""
        patience = self.patience(min(self.tries, LISTING_TRIES))
        while True:
            try:
                with self.open("GET", url, asked) as response:
                    content = bytearray()
                    for chunk in response.iter_bytes():
                        self._stop_if_asked()
                        content += chunk
                        if len(content) > MAX_JSON:
                            raise no_hub(self.endpoint)
                    return json.loads(content), self._next_page(response)
            except (ValueError, RecursionError, Changed):
                raise no_hub(self.endpoint) from None
            except Trouble as trouble:
                patience.again(trouble)

    def _follow(self, method: str, url: httpx.URL, asked: Asked, headers: dict[str, str]) -> httpx.Response:
        for _hop in range(MAX_HOPS + 1):
            self.turn.wait()
            home = origin(url) == self._origin
            if home and self._token is not None:
                headers = headers | {"Authorization": f"Bearer {self._token}"}
            request = self._client.build_request(method, url, headers=headers)
            response = self._client.send(request, stream=True, follow_redirects=False)
            try:
                check_identity(response, asked)
                if not response.has_redirect_location:
                    self._check(response, asked, home)
                    return response
                target = place_of(response)
                # The token was for this hop only.
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
                if origin(target) != self._origin:
                    if method == "HEAD":
                        return response  # whom the hub sends to its storage may have the file; that address is for a GET only
                    check_target(target, httpx.URL(self.endpoint))
                url = target
                # A short answer read to its end leaves a connection that can be used again.
                if response.headers.get("content-length", "").isdecimal() and int(response.headers["content-length"]) <= SHORT:
                    response.read()
            except BaseException:
                response.close()
                raise
            response.close()
        raise Trouble(no_hub(self.endpoint))

    def _check(self, response: httpx.Response, asked: Asked, home: bool) -> None:
        status = response.status_code
        if response.is_success or status == 416:
            return
        if status in PASSING:
            raise passing_trouble(status, response.headers, self.endpoint)
        if not home:
            # A signed address of the hub's storage has run out, or something there is wrong: ask the hub for a new one.
            raise passing_trouble(status, response.headers, self.endpoint)
        raise refusal(asked, status, response.headers)

    def _next_page(self, response: httpx.Response) -> str | None:
        link = response.links.get("next", {}).get("url")
        if link is None:
            return None
        url = httpx.URL(urljoin(str(response.url), link))
        if origin(url) != self._origin:
            raise no_hub(self.endpoint)
        return str(url)

    def _stop_if_asked(self) -> None:
        if self.turn.stopped.is_set():
            raise Stopped


def place_of(response: httpx.Response) -> httpx.URL:
    """Where a redirect leads."""
    try:
        return httpx.URL(urljoin(str(response.url), response.headers["location"]))
    except (httpx.InvalidURL, ValueError):
        raise bad_redirect(httpx.URL()) from None


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def check_identity(response: httpx.Response, asked: Asked) -> None:
    """A file that is asked for by commit must come from that commit."""
    commit = response.headers.get("x-repo-commit")
    if asked.file is not None and commit is not None and commit != asked.revision:
        raise Changed(f"commit {commit} instead of {asked.revision}")


def check_target(url: httpx.URL, endpoint: httpx.URL) -> None:
    """A hub may send us to its storage, never into the network that this machine stands in."""
    if url.scheme not in ("http", "https") or url.userinfo or (endpoint.scheme == "https" and url.scheme != "https"):
        raise bad_redirect(url)
    if is_inside(url.host) and not is_inside(endpoint.host):
        raise bad_redirect(url)


@lru_cache(maxsize=256)
def is_inside(host: str) -> bool:
    """Whether this is an address that only machines around here can reach. Unknown names are left to a proxy to know."""
    try:
        found = {host} if _is_address(host) else {str(each[4][0]) for each in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return any(not ipaddress.ip_address(address.split("%")[0]).is_global for address in found)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def bad_redirect(url: httpx.URL) -> MiStudioError:
    return Forbidden(
        f"The hub wants to send us to {url.host or 'a place without a name'}, where a hub has no business.",
        "Nothing was fetched from there. Look at the hub's address in the settings.",
        code="hub_redirect",
    )


def no_hub(endpoint: str) -> MiStudioError:
    return Unreadable(f"{endpoint} does not answer like a hub.", "Look at the hub's address in the settings.", code="hub_answer")
