"""A tokenizer of the hub: its files, and no others, brought to a tokenization."""

from __future__ import annotations

from pathlib import Path

from ..contract.errors import BadRequest, MiStudioError, TooLarge
from ..hub.client import Hub
from ..hub.download import download, look_up
from ..hub.schema import HubFile, Listing
from ..jobs.context import JobContext
from . import tokenizer_files
from .tokenizing_schema import TokenizerFacts


def bring(job: JobContext, target: Path) -> None:
    """What the revision was when first asked for stays the answer for this tokenization, whatever becomes of the job."""
    facts = TokenizerFacts(**job.workspace.catalog.get(job.object)["tokenizer"])
    if facts.fingerprint is not None:
        return
    if not target.exists():
        repository = tokenizer_files.repository_in(facts.path)
        assert repository is not None
        hub = Hub.from_settings(job.workspace.settings)
        try:
            listing = look_up(job, hub, "model", repository, facts.commit or facts.revision or "main")
            files = _chosen(listing)
            facts = _note(job, facts.model_copy(update={"commit": listing.commit}))
            download(job, hub, listing, target, files)
        except MiStudioError as error:
            # The form of a tokenization has no other place for it.
            error.field = "revision" if error.field == "revision" else "tokenizer"
            raise
        finally:
            hub.close()
    _note(job, facts.model_copy(update={"fingerprint": tokenizer_files.describe(target).fingerprint}))


def _chosen(listing: Listing) -> list[HubFile]:
    files = [file for name in tokenizer_files.NAMES if (file := listing.named(name)) is not None]
    if not any(file.path in tokenizer_files.VOCABULARIES for file in files):
        raise BadRequest(
            f"There is no tokenizer in {listing.id}.",
            f"Look at its files at {listing.page}/tree/main; some models use another one's tokenizer.",
        )
    if sum(file.size for file in files) > tokenizer_files.MAX_BYTES:
        raise TooLarge(
            f"The tokenizer of {listing.id} is larger than {tokenizer_files.MAX_BYTES // 2**20} MB.", "Choose another one."
        )
    return files


def _note(job: JobContext, facts: TokenizerFacts) -> TokenizerFacts:
    job.workspace.catalog.update(job.object, {"tokenizer": facts.model_dump()})
    return facts
