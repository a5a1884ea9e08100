"""What the live lane asks the hub while somebody waits for the answer: few tries, short patience."""

from __future__ import annotations

from .client import Hub
from .listing import account, list_repository
from .schema import HubCheck, RepositoryKind
from .token import find_token

PATIENCE, TRIES = 8.0, 2


def check(endpoint: str, hub: str | None, revision: str | None, kind: RepositoryKind) -> HubCheck:
    client = Hub(endpoint, find_token(endpoint), timeout=PATIENCE, tries=TRIES)
    try:
        # Of an expired token the repository's own answer says less than the account's.
        name = account(client)
        listing = list_repository(client, kind, hub, revision or "main") if hub else None
    finally:
        client.close()
    return HubCheck(
        endpoint=endpoint,
        account=name,
        commit=listing.commit if listing else None,
        files=len(listing.files) if listing else None,
        bytes=sum(file.size for file in listing.files) if listing else None,
    )
