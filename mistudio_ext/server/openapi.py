"""The OpenAPI document of the REST face, made from the routes. `python -m mistudio_ext.server.openapi --write FILE`."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from .._version import __version__
from ..contract.models import Contract
from ..contract.operations import describe
from ..jobs.schema import ErrorForm, Event
from ..workspace.ids import ALPHABET, LENGTH, PREFIXES
from .routes import Route, all_routes

REFERENCE = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    routes = all_routes()
    models = _models(routes)
    references, definitions = models_json_schema([(model, mode) for model, mode in models], ref_template=REFERENCE, by_alias=True)
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault("/" + route.path, {})[route.verb.lower()] = _operation(route, references, definitions["$defs"])
    return {
        "openapi": "3.1.0",
        "info": {"title": "miStudio", "version": __version__, "description": "The REST face of miStudio for JupyterLab."},
        "servers": [{"url": "/mistudio/api"}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
        "security": [{"token": []}],
    }


def _models(routes: tuple[Route, ...]) -> list[tuple[type[Contract], Any]]:
    """What goes in is described as it may be given, what comes out as it is sent: there, every field is present."""
    models: dict[tuple[type[Contract], Any], None] = {(ErrorForm, "serialization"): None, (Event, "serialization"): None}
    for route in routes:
        described = describe(route.operation)
        if described.params:
            models[described.params, "validation"] = None
        if described.result:
            models[described.result, "serialization"] = None
    return list(models)


def _operation(route: Route, references: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    described = describe(route.operation)
    parameters = [_path_parameter(route.path, name) for name in re.findall(r"\{(\w+)\}", route.path)]
    operation: dict[str, Any] = {"operationId": described.name, "summary": described.summary, "tags": [route.path.split("/")[0]]}
    if described.params:
        reference = references[described.params, "validation"]
        if route.verb in ("GET", "DELETE") or route.raw_body:
            parameters += _query_parameters(definitions[reference["$ref"].rsplit("/", 1)[1]])
        else:
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    if route.raw_body:
        body = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": body}}
    if parameters:
        operation["parameters"] = parameters
    success: dict[str, Any] = {"description": described.summary}
    if described.result:
        success["content"] = {"application/json": {"schema": references[described.result, "serialization"]}}
    if described.is_file:
        success["content"] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    error = {"application/json": {"schema": references[ErrorForm, "serialization"]}}
    operation["responses"] = {
        str(route.status): success,
        "4XX": {"description": "What is wrong and what to do.", "content": error},
        "5XX": {"description": "What is wrong and what to do.", "content": error},
    }
    return operation


def _path_parameter(path: str, name: str) -> dict[str, Any]:
    """An id has the prefix of its collection; whatever else stands in a path is a number, counted from 0."""
    if name == "id":
        prefix = next(prefix for prefix, collection in PREFIXES.items() if path.startswith(f"{collection}/"))
        schema = {"type": "string", "pattern": f"^{prefix}_[{ALPHABET}]{{{LENGTH}}}$"}
    else:
        schema = {"type": "string", "pattern": "^[0-9]{1,15}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": field.get("description", ""),
            "schema": _without_null(field),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """A query cannot say null: there, what is left out is left out."""
    choices = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    return {key: value for key, value in field.items() if key not in ("anyOf", "default")} | choices[0] if choices else field


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, required=True, help="where the document goes")
    path = parser.parse_args().write
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
