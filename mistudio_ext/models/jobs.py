"""What a lane runs for models."""

from __future__ import annotations

from ..jobs.context import JobContext
from .schema import FetchModel, HandedOver, LinkModel, ModelFacts


def add(job: JobContext, params: LinkModel) -> ModelFacts:
    """Look at a model that is there, and link it."""
    from .link import link_model

    return link_model(job, params)


def add_hub(job: JobContext, params: FetchModel) -> ModelFacts:
    """Fetch a model of the hub, and look at it."""
    # Only this job needs the way to the hub.
    from .fetch import fetch_model

    return fetch_model(job, params)


def add_upload(job: JobContext, params: HandedOver) -> ModelFacts:
    """Take over a model that was written from a kernel's memory, and look at it."""
    from .from_memory import take_over

    return take_over(job, params)
