"""Token ids of samples, as numbers in columns: what goes from the tokenizer to packing and to rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[np.int32]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Roles = np.ndarray[Any, np.dtype[np.int8]]


@dataclass(frozen=True)
class Encoded:
    """Token ids of some samples, one after the other; `lengths` says how many each has.

    Where there are conversations: whose each token is, and which samples are conversations.
    """

    ids: Ids
    lengths: Numbers
    roles: Roles | None = None
    chats: Flags | None = None

    def of(self, chosen: Flags) -> Encoded:
        tokens = np.repeat(chosen, self.lengths)
        return Encoded(
            self.ids[tokens],
            self.lengths[chosen],
            None if self.roles is None else self.roles[tokens],
            None if self.chats is None else self.chats[chosen],
        )


def spread(starts: Numbers, lengths: Numbers) -> Numbers:
    """The numbers from `starts[i]` on, `lengths[i]` of them, for each i in turn."""
    numbers: Numbers = np.arange(int(lengths.sum())) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return numbers
