"""Hook points in TransformerLens' spelling, which other libraries' files have: “blocks.2.hook_resid_post”."""

from __future__ import annotations

import re

from ..models.schema import HookKind

KINDS: dict[str, HookKind] = {
    "hook_resid_pre": "resid_pre",
    "attn.hook_z": "attn_z",
    "hook_attn_out": "attn_out",
    "hook_resid_mid": "resid_mid",
    "ln2.hook_normalized": "mlp_in",
    "hook_mlp_out": "mlp_out",
    "hook_resid_post": "resid_post",
}
THEIRS: dict[str, str] = {ours: theirs for theirs, ours in KINDS.items()}
THEIR_NAME = re.compile(r"blocks\.(\d{1,6})\.([\w.]{1,40})")
OUR_NAME = re.compile(r"layers\.(\d{1,6})\.(\w{1,40})")


def ours(name: str) -> str | None:
    """None: a place that has no name here. A name of ours stays."""
    if (match := OUR_NAME.fullmatch(name)) and match[2] in THEIRS:
        return name
    match = THEIR_NAME.fullmatch(name)
    kind = KINDS.get(match[2]) if match else None
    return f"layers.{int(match[1])}.{kind}" if match and kind else None


def theirs(hook: str) -> str | None:
    match = OUR_NAME.fullmatch(hook)
    kind = THEIRS.get(match[2]) if match else None
    return f"blocks.{match[1]}.{kind}" if match and kind else None
