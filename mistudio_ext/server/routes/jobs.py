"""Jobs and events over REST."""

from ...jobs import operations
from . import Route

ROUTES = (
    Route("GET", "jobs", operations.list_jobs),
    Route("GET", "jobs/{id}", operations.get_job),
    Route("GET", "jobs/{id}/log", operations.read_log),
    Route("POST", "jobs/{id}/pause", operations.pause_job),
    Route("POST", "jobs/{id}/resume", operations.resume_job),
    Route("POST", "jobs/{id}/stop", operations.stop_job),
    Route("POST", "jobs/{id}/cancel", operations.cancel_job),
    Route("POST", "jobs/{id}/retry", operations.retry_job, 202),
    Route("POST", "jobs/{id}/move-up", operations.move_up_job),
    Route("GET", "events/since", operations.events_since),
)
