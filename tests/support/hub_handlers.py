"""The local hub's answers: its interface, its files, its storage."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import tornado.web
from tornado.iostream import StreamClosedError

from .hub_repository import Repository, Request, Trouble, described, git_id

if TYPE_CHECKING:
    from .hub_server import LocalHub

PAGE = 1000
CHUNK = 64 * 1024


class Handler(tornado.web.RequestHandler):
    def initialize(self, hub: LocalHub) -> None:
        self.hub = hub

    def prepare(self) -> None:
        authorization = self.request.headers.get("Authorization", "")
        self.token = authorization.removeprefix("Bearer ") or None
        asked, peer = self.request, self.request.connection.context.address[1]  # type: ignore[union-attr]
        self.hub.requests.append(
            Request(asked.method or "", asked.host, asked.path, asked.headers.get("Range"), self.token, peer)
        )

    def refuse(self, status: int, code: str = "", message: str = "") -> None:
        self.set_status(status)
        if code:
            self.set_header("X-Error-Code", code)
        self.set_header("X-Error-Message", message or code)
        self.finish({"error": message or code})

    def find(self, kind: str, parts: list[str]) -> tuple[Repository, list[str]] | None:
        """The repository that the parts of a path begin with, if it may be known of, and the other parts."""
        if self.token is not None and self.token not in self.hub.users:
            self.refuse(401, "", "Invalid credentials in Authorization header")
            return None
        for length in (2, 1):
            repository = self.hub.repositories.get((kind, "/".join(parts[:length])))
            if repository and not (repository.private and self.token not in repository.allowed):
                return repository, parts[length:]
        # Whoever has no token is not told what is missing and what is private.
        self.refuse(404 if self.token else 401, "RepoNotFound", "Repository not found")
        return None

    async def in_trouble(self, name: str) -> Trouble | None:
        trouble = self.hub.take_trouble(self.request.method or "", name)
        if trouble is not None:
            await asyncio.sleep(trouble.wait)
            for header, value in trouble.headers.items():
                self.set_header(header, value)
            if trouble.status is not None:
                self.refuse(trouble.status)
        return trouble

    async def give(self, name: str, content: bytes, trouble: Trouble | None) -> None:
        """The bytes, or what the trouble makes of them."""
        trouble = trouble or Trouble(name)
        if trouble.instead is not None:
            content = trouble.instead
        content = content[: len(content) - trouble.short_by]
        if trouble.corrupt:
            content = bytes(255 - each for each in content)
        start, end = 0, len(content)
        self.set_header("Accept-Ranges", "bytes")
        asked = self.request.headers.get("Range")
        if asked and not trouble.ignore_range:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last) + 1 if last else end, end)
            if start >= len(content):
                self.set_header("Content-Range", f"bytes */{len(content)}")
                self.refuse(416)
                return
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        self.set_header("Content-Length", str(end - start))
        if self.request.method == "HEAD":
            self.finish()
            return
        await self.send(name, memoryview(content)[start:end], trouble)

    async def send(self, name: str, content: memoryview, trouble: Trouble) -> None:
        limits = [limit for limit in (trouble.drop_after, trouble.stall_after) if limit is not None]
        limit = min(limits, default=len(content))
        chunk = CHUNK if trouble.bytes_per_second is None else max(1, min(CHUNK, int(trouble.bytes_per_second / 20)))
        began = time.monotonic()
        try:
            for position in range(0, min(limit, len(content)), chunk):
                block = bytes(content[position : min(position + chunk, limit)])
                self.write(block)
                await self.flush()
                self.hub.sent[name] = self.hub.sent.get(name, 0) + len(block)
                if trouble.bytes_per_second is not None:
                    due = began + (position + len(block)) / trouble.bytes_per_second
                    await asyncio.sleep(max(0.0, due - time.monotonic()))
            if trouble.drop_after is not None and limit < len(content):
                self.request.connection.stream.close()  # type: ignore[attr-defined]
                return
            if trouble.stall_after is not None:
                await asyncio.sleep(600)
            self.finish()
        except StreamClosedError:
            pass


class Interface(Handler):
    """`/api/…`"""

    async def get(self, path: str) -> None:
        await self.answer(path)

    async def post(self, path: str) -> None:
        await self.answer(path)

    async def answer(self, path: str) -> None:
        if (trouble := await self.in_trouble(f"api/{path}")) and trouble.status is not None:
            return
        if f"api/{path}" in self.hub.answers:
            self.finish(self.hub.answers[f"api/{path}"])
            return
        parts = [unquote(part) for part in self.request.path.removeprefix("/api/").split("/")]
        if parts == ["whoami-v2"]:
            self.whoami()
        elif len(parts) == 1 and parts[0] in ("models", "datasets"):
            kind = parts[0][:-1]
            found = [each for each in self.hub.repositories.values() if each.kind == kind and not each.private]
            self.send_json([self.info(each, each.refs["main"]) for each in found])
        elif parts[0] in ("models", "datasets"):
            found_one = self.find(parts[0][:-1], parts[1:])
            if found_one is not None:
                self.of_repository(*found_one)
        else:
            self.refuse(404)

    def whoami(self) -> None:
        name = self.hub.users.get(self.token or "")
        if name is None:
            self.refuse(401, "", "Invalid user token")
        else:
            self.send_json({"type": "user", "name": name, "auth": {"accessToken": {"role": "read"}}})

    def of_repository(self, repository: Repository, rest: list[str]) -> None:
        what, revision = [*rest, "", ""][:2]
        commit = repository.resolve(revision or "main")
        if what == "refs":
            branches = [{"name": name, "ref": f"refs/heads/{name}", "targetCommit": to} for name, to in repository.refs.items()]
            self.send_json({"branches": branches, "tags": [], "converts": []})
        elif commit is None:
            self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        elif what in ("", "revision"):
            self.send_json(self.info(repository, commit))
        elif what == "tree":
            self.tree(repository.commits[commit], "/".join(rest[2:]))
        elif what == "paths-info":
            paths = self.get_body_arguments("paths") or json.loads(self.request.body)["paths"]
            self.send_json([entry for entry in entries(repository.commits[commit], "", True) if entry["path"] in paths])
        else:
            self.refuse(404)

    def info(self, repository: Repository, commit: str) -> dict[str, Any]:
        files = repository.commits[commit]
        return {
            "id": repository.id, "modelId": repository.id, "author": repository.id.split("/")[0], "sha": commit,
            "private": repository.private, "gated": "manual" if repository.gated else False, "disabled": False,
            "downloads": 0, "likes": 0, "tags": ["license:mit"], "cardData": {"license": "mit"},
            "lastModified": "2026-11-01T00:00:00.000Z", "createdAt": "2026-11-01T00:00:00.000Z",
            "siblings": [{"rfilename": path, "size": len(content)} for path, content in files.items()],
        }  # fmt: skip

    def tree(self, files: dict[str, bytes], under: str) -> None:
        recursive = self.get_query_argument("recursive", "false").lower() in ("true", "1")
        found = entries(files, under, recursive) + self.hub.extra_entries
        if under and not found:
            self.refuse(404, "EntryNotFound")
            return
        start = int(self.get_query_argument("cursor", "0"))
        if start + PAGE < len(found):
            url = f"{self.hub.url}{self.request.path}?recursive={recursive}&cursor={start + PAGE}"
            self.set_header("Link", f'<{url}>; rel="next"')
        self.send_json(found[start : start + PAGE])

    def send_json(self, data: Any) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data))


def entries(files: dict[str, bytes], under: str, recursive: bool) -> list[dict[str, Any]]:
    prefix = f"{under}/" if under else ""
    inside = {path: content for path, content in files.items() if path.startswith(prefix)}
    folders = set()
    for path in inside:
        depth = path[len(prefix) :].count("/")
        folders |= {path.rsplit("/", up)[0] for up in range(depth if recursive else 1, 0, -1) if up <= depth}
    listed = [described(path, content) for path, content in inside.items() if recursive or "/" not in path[len(prefix) :]]
    return [{"type": "directory", "path": path, "size": 0, "oid": git_id(path.encode())} for path in sorted(folders)] + listed


class Resolve(Handler):
    """`/owner/name/resolve/revision/file`"""

    async def head(self, path: str) -> None:
        await self.answer(path)

    async def get(self, path: str) -> None:
        await self.answer(path)

    async def answer(self, path: str) -> None:
        parts = [unquote(part) for part in self.request.path.lstrip("/").split("/")]
        kind = "dataset" if parts[0] == "datasets" else "model"
        found = self.find(kind, parts[1:] if kind == "dataset" else parts)
        if found is None:
            return
        repository, rest = found
        if repository.gated and self.token not in repository.allowed:
            self.refuse(403 if self.token else 401, "GatedRepo", f"Access to {kind} {repository.id} is restricted.")
            return
        commit = repository.resolve(rest[1]) if len(rest) > 2 and rest[0] == "resolve" else None
        if commit is None:
            self.refuse(404, "RevisionNotFound")
            return
        self.set_header("X-Repo-Commit", commit)
        name = "/".join(rest[2:])
        content = repository.commits[commit].get(name)
        if content is None:
            self.refuse(404, "EntryNotFound")
            return
        await self.give_file(repository, name, content)

    async def give_file(self, repository: Repository, name: str, content: bytes) -> None:
        entry = described(name, content)
        self.set_header("ETag", f'"{entry.get("lfs", entry)["oid"]}"')
        if "lfs" in entry and self.hub.storage_redirects:
            self.set_header("X-Linked-ETag", f'"{entry["lfs"]["oid"]}"')
            self.set_header("X-Linked-Size", str(len(content)))
            self.set_header(
                "Location", f"{self.hub.storage_url}/storage/{repository.kind}/{repository.id}/{entry['lfs']['oid']}/{name}"
            )
            self.set_status(302)
            self.finish()
            return
        trouble = await self.in_trouble(name)
        if trouble is None or trouble.status is None:
            await self.give(name, content, trouble)

    def compute_etag(self) -> None:
        return None


class Storage(Handler):
    """Where the large files are. It knows nobody: a token that arrives here has been leaked."""

    async def head(self, path: str) -> None:
        await self.answer(path)

    async def get(self, path: str) -> None:
        await self.answer(path)

    async def answer(self, path: str) -> None:
        for repository in self.hub.repositories.values():
            for files in repository.commits.values():
                for name, content in files.items():
                    lfs = described(name, content).get("lfs")
                    if lfs and path == f"{repository.kind}/{repository.id}/{lfs['oid']}/{name}":
                        trouble = await self.in_trouble(name)
                        if trouble is None or trouble.status is None:
                            # As storage does it, the tag here is not the hub's.
                            self.set_header("ETag", '"0123456789abcdef-1"')
                            await self.give(name, content, trouble)
                        return
        self.refuse(404)

    def compute_etag(self) -> None:
        return None
