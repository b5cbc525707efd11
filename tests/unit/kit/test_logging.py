import errno
import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from panope.kit.logging import configure_logging

SECRET = "sk-lf-very-secret"
PAYLOAD = "the prompt of somebody"


@pytest.fixture(autouse=True)
def _untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class CarefulError(Exception):
    pass


def fail(payload: str) -> None:
    local = {"secret": SECRET, "payload": payload}
    raise ValueError(f"cannot store {local}")


def give_up(cause: Exception) -> None:
    raise CarefulError("the store is away") from cause


def logged(*, as_json: bool = True) -> io.StringIO:
    stream = io.StringIO()
    configure_logging(stream, as_json=as_json, careful=(CarefulError,))
    try:
        fail(PAYLOAD)
    except ValueError as error:
        structlog.get_logger().error("it failed", exc_info=error)
        try:
            give_up(error)
        except CarefulError:
            logging.getLogger("library").exception("it failed too")
    return stream


def test_an_exception_is_logged_by_type_and_place_without_its_text() -> None:
    first, second = [json.loads(line) for line in logged().getvalue().splitlines()]
    assert first["event"] == "it failed"
    assert first["level"] == "error"
    assert first["exception"].startswith("builtins.ValueError\n")
    assert "test_logging.py:" in first["exception"]
    assert "in fail" in first["exception"]
    assert "CarefulError: the store is away" in second["exception"]
    assert "caused by builtins.ValueError" in second["exception"]


def test_no_format_shows_a_payload_or_a_local_variable() -> None:
    for as_json in (True, False):
        text = logged(as_json=as_json).getvalue()
        assert "it failed too" in text
        assert "in fail" in text
        assert SECRET not in text
        assert PAYLOAD not in text


def test_what_is_below_the_level_is_left_out() -> None:
    stream = io.StringIO()
    configure_logging(stream, as_json=True, level="warning")
    structlog.get_logger().info("too quiet")
    structlog.get_logger().warning("loud enough")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["loud enough"]


def test_people_see_the_values_in_the_order_in_which_they_were_said_and_no_fractions_of_seconds() -> None:
    stream = io.StringIO()
    configure_logging(stream, as_json=False)
    structlog.get_logger().info("request", method="POST", route="/here", status=207, bytes_in=9)
    line = stream.getvalue()
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", line)
    assert line.index("method=") < line.index("route=") < line.index("status=") < line.index("bytes_in=")


class FullStream(io.StringIO):
    """Takes nothing while it is full."""

    is_full = False

    def write(self, text: str) -> int:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def test_a_log_that_cannot_be_written_fails_nobody_and_says_later_how_much_is_missing() -> None:
    stream = FullStream()
    configure_logging(stream, as_json=True)
    stream.is_full = True
    structlog.get_logger("x").info("lost")
    structlog.get_logger("x").info("lost as well")
    stream.is_full = False
    structlog.get_logger("x").info("kept")
    events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert events == ["2 log lines lost", "kept"]
