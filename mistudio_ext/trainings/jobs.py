"""What a lane runs for trainings."""

from __future__ import annotations

from ..jobs.context import JobContext
from ..saes.schema import SaeFacts
from .record_schema import SaeTaken, TrainingFacts, TrainingPart
from .take_out import take_out_sae
from .train import train_saes


def train(job: JobContext, params: TrainingPart) -> TrainingFacts:
    """Train the SAEs of a training up to a step."""
    return train_saes(job, params)


def take_out(job: JobContext, params: SaeTaken) -> SaeFacts:
    """Make an SAE of a checkpoint."""
    return take_out_sae(job, params.training)
