"""Datasets, tokenizations and uploads over REST."""

from ...datasets import incoming, operations, samples
from . import Route

ROUTES = (
    Route("GET", "datasets", operations.list_datasets),
    Route("POST", "datasets", operations.add_dataset, 202),
    Route("GET", "datasets/{id}", operations.get_dataset),
    Route("PATCH", "datasets/{id}", operations.edit_dataset),
    Route("DELETE", "datasets/{id}", operations.delete_dataset),
    Route("GET", "datasets/{id}/delete-plan", operations.plan_delete_dataset),
    Route("GET", "datasets/{id}/samples", samples.read_samples),
    Route("GET", "datasets/{id}/samples/{row}", samples.get_sample),
    Route("POST", "datasets/{id}/tokenizations", operations.tokenize_dataset, 202),
    Route("GET", "tokenizations", operations.list_tokenizations),
    Route("GET", "tokenizations/{id}", operations.get_tokenization),
    Route("PATCH", "tokenizations/{id}", operations.edit_tokenization),
    Route("DELETE", "tokenizations/{id}", operations.delete_tokenization),
    Route("GET", "tokenizations/{id}/delete-plan", operations.plan_delete_tokenization),
    Route("POST", "tokens/preview", operations.preview_tokens),
    Route("POST", "uploads", incoming.start_upload, 201),
    Route("GET", "uploads/{id}", incoming.get_upload),
    Route("PUT", "uploads/{id}", incoming.add_part, raw_body=True),
    Route("DELETE", "uploads/{id}", incoming.cancel_upload, 204),
)
