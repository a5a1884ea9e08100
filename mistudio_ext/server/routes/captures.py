"""Captures over REST."""

from ...captures import operations
from . import Route

ROUTES = (
    Route("GET", "captures", operations.list_captures),
    Route("POST", "captures", operations.make_capture, 202),
    Route("POST", "captures/estimate", operations.estimate_capture),
    Route("GET", "captures/{id}", operations.get_capture),
    Route("PATCH", "captures/{id}", operations.edit_capture),
    Route("DELETE", "captures/{id}", operations.delete_capture),
    Route("GET", "captures/{id}/delete-plan", operations.plan_delete_capture),
    Route("POST", "captures/{id}/append", operations.append_to_capture, 202),
    Route("POST", "captures/{id}/export", operations.export_capture, 202),
    Route("GET", "captures/{id}/vectors", operations.read_vectors),
)
