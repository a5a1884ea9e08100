"""The REST face from the outside."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError


async def call(jp_fetch: Any, verb: str, *path: str, body: Any = None, **query: Any) -> Any:
    given = json.dumps(body) if body is not None else ("{}" if verb in ("POST", "PATCH") else None)
    response = await jp_fetch(
        "mistudio",
        "api",
        *path,
        method=verb,
        params=query,
        body=given,
        headers={"Content-Type": "application/json"} if given else {},
        # A live call may have to start its lane first.
        request_timeout=120,
    )
    return json.loads(response.body) if response.body else None


async def ready(jp_fetch: Any, *path: str) -> Any:
    for _ in range(600):
        record = await call(jp_fetch, "GET", *path)
        if record["state"] != "working":
            return record
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path} is still working")


async def test_a_dataset_from_text_to_tokens(jp_fetch: Any, tokenizer_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tok").symlink_to(tokenizer_folder)
    started = await call(jp_fetch, "POST", "datasets", body={"texts": ["one two three", "four five"] * 100, "name": "words"})
    dataset = await ready(jp_fetch, "datasets", started["object"])
    assert dataset["state"] == "ready", dataset["reason"]
    assert dataset["facts"]["samples"] == 200
    page = await call(jp_fetch, "GET", "datasets", started["object"], "samples", offset=199)
    assert page["samples"][0]["text"] == "four five"
    assert page["total"] == 200


async def test_errors_have_the_one_form(jp_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await call(jp_fetch, "POST", "datasets", body={"texts": "not a list"})
    form = json.loads(caught.value.response.body)
    assert caught.value.code == 400
    assert form["error"]["field"] == "texts"


async def test_what_keeps_caches_from_answering_is_no_parameter(jp_fetch: Any) -> None:
    assert (await call(jp_fetch, "GET", "datasets", **{"1790000000000": ""}))["datasets"] == []
    for name, value in (("4", ""), ("1790000000000", "5")):
        with pytest.raises(HTTPClientError) as caught:
            await call(jp_fetch, "GET", "datasets", **{name: value})
        assert caught.value.code == 400
