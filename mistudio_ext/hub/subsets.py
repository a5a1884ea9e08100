"""Which configurations and splits a dataset repository has, and which files they are made of.

The datasets library decides that by the names of the files and by what the card says. It is asked about an outline: a
folder with the same names, empty but for the card. So its rules hold, and it need not be online.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, MiStudioError, Unreadable
from .schema import HubFile, Listing

# The files that the library reads to learn how a dataset is cut; they are fetched before it is asked.
CARDS = ("README.md", ".huggingface.yaml")
MAX_CARD = 2 * 2**20
DEFAULT = "default"


def cards_of(listing: Listing) -> list[HubFile]:
    return [file for file in listing.files if file.path in CARDS and file.size <= MAX_CARD]


def subsets_of(listing: Listing, cards: Path) -> list[str]:
    """The configurations of a dataset; `cards` is the folder with its cards."""
    with _outline(listing, cards) as folder:
        return _names(listing, folder)


def files_of(listing: Listing, cards: Path, config: str | None = None, split: str | None = None) -> dict[str, list[HubFile]]:
    """The files of each split of a configuration (left out: the only or default one)."""
    from datasets import load_dataset_builder

    with _outline(listing, cards) as folder:
        there = _names(listing, folder)
        if config is not None and config not in there:
            raise BadRequest(
                f"{listing.id} has no configuration “{config[:200]}”.",
                f"It has: {_some(there)}.",
                field="config",
                code="hub_subset",
            )
        if config is None and len(there) > 1 and DEFAULT not in there:
            raise BadRequest(
                f"{listing.id} has several configurations.", f"Choose one of: {_some(there)}.", field="config", code="hub_subset"
            )
        with _library_says(listing), tempfile.TemporaryDirectory(prefix="mistudio-") as cache:
            chosen = config or (DEFAULT if DEFAULT in there else there[0])
            builder = load_dataset_builder(str(folder), chosen, cache_dir=cache)
            found = {
                str(name): [Path(path).relative_to(folder.resolve()).as_posix() for path in paths]
                for name, paths in builder.config.data_files.items()
            }
    if split is not None and split not in found:
        raise BadRequest(
            f"{listing.id} has no split “{split[:200]}”.", f"It has: {_some(list(found))}.", field="split", code="hub_subset"
        )
    by_path = {file.path: file for file in listing.files}
    return {name: [by_path[path] for path in paths] for name, paths in found.items() if split in (None, name)}


def splits_by_name(names: list[str]) -> dict[str, str]:
    """The split of each file of a folder, where the library tells it by the names of files and folders."""
    from datasets.data_files import EmptyDatasetError, get_data_patterns, resolve_pattern

    with tempfile.TemporaryDirectory(prefix="mistudio-") as temporary:
        folder = Path(temporary).resolve()
        for name in names:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        found: dict[str, str] = {}
        try:
            patterns = get_data_patterns(str(folder))
        except (EmptyDatasetError, ValueError):  # no name of a split, or one that cannot be one
            return {}
        for split, each in patterns.items():
            for pattern in each:
                with contextlib.suppress(FileNotFoundError):
                    for path in resolve_pattern(pattern, str(folder)):
                        found.setdefault(Path(path).relative_to(folder).as_posix(), str(split))
    return found


@contextlib.contextmanager
def _outline(listing: Listing, cards: Path) -> Iterator[Path]:
    """Names without contents. They have been checked: none leads out of the folder."""
    with tempfile.TemporaryDirectory(prefix="mistudio-") as temporary:
        # The library names a configuration after the folder where the card does not.
        folder = Path(temporary).resolve() / listing.id.rpartition("/")[2]
        for file in listing.files:
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            card = cards / file.path
            place.write_bytes(card.read_bytes() if file.path in CARDS and card.is_file() else b"")
        folder.mkdir(exist_ok=True)
        _check_cards(listing, folder)
        yield folder


def _check_cards(listing: Listing, folder: Path) -> None:
    """A card may name files of its own repository only: no address, no path of this machine."""
    from huggingface_hub import DatasetCard
    from yaml import YAMLError, safe_load  # type: ignore[import-untyped]

    described: list[Any] = []
    try:
        for name in CARDS:
            place = folder / name
            text = place.read_text(encoding="utf-8") if place.is_file() else ""
            if text and name == CARDS[0]:
                described.append(DatasetCard(text, ignore_metadata_errors=True).data.to_dict())  # type: ignore[no-untyped-call]
            elif text:
                described.append(safe_load(text))
    except (YAMLError, ValueError, TypeError, AttributeError):
        raise _unreadable_card(listing) from None
    for each in described:
        configs = each.get("configs") if isinstance(each, dict) else None
        for path in _paths(configs):
            if "://" in path or "::" in path or path.startswith(("/", "~")) or ".." in path.split("/"):
                raise Unreadable(
                    f"The card of {listing.id} names data outside its repository: {ascii(path)[:200]}.",
                    "Only what lies in the repository is fetched. Download the file yourself and add it from there.",
                    code="hub_name",
                )


def _paths(value: Any, key: str = "") -> Iterator[str]:
    """Every text below `data_files` and `data_dir`."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _paths(each, key or (name if name in ("data_files", "data_dir") else ""))
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each, key)
    elif isinstance(value, str) and key:
        yield value


def _names(listing: Listing, folder: Path) -> list[str]:
    from datasets import get_dataset_config_names

    script = f"{listing.id.rpartition('/')[2]}.py"
    try:
        with _library_says(listing):
            return [str(name) for name in get_dataset_config_names(str(folder))]
    except MiStudioError:
        if listing.named(script) is not None:
            raise BadRequest(
                f"{listing.id} is made by a program ({script}), and nothing of the kind is run here.",
                "Look whether the hub has a converted copy: give “refs/convert/parquet” as revision.",
                field="hub",
                code="hub_script",
            ) from None
        raise


@contextlib.contextmanager
def _library_says(listing: Listing) -> Iterator[None]:
    """The datasets library's refusals, in our words. It has no errors of its own for most of them."""
    try:
        yield
    except MiStudioError:
        raise
    except Exception as error:
        if "DataFilesNotFound" in type(error).__name__ or "EmptyDataset" in type(error).__name__:
            raise BadRequest(
                f"{listing.id} has no file with data that can be read here.",
                "Its files must be of a kind that the datasets library reads: parquet, jsonl, csv, text, arrow.",
                field="hub",
                code="hub_no_data",
            ) from None
        raise Unreadable(
            f"The datasets library does not make sense of {listing.id} ({type(error).__name__}: {str(error)[:300]}).",
            "Name its files by their pattern instead, or tell the owner of the repository.",
            code="hub_subset",
        ) from error


def _unreadable_card(listing: Listing) -> Unreadable:
    return Unreadable(
        f"The card of {listing.id} (README.md) cannot be read.", "Tell the owner of the repository.", code="hub_card"
    )


def _some(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:20]) + (f" and {len(names) - 20:,} more" if len(names) > 20 else "")
