"""Nobody without the right gets anything: every route is asked, and the websocket and the document too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from mistudio_ext.server.routes import all_routes

ROUTES = [
    *((route.verb, re.sub(r"\{\w+\}", "ds_00000000", route.path), route.raw_body) for route in all_routes()),
    ("GET", "openapi.json", False),
    ("GET", "no/such/address", False),
    ("GET", "", False),
]
CHANGING = [each for each in ROUTES if each[0] != "GET"]


class Answered(Exception):
    pass


@pytest.fixture(autouse=True)
def served(http_server: object) -> None:
    """Without it the port is bound and nobody answers."""


@pytest.fixture
def ask(jp_http_port: int, jp_base_url: str) -> Any:
    async def ask(verb: str, path: str, raw: bool = False, **headers: str) -> tuple[int, dict[str, Any], Any]:
        body = None if verb in ("GET", "DELETE") else (b"x" if raw else b"{}")
        request = HTTPRequest(
            f"http://127.0.0.1:{jp_http_port}{jp_base_url}mistudio/api/{path}",
            method=verb,
            body=body,
            headers=headers,
            follow_redirects=False,
        )
        response = await AsyncHTTPClient().fetch(request, raise_error=False)
        return response.code, json.loads(response.body) if response.body else {}, response.headers

    return ask


@pytest.fixture
def login(jp_serverapp: Any, jp_http_port: int, jp_base_url: str) -> Any:
    """The cookies of somebody who logged in, as one header, and the XSRF token in them."""

    async def login() -> tuple[str, str]:
        token = jp_serverapp.identity_provider.token
        url = f"http://127.0.0.1:{jp_http_port}{jp_base_url}"
        form = await AsyncHTTPClient().fetch(f"{url}login")
        xsrf = _cookies(form.headers)["_xsrf"]
        answer = await AsyncHTTPClient().fetch(
            f"{url}login",
            method="POST",
            body=f"password={token}&_xsrf={xsrf}",
            headers={"Cookie": f"_xsrf={xsrf}"},
            follow_redirects=False,
            raise_error=False,
        )
        assert answer.code == 302, answer.body
        cookies = {"_xsrf": xsrf} | _cookies(answer.headers)
        return "; ".join(f"{name}={value}" for name, value in cookies.items()), cookies["_xsrf"]

    return login


def _cookies(headers: Any) -> dict[str, str]:
    return dict(each.split(";")[0].split("=", 1) for each in headers.get_list("Set-Cookie"))


@pytest.fixture
def connect(jp_http_port: int, jp_base_url: str) -> Any:
    async def connect(query: str = "", **headers: str) -> str:
        """What the websocket said at first, or the status of the refusal."""
        request = HTTPRequest(f"ws://127.0.0.1:{jp_http_port}{jp_base_url}mistudio/api/events{query}", headers=headers)
        try:
            socket = await websocket_connect(request)
        except HTTPClientError as error:
            refused = error.response
        else:
            said = await socket.read_message()
            socket.close()
            return str(said)
        assert refused
        assert json.loads(refused.body)["error"]["request_id"] == refused.headers["X-Request-Id"]
        return str(refused.code)

    return connect


async def test_no_route_answers_without_a_token(ask: Any, connect: Any, jp_root_dir: Path, tmp_path: Path) -> None:
    for verb, path, raw in ROUTES:
        status, form, headers = await ask(verb, path, raw)
        assert status == 403, (verb, path)
        assert form["error"]["code"] == "http_403"
        assert form["error"]["request_id"] == headers["X-Request-Id"]
        assert (await ask(verb, path, raw, Authorization="token wrong"))[0] == 403, (verb, path)
    assert await connect() == "403"
    assert await connect("?token=wrong") == "403"
    assert not (tmp_path / "workspace" / "uploads").exists() or not list((tmp_path / "workspace" / "uploads").iterdir())


async def test_a_token_in_the_address_is_as_good_as_in_the_header(ask: Any, connect: Any, jp_serverapp: Any) -> None:
    token = jp_serverapp.identity_provider.token
    # JupyterLab appends the time to each request, without a name.
    assert (await ask("GET", f"datasets?token={token}&1763720000000"))[0] == 200
    assert json.loads(await connect(f"?token={token}")) == {"events": [], "last": 0}


async def test_a_cookie_alone_changes_nothing(ask: Any, login: Any) -> None:
    cookie, xsrf = await login()
    assert (await ask("GET", "datasets", Cookie=cookie))[0] == 200
    for verb, path, raw in CHANGING:
        status, form, _ = await ask(verb, path, raw, Cookie=cookie)
        assert status == 403, (verb, path)
        assert "XSRF" in form["error"]["hint"]
        status, form, _ = await ask(verb, path, raw, **{"Cookie": cookie, "X-XSRFToken": "wrong"})
        assert status == 403, (verb, path)
    for verb, path, raw in CHANGING:
        status, form, _ = await ask(verb, path, raw, **{"Cookie": cookie, "X-XSRFToken": xsrf})
        assert status != 403, (verb, path, form)


async def test_a_cookie_from_another_origin_gets_nothing(ask: Any, login: Any, connect: Any, jp_http_port: int) -> None:
    cookie, xsrf = await login()
    own, other = f"http://127.0.0.1:{jp_http_port}", "http://evil.example"
    for verb, path, raw in ROUTES:
        headers = {"Cookie": cookie, "X-XSRFToken": xsrf, "Origin": other, "Referer": f"{other}/page"}
        status, form, answered = await ask(verb, path, raw, **headers)
        assert status in (403, 404), (verb, path)
        assert form["error"]["code"].startswith("http_"), form
        assert "Access-Control-Allow-Origin" not in answered
    assert json.loads(await connect(Cookie=cookie, Origin=own))["last"] == 0
    assert await connect(Cookie=cookie, Origin=other) == "403"
    assert await connect(Cookie=cookie, Origin="null") == "403"


class Denying(Authorizer):
    """Writes down what it is asked and denies one action."""

    denied = ""
    asked: list[tuple[str, str]] = []  # noqa: RUF012 - shared on purpose: the server makes the instance

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return action != self.denied


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest, jp_server_config: dict[str, Any]) -> dict[str, Any]:
    Denying.denied = ""
    Denying.asked.clear()
    jp_server_config["ServerApp"]["authorizer_class"] = Denying
    return jp_server_config


@pytest.mark.parametrize("denied", ["read", "write"])
async def test_the_authorizer_is_asked_and_obeyed(ask: Any, connect: Any, jp_serverapp: Any, denied: str) -> None:
    token = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    Denying.denied = denied
    for verb, path, raw in ROUTES:
        Denying.asked.clear()
        status, form, _ = await ask(verb, path, raw, **token)
        action = "read" if verb == "GET" else "write"
        assert Denying.asked == [(action, "mistudio_ext")], (verb, path)
        assert (status == 403) == (action == denied), (verb, path, form)
    Denying.asked.clear()
    assert (await connect(**token) == "403") == (denied == "read")
    assert Denying.asked == [("read", "mistudio_ext")]


async def test_every_handler_says_who_may_use_it(jp_serverapp: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Jupyter warns of each handler that forgot; with unauthenticated access off it also closes it."""
    assert jp_serverapp.allow_unauthenticated_access is False
    from mistudio_ext.server.events import EventsHandler
    from mistudio_ext.server.handlers import ApiHandler

    for handler in (ApiHandler, EventsHandler):
        assert not jp_serverapp.web_app._check_handler_auth(".*", handler)
