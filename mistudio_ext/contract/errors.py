"""The errors a person may see. Each says what is wrong (`message`) and what to do about it (`hint`)."""

from __future__ import annotations

from typing import Any


class MiStudioError(Exception):
    """A sentence for the user. Faces show it as it is; anything else that is raised is a bug of ours."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, hint: str = "", *, field: str | None = None, code: str | None = None):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field
        self.code = code or type(self).code

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback, which says nothing to a user; `%debug` and `%tb` still have it."""
        return [_quiet(f"{type(self).__name__}: {self.message}"), *([_quiet(self.hint)] if self.hint else [])]

    def as_dict(self, request_id: str | None = None) -> dict[str, Any]:
        return error_form(self.message, self.code, self.hint, field=self.field, request_id=request_id)


def _quiet(text: str) -> str:
    """Text of a stranger may be in it: on one line, and nothing that acts on a terminal."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def error_form(message: str, code: str, hint: str, *, field: str | None = None, request_id: str | None = None) -> dict[str, Any]:
    """The one form of every error."""
    return {"message": message, "error": {"code": code, "hint": hint, "field": field, "request_id": request_id}}


class BadRequest(MiStudioError):
    pass


class Forbidden(MiStudioError):
    status, code = 403, "forbidden"


class NotFound(MiStudioError):
    status, code = 404, "not_found"


class Conflict(MiStudioError):
    status, code = 409, "conflict"


class TooLarge(MiStudioError):
    status, code = 413, "too_large"


class Unreadable(MiStudioError):
    """A file that we cannot make sense of: truncated, foreign, or of another version."""

    status, code = 422, "unreadable"


class Busy(MiStudioError):
    status, code = 503, "busy"


class TimedOut(MiStudioError):
    status, code = 504, "timed_out"


class DiskFull(MiStudioError):
    status, code = 507, "disk_full"


def error_from(data: dict[str, Any], status: int | None = None) -> MiStudioError:
    """The error that `as_dict` came from, on the other side of a process boundary; its status finds its kind again."""
    details = data["error"]
    kinds = MiStudioError.__subclasses__()
    kind = next((each for each in kinds if each.status == status), None) if status else None
    kind = kind or next((each for each in kinds if each.code == details["code"]), MiStudioError)
    return kind(data["message"], details["hint"], field=details.get("field"), code=details["code"])
