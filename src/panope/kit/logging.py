"""Structured logs: one line per happening, and never a payload or a secret in it.

An exception is logged as its chain of types and the places it passed through. Its text is left out unless the type is
known to speak carefully, because the text of a driver's or a codec's exception may quote what was being stored; local
variables are never shown.
"""

import errno
import io
import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import msgspec
import structlog

_MAX_FRAMES = 30
_TIME_FOR_PEOPLE = "%Y-%m-%dT%H:%M:%SZ"

LEVELS = ("debug", "info", "warning", "error")


Careful = tuple[type[BaseException], ...]
"""Types of exceptions whose text never quotes a payload, and may be logged."""


def configure_logging(stream: TextIO, *, as_json: bool, level: str = "info", careful: Careful = ()) -> None:
    """Send the process's logs to `stream`, those of libraries included, as JSON lines or as readable text."""
    stream = cast("TextIO", LossyStream(stream, as_json=as_json))
    number = getattr(logging, level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if as_json else _TIME_FOR_PEOPLE, utc=True),
        ExceptionRenderer(careful),
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_to_json)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
            sort_keys=False,
        )
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            foreign_pre_chain=shared,
            keep_exc_info=False,
        ),
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.WARNING))


class LossyStream(io.TextIOBase):
    """A stream that nobody's work depends on: what cannot be written, on a full disk say, is left out and counted."""

    def __init__(self, stream: TextIO, *, as_json: bool) -> None:
        self._stream = stream
        self._lost = 0
        self._notice = '{"event":"%d log lines lost","level":"warning"}\n' if as_json else "%d log lines lost\n"

    def write(self, text: str) -> int:
        """Write a line, after one about how many were left out before it."""
        try:
            if self._lost:
                self._stream.write(self._notice % self._lost)
                self._lost = 0
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the latter says that somebody has closed it
            self._lost += 1
        return len(text)

    def flush(self) -> None:
        """Done by `write`."""

    def isatty(self) -> bool:
        """Whether people read it."""
        return self._stream.isatty()


class ExceptionRenderer:
    """A processor that replaces `exc_info` by text that names types and places only."""

    def __init__(self, careful: Careful = ()) -> None:
        self._careful = careful

    def __call__(self, _logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Render one log entry's exception, if it has one."""
        info = entry.pop("exc_info", None)
        error = _exception(info) if info else None
        if error is not None:
            entry["exception"] = self.describe(error)
        return entry

    def describe(self, error: BaseException) -> str:
        """Types and places of an exception and its causes, the newest first; one line per frame."""
        lines: list[str] = []
        seen: set[int] = set()
        current: BaseException | None = error
        while current is not None and id(current) not in seen:
            seen.add(id(current))
            lines.append(("caused by " if lines else "") + self._headline(current))
            lines.extend(_frames(current))
            if isinstance(current, BaseExceptionGroup):
                lines.extend(f"  with {self._headline(inner)}" for inner in current.exceptions)
            current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        return "\n".join(lines)

    def _headline(self, error: BaseException) -> str:
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        if isinstance(error, self._careful):
            return f"{name}: {error}"
        if isinstance(error, OSError) and error.errno is not None:
            return f"{name}: {errno.errorcode.get(error.errno, str(error.errno))}"
        return name


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]


def _exception(info: Any) -> BaseException | None:
    """`exc_info` may be an exception, a triple, or True for the one being handled."""
    if isinstance(info, BaseException):
        return info
    error = info[1] if isinstance(info, tuple) else sys.exc_info()[1]
    return error if isinstance(error, BaseException) else None


def _to_json(entry: Any, **_options: Any) -> str:
    return msgspec.json.encode(entry, enc_hook=repr).decode()
