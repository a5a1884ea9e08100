"""Trainings over REST."""

from ...trainings import operations, sae_of
from . import Route

ROUTES = (
    Route("GET", "trainings", operations.list_trainings),
    Route("POST", "trainings", operations.start_training, 202),
    Route("POST", "trainings/estimate", operations.estimate_training),
    Route("GET", "trainings/{id}", operations.get_training),
    Route("PATCH", "trainings/{id}", operations.edit_training),
    Route("DELETE", "trainings/{id}", operations.delete_training),
    Route("GET", "trainings/{id}/delete-plan", operations.plan_delete_training),
    Route("POST", "trainings/{id}/extend", operations.extend_training, 202),
    Route("POST", "trainings/{id}/clone", operations.clone_training, 202),
    Route("POST", "trainings/{id}/saes", sae_of.sae_of_training, 202),
    Route("GET", "trainings/{id}/metrics", operations.read_metrics),
    Route("GET", "trainings/{id}/metrics/download", operations.download_metrics),
    Route("GET", "trainings/{id}/health", operations.get_health),
    Route("GET", "trainings/{id}/checkpoints", operations.list_checkpoints),
    Route("POST", "trainings/{id}/checkpoints", operations.save_checkpoint, 202),
    Route("GET", "trainings/{id}/checkpoints/prune-plan", operations.plan_pruning),
    Route("POST", "trainings/{id}/checkpoints/prune", operations.prune_checkpoints),
    Route("DELETE", "trainings/{id}/checkpoints/{step}", operations.delete_checkpoint),
)
