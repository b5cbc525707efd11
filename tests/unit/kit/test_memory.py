"""Memory that is given back."""

import ctypes
import gc
import platform
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from panope.kit.memory import give_back, keep_few_arenas
from tests.support.server import running_server


class Knot:
    """Holds itself, so that only the collector can let it go."""

    def __init__(self) -> None:
        self.self = self


@pytest.mark.parametrize("error", [None, OSError, AttributeError, TypeError])
def test_garbage_is_let_go_whatever_the_c_library_can_do(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception] | None
) -> None:
    def refuse(_: None) -> None:
        raise error or AssertionError

    if error is not None:
        monkeypatch.setattr(ctypes, "CDLL", refuse)
    gc.disable()
    try:
        held = weakref.ref(Knot())
        assert held() is not None
        give_back()
        assert held() is None
    finally:
        gc.enable()


_only_glibc = pytest.mark.skipif(
    "glibc" not in platform.libc_ver(), reason="there are arenas only in glibc's allocator"
)
_ARENA_BYTES = 64 << 20
"""What an arena of a thread reserves, from a multiple of it on: glibc's `HEAP_MAX_SIZE` on 64 bits."""


@_only_glibc
def test_threads_share_two_arenas() -> None:
    program = f"""
import ctypes, threading
from {keep_few_arenas.__module__} import keep_few_arenas
keep_few_arenas()
start = threading.Barrier(8)
def allocate():
    start.wait()
    held = [bytes(2_000) for _ in range(1_000)]
    start.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ctypes.CDLL(None).malloc_stats()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.count("Arena") == 2


@_only_glibc
@pytest.mark.skipif(sys.maxsize < 1 << 32, reason="arenas begin elsewhere on 32 bits")
def test_the_threads_of_a_server_share_one_arena_beside_its_first(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        with ThreadPoolExecutor(16) as senders:
            list(senders.map(lambda _: server.request("GET", "/api/public/traces"), range(32)))
        assert _arenas(server.pid) == 1


def _arenas(pid: int) -> int:
    """Arenas of a process beside its first: each is a piece in use and a piece that is only reserved."""
    lines = [line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    pieces = [(*(int(end, 16) for end in line[0].split("-")), line[1]) for line in lines]
    return sum(
        start % _ARENA_BYTES == 0
        and (used, reserved) == ("rw-p", "---p")
        and end - start >= _ARENA_BYTES  # more where something else that is only reserved follows
        for (start, _, used), (_, end, reserved) in pairwise(pieces)
    )
