"""Datasets, tokenizations and uploads over REST."""

from ...datasets import deriving, incoming, operations, samples, tokenizations
from . import Route

ROUTES = (
    Route("GET", "datasets", operations.list_datasets),
    Route("POST", "datasets", operations.add_dataset, 202),
    Route("POST", "datasets/look", operations.look_at_source),
    Route("GET", "datasets/{id}", operations.get_dataset),
    Route("PATCH", "datasets/{id}", operations.edit_dataset),
    Route("DELETE", "datasets/{id}", operations.delete_dataset),
    Route("GET", "datasets/{id}/delete-plan", operations.plan_delete_dataset),
    Route("GET", "datasets/{id}/samples", samples.read_samples),
    Route("GET", "datasets/{id}/samples/{row}", samples.get_sample),
    Route("GET", "datasets/{id}/samples/{row}/tokens", tokenizations.read_sample_tokens),
    Route("POST", "datasets/{id}/clean", deriving.clean_dataset, 202),
    Route("POST", "datasets/{id}/clean/preview", deriving.preview_cleaning),
    Route("POST", "datasets/{id}/arrange", deriving.arrange_dataset, 202),
    Route("POST", "datasets/{id}/tokenizations", tokenizations.tokenize_dataset, 202),
    Route("GET", "tokenizations", tokenizations.list_tokenizations),
    Route("GET", "tokenizations/compare", tokenizations.compare_tokenizations),
    Route("GET", "tokenizations/{id}", tokenizations.get_tokenization),
    Route("PATCH", "tokenizations/{id}", tokenizations.edit_tokenization),
    Route("DELETE", "tokenizations/{id}", tokenizations.delete_tokenization),
    Route("GET", "tokenizations/{id}/delete-plan", tokenizations.plan_delete_tokenization),
    Route("POST", "tokenizations/{id}/statistics", tokenizations.compute_statistics, 202),
    Route("GET", "tokenizations/{id}/statistics", tokenizations.get_statistics),
    Route("GET", "tokenizations/{id}/vocabulary-check", tokenizations.check_vocabulary),
    Route("POST", "tokens/preview", tokenizations.preview_tokens),
    Route("POST", "uploads", incoming.start_upload, 201),
    Route("GET", "uploads/{id}", incoming.get_upload),
    Route("PUT", "uploads/{id}", incoming.add_part, raw_body=True),
    Route("DELETE", "uploads/{id}", incoming.cancel_upload, 204),
)
