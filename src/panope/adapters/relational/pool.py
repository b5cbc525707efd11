"""Threads that own a connection each, for reads off the event loop."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from panope.adapters.relational.session import Session
from panope.domain.errors import UnavailableError

Answer = TypeVar("Answer")


class Closable(Protocol):
    """A connection, as far as the pool is concerned."""

    def close(self) -> None:
        """Release it."""


Connection = TypeVar("Connection", bound=Closable)


class ReadEngine(Protocol[Connection]):
    """How an engine connects and reads."""

    def connect(self) -> Connection:
        """A connection that will be used by one thread. Raises `UnavailableError`."""

    def read(self, connection: Connection, work: Callable[[Session], Answer], /, *, is_bounded: bool) -> Answer:
        """Run in a read transaction; `TooBroadError` when it is bounded and does too much."""

    def finish(self, connection: Connection, /) -> None:
        """End the transaction if `read` did not: who asked has the answer by then. Never raises."""

    def is_broken(self, connection: Connection) -> bool:
        """Whether the connection must be replaced. Never raises."""


class _Asked(Struct, Generic[Answer], frozen=True):
    """A read, and who waits for its answer."""

    read: Callable[[Session], Answer]
    is_bounded: bool
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Answer]

    def hand_over(self, settle: Callable[[Any], None], outcome: object) -> None:
        """To the loop, unless nobody waits there any more."""
        with suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(self._settle, settle, outcome)

    def _settle(self, settle: Callable[[Any], None], outcome: object) -> None:
        if not self.answer.done():
            settle(outcome)


class ReaderPool(Generic[Connection]):
    """Runs reads on a bounded number of threads."""

    def __init__(self, engine: ReadEngine[Connection], size: int, name: str) -> None:
        self._engine = engine
        self._own = threading.local()
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._is_closed = False

    async def run(self, read: Callable[[Session], Answer], *, is_bounded: bool = True) -> Answer:
        """Run in a read transaction on one of the threads."""
        if self._is_closed:
            raise UnavailableError("The server is stopping: ask the one that follows", code="stopping", retry_after_s=1)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._threads.submit(self._run, [_Asked(read, is_bounded, loop, answer)])
        try:
            return await answer
        finally:
            del answer  # see `_run`

    def close(self) -> None:
        """Wait for the reads under way, then close the connections. Blocks."""
        self._is_closed = True
        self._threads.shutdown(wait=True)
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _run(self, waiting: "list[_Asked[Answer]]") -> None:
        """Answer the one that waits.

        Taken from the list, which the executor holds, and dropped in the end: by its traceback an error holds this
        frame and those that called it, and who waits holds the error. In a circle they would stay, with all that was
        read.
        """
        asked = waiting.pop()
        if asked.answer.cancelled():
            return
        try:
            asked.hand_over(asked.answer.set_result, self._read(asked.read, asked.is_bounded))
        except BaseException as error:  # noqa: BLE001 - it belongs to who asked
            asked.hand_over(asked.answer.set_exception, error)
        finally:
            del asked
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is not None:
            self._engine.finish(connection)

    def _read(self, read: Callable[[Session], Answer], is_bounded: bool) -> Answer:  # noqa: FBT001 - as it was asked
        """Ask once more over a new connection when the old one has died since it was last used."""
        is_old, connection = self._take()
        try:
            return self._engine.read(connection, read, is_bounded=is_bounded)
        except Exception:
            if not self._engine.is_broken(connection):
                raise
            self._drop(connection)
            if not is_old:
                raise
        return self._engine.read(self._take()[1], read, is_bounded=is_bounded)

    def _take(self) -> tuple[bool, Connection]:
        """The connection of this thread, and whether it has been used before."""
        known: Connection | None = getattr(self._own, "connection", None)
        if known is not None:
            return True, known
        connection = self._own.connection = self._engine.connect()
        with self._lock:
            self._connections.add(connection)
        return False, connection

    def _drop(self, connection: Connection) -> None:
        self._own.connection = None
        with self._lock:
            self._connections.discard(connection)
        connection.close()
