"""What the local hub has, and what shall go wrong with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

LFS_KINDS = (".parquet", ".safetensors", ".bin", ".arrow", ".gz", ".zst")
LFS_SIZE = 100_000


@dataclass
class Trouble:
    """What happens to the next `times` requests whose file (or, for the interface, path) matches."""

    pattern: str
    times: int = 1
    method: str = "GET"
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drop_after: int | None = None
    stall_after: int | None = None
    bytes_per_second: float | None = None
    corrupt: bool = False
    short_by: int = 0
    ignore_range: bool = False
    instead: bytes | None = None


@dataclass
class Repository:
    kind: str
    id: str
    commits: dict[str, dict[str, bytes]]
    refs: dict[str, str]
    gated: bool = False
    private: bool = False
    allowed: set[str] = field(default_factory=set)

    def commit(self, files: dict[str, bytes], branch: str = "main") -> str:
        digest = hashlib.sha1(f"{self.id} {len(self.commits)}".encode(), usedforsecurity=False).hexdigest()
        self.commits[digest] = dict(files)
        self.refs[branch] = digest
        return digest

    def resolve(self, revision: str) -> str | None:
        commit = self.refs.get(revision, revision)
        return commit if commit in self.commits else None


@dataclass(frozen=True)
class Request:
    method: str
    host: str
    path: str
    range: str | None
    token: str | None
    connection: int


def git_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def is_lfs(path: str, content: bytes) -> bool:
    return path.endswith(LFS_KINDS) or len(content) > LFS_SIZE


@lru_cache(maxsize=4096)
def described(path: str, content: bytes) -> dict[str, Any]:
    """A file as the hub lists it."""
    entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": git_id(content)}
    if is_lfs(path, content):
        sha256 = hashlib.sha256(content).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(content)}\n".encode()
        entry |= {"oid": git_id(pointer), "lfs": {"oid": sha256, "size": len(content), "pointerSize": len(pointer)}}
    return entry
