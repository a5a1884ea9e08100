"""The hub's token and the way to the hub over REST."""

from ...hub import operations
from . import Route

ROUTES = (
    Route("GET", "hub/token", operations.get_hub_token),
    Route("PUT", "hub/token", operations.set_hub_token),
    Route("DELETE", "hub/token", operations.forget_hub_token),
    Route("POST", "hub/check", operations.check_hub),
)
