"""Running the app on a socket, until the process is told to stop."""

import errno
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from panope.domain.errors import UnavailableError
from panope.http.routes.health import Lifecycle

_BACKLOG = 2048
_KEEP_ALIVE_S = 75
"""Longer than the idle time of usual proxies, so that they close first and never write into a closed connection."""
_REASONS = {
    errno.EADDRINUSE: "somebody else uses the port: stop them, or choose another with --port",
    errno.EACCES: "this user may not use the port: choose one above 1023 with --port",
    errno.EADDRNOTAVAIL: "the address is not one of this machine's: choose another with --host",
}


def listen(host: str, port: int) -> socket.socket:
    """Bind a socket; raise `UnavailableError` that says what to do when that is not possible."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
    except OSError as error:
        text = f"Cannot listen on {host}: {error.strerror}: choose another address with --host"
        raise UnavailableError(text, code="cannot_listen") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = _REASONS.get(error.errno or 0, f"{error.strerror}: choose another with --host and --port")
        text = f"Cannot listen on {host} port {port}: {reason}"
        raise UnavailableError(text, code="cannot_listen") from None
    return listener


def local_url(listener: socket.socket, host: str, root_path: str) -> str:
    """Address by which this machine reaches the socket."""
    port = listener.getsockname()[1]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{root_path}"


class DrainingServer(uvicorn.Server):
    """A server that tells the app when it is told to stop, and the process when it has begun."""

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._lifecycle = lifecycle
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept."""
        await super().startup(sockets)
        if self.started:
            self._on_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop accepting; what is in progress goes on."""
        self._lifecycle.is_draining = True
        super().handle_exit(sig, frame)


async def run_until_stopped(
    app: ASGIApp,
    listener: socket.socket,
    lifecycle: Lifecycle,
    *,
    on_started: Callable[[], None],
    shutdown_timeout_s: float,
) -> None:
    """Serve until SIGTERM or SIGINT; returns when every request is answered or the time for that is over."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=max(1, round(shutdown_timeout_s)),
    )
    server = DrainingServer(config, lifecycle, on_started)
    # uvicorn raises the signals again once it is done; by then there is nothing left to interrupt.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    await server.serve([listener])
