"""Which files are read, told by their names. Nothing heavy here: the server asks too."""

from __future__ import annotations

from ..contract.errors import BadRequest

FORMS = {each: each for each in (".parquet", ".arrow", ".jsonl", ".json", ".csv", ".tsv", ".txt")} | {
    ".ndjson": ".jsonl", ".jsonlines": ".jsonl", ".text": ".txt", ".pq": ".parquet",
}  # fmt: skip
COMPRESSIONS = (".gz", ".zst", ".bz2", ".xz")
READ = "Read are parquet, arrow, jsonl, json, csv, tsv and txt, plain or as .gz, .zst, .bz2, .xz."


def kind_of(name: str, field: str) -> tuple[str, str]:
    """How a file is read, and how it is compressed, by its name."""
    kind = known_kind(name)
    if kind is None:
        raise BadRequest(f"{name} is of a kind that is not read here.", READ, field=field, code="format")
    return kind


def known_kind(name: str) -> tuple[str, str] | None:
    plain = name.lower()
    compression = next((each for each in COMPRESSIONS if plain.endswith(each)), "")
    plain = plain.removesuffix(compression)
    return next(((form, compression) for ending, form in FORMS.items() if plain.endswith(ending)), None)
