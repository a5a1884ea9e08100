"""Any request at all, made from the OpenAPI document: never a 500, always as described, and a refusal has changed nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from mistudio_ext.server import openapi
from tests.support.tokenizer import make_tokenizer
from tests.support.world import World

load_all_checks()
DESCRIBED = [
    CHECKS.get_one(name)
    for name in (
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    )
]
# Who may ask is `test_security`'s question; here everybody may.
DOCUMENT = {name: value for name, value in openapi.document().items() if name != "security"}
OPERATIONS = {each.ok().label: each.ok() for each in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()}
WITH_PARAMETERS = [label for label, each in OPERATIONS.items() if each.query or each.body or each.path_parameters]
ANY = [
    *((label, GenerationMode.POSITIVE) for label in OPERATIONS),
    *((label, GenerationMode.NEGATIVE) for label in WITH_PARAMETERS),
]
NAMES = [f"{label}-{mode.value}" for label, mode in ANY]
# The other requests need something to be there.
SELDOM = 12


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("world"), make_tokenizer(tmp_path_factory.mktemp("made") / "tokenizer"))
    world.fill()
    with world.nobody_works():
        world.server.start()
        try:
            yield world
        finally:
            world.server.kill()
    from tests.support import ending

    ending.lanes(world.workspace)
    world.workspace.close()


# What was made too long or empty to be refused must stay so.
ROOM = {"path": 4096, "tokenizer": 4096, "upload": 20, "tokenization": 100, "model": 100, "folder": 4096}
OF_HUB = ("hub", "config", "split", "revision", "row_limit")


def put_real_things_in(world: World, case: Any, turn: int, mode: GenerationMode) -> None:
    """Random words name nothing that is there: of three requests, two get the ids, folders and file names of real things."""
    kind = case.operation.path.split("/")[1]
    if "id" in (case.path_parameters or {}) and kind in world.ids:
        there = world.ids[kind]
        if case.operation.method == "delete":
            if turn % SELDOM == 0 and len(there) > 1:
                case.path_parameters["id"] = there.pop()
        elif turn % 3:
            case.path_parameters["id"] = there[turn % len(there)]
    if "row" in (case.path_parameters or {}) and turn % 2:
        case.path_parameters["row"] = str(turn % 60)
    if isinstance(case.body, dict) and turn % 3:
        put_real_things_in_body(world, case.operation.label, case.body, turn, mode)


def put_real_things_in_body(world: World, label: str, body: dict[str, Any], turn: int, mode: GenerationMode) -> None:
    real = {
        "path": str({"POST /models": world.models[0], "POST /saes": world.sae}.get(label, world.text)),
        "tokenizer": str(world.tokenizer),
        "upload": world.ids["uploads"][-1],
        "tokenization": world.ids["tokenizations"][0],
        "model": world.ids["models"][0],
        "folder": str(world.text.parent),
    }
    given = {name: value for name in real if isinstance(value := body.get(name), str)}
    body.update({name: real[name] for name, value in given.items() if 0 < len(value) <= ROOM[name]})
    if label == "POST /datasets" and mode is GenerationMode.POSITIVE:
        chosen = ("texts", "path", "upload")[turn // 3 % 3]
        for name in {"texts", "path", "upload", *OF_HUB} - {chosen}:
            body.pop(name, None)
        if body.get(chosen) is None:
            body[chosen] = real.get(chosen, ["one", "two"])
    elif label == "POST /models" and mode is GenerationMode.POSITIVE:
        chosen = ("path", "hub")[turn // 3 % 2]
        for name in {"path", "hub", "cached", "revision"} - {chosen}:
            body.pop(name, None)
        body[chosen] = {"path": real["path"], "hub": f"org/name-{turn}"}[chosen]
    elif label == "POST /saes" and mode is GenerationMode.POSITIVE:
        body |= {"path": real["path"], "upload": None}
        if turn % 2:
            body |= {"hook": "layers.1.resid_post", "model": None}
    elif label == "POST /models/{id}/try" and mode is GenerationMode.POSITIVE:
        # Another precision is another load, and longer texts are for longer models.
        body |= {"precision": "float32", "max_tokens": 1 + turn % 4}
    elif label == "POST /uploads" and isinstance(body.get("name"), str):
        body["name"] += ".jsonl"
    elif label.startswith("PATCH") and body.get("name", "") is None:
        body["name"] = f"name {turn}"
    elif label == "POST /tokens/preview":
        body.pop("tokenization" if turn % 2 else "tokenizer", None)


def ask(world: World, case: Any) -> Any:
    # The first live call that needs a model starts a process and loads one.
    return case.call(base_url=world.server.api.rstrip("/"), session=world.http, headers=world.server.headers, timeout=120)


def examine(world: World, label: str, mode: GenerationMode, count: int, *, same: bool) -> None:
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=same,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        print_blob=not same,
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def look(case: Any) -> None:
        nonlocal before, turn
        turn += 1
        put_real_things_in(world, case, turn, mode)
        response = ask(world, case)
        after = world.digest()
        # Of a file any bytes come.
        text = response.content[:2000].decode(errors="replace")
        said = f"{case.as_curl_command()}\n{response.status_code} {text}\n{world.server.log[-3000:]}"
        # A file may be announced that no disk can hold; a hub may be out of reach, which is no fault of a request that asks it.
        excused = (502, 503, 504, 507) if "hub/" in label else (507,)
        assert response.status_code < 500 or response.status_code in excused, said
        (id,) = response.headers["x-request-id"]
        if response.status_code >= 400:
            assert response.json()["error"]["request_id"] == id, said
        if response.status_code >= 400 or label.startswith("GET"):
            assert after == before, said
        case.validate_response(response, checks=DESCRIBED)
        before = after
        counts[response.status_code] = counts.get(response.status_code, 0) + 1

    counts: dict[int, int] = {}
    before, turn = world.digest(), 0
    look()
    print(label, mode.value, counts)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("label", "mode"), ANY, ids=NAMES)
def test_any_request(world: World, label: str, mode: GenerationMode) -> None:
    examine(world, label, mode, 24 if mode is GenerationMode.POSITIVE else 12, same=True)


@pytest.mark.long
@pytest.mark.parametrize(("label", "mode"), ANY, ids=NAMES)
def test_many_more_requests(world: World, label: str, mode: GenerationMode) -> None:
    examine(world, label, mode, 400, same=False)
