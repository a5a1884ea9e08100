"""Models over REST."""

from ...models import operations
from . import Route

ROUTES = (
    Route("GET", "models", operations.list_models),
    Route("POST", "models", operations.add_model, 202),
    Route("GET", "models/cached", operations.list_cached_models),
    Route("GET", "models/{id}", operations.get_model),
    Route("PATCH", "models/{id}", operations.edit_model),
    Route("DELETE", "models/{id}", operations.delete_model),
    Route("GET", "models/{id}/delete-plan", operations.plan_delete_model),
    Route("GET", "models/{id}/card", operations.get_model_card),
    Route("GET", "models/{id}/memory", operations.estimate_memory),
    Route("GET", "models/{id}/hook-points", operations.get_hook_points),
    Route("POST", "models/{id}/try", operations.try_model),
)
