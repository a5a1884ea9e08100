"""The workspace itself over REST."""

from ...system import operations
from . import Route

ROUTES = (Route("GET", "system", operations.get_system),)
