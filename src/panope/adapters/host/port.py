"""Whether a server could listen at an address, or who does."""

import errno
import http.client
import json
import socket
from contextlib import suppress
from typing import Any, Final

from panope.ports.diagnosis import PortFacts

_TIMEOUT_S: Final = 1.0
_MAX_ANSWER: Final = 4_096
_HEALTH: Final = "/api/public/health"
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - to be told apart
_REFUSALS: Final = {
    errno.EACCES: "this user may not use the port",
    errno.EADDRNOTAVAIL: "the address is not one of this machine's",
}


def inspect_port(host: str, port: int) -> PortFacts:
    """See `MachineProbe.inspect_port`."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        _try_to_listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return PortFacts(address=address, is_free=False, answers_as=_ask(host, port), refusal=None)
        reason = _REFUSALS.get(error.errno or 0, error.strerror or "the address is not known")
        return PortFacts(address=address, is_free=False, answers_as=None, refusal=reason)
    return PortFacts(address=address, is_free=True, answers_as=None, refusal=None)


def _try_to_listen(host: str, port: int) -> None:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        listener.bind(address)


def _ask(host: str, port: int) -> str | None:
    """Version of the panope that answers there; None for anybody else."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=_TIMEOUT_S)
    with suppress(OSError, http.client.HTTPException, ValueError):
        connection.request("GET", _HEALTH)
        answer: Any = json.loads(connection.getresponse().read(_MAX_ANSWER))
        if isinstance(answer, dict) and {"status", "version", "database"} <= answer.keys():
            return str(answer["version"])
    connection.close()
    return None
