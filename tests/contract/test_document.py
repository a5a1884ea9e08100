"""The contract: one description, valid, up to date, and with a word for whoever fills in a form."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mistudio_ext.contract.errors import Conflict, MiStudioError, NotFound, error_from
from mistudio_ext.contract.operations import describe
from mistudio_ext.jobs.schema import ErrorForm
from mistudio_ext.server import openapi
from mistudio_ext.server.routes import all_routes, find

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = openapi.document()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def test_the_written_document_is_up_to_date() -> None:
    written = json.loads((REPOSITORY / "docs" / "openapi.json").read_text())
    assert written == DOCUMENT, "run `make contract`"


def test_every_schema_is_one() -> None:
    """OpenAPI 3.1 takes JSON Schema as it is."""
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert DOCUMENT["openapi"] == "3.1.0"
    text = json.dumps(DOCUMENT)
    assert {each.rsplit("/", 1)[1] for each in re.findall(r'"\$ref": "([^"]+)"', text)} <= set(SCHEMAS)


def test_every_operation_has_a_name_of_its_own_and_a_summary() -> None:
    operations = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names) == len(all_routes())
    assert all(each["summary"].endswith(".") for each in operations)


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: f"{route.verb} {route.path}")
def test_every_route_is_found_and_fits_its_operation(route: Any) -> None:
    by_verb, arguments = find(re.sub(r"\{\w+\}", "x", route.path))
    assert by_verb[route.verb] is route
    described = describe(route.operation)
    names = [name for name in described.arguments if not (route.raw_body and name == "body")]
    assert len(names) == len(arguments)


def test_what_a_form_shows_has_a_title_and_a_help() -> None:
    """Every parameter that a person may be asked for, in whatever face."""
    for route in all_routes():
        if (params := describe(route.operation).params) is None:
            continue
        for name, field in params.model_fields.items():
            assert field.title, f"{params.__name__}.{name} has no title"
            assert field.description, f"{params.__name__}.{name} has no help"
            assert field.description.rstrip().endswith((".", "…)", "?")), f"{params.__name__}.{name}: {field.description}"


def test_an_error_passes_a_process_boundary_whole() -> None:
    for error in (NotFound("Gone.", "Look."), Conflict("No.", "Wait.", field="name", code="in_use"), MiStudioError("A", "B")):
        again = error_from(json.loads(json.dumps(error.as_dict())))
        assert again.as_dict() == error.as_dict()
        ErrorForm.model_validate(error.as_dict("some-id"))
