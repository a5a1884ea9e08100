"""The demo over REST."""

from ...demo import operations
from . import Route

ROUTES = (Route("POST", "demo", operations.make_demo, 202),)
