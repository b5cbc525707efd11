"""Memory that is given back."""

import ctypes
import gc
import platform
import subprocess
import sys
import weakref

import pytest

from panope.kit.memory import give_back, keep_few_arenas


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


@pytest.mark.skipif("glibc" not in platform.libc_ver(), reason="there are arenas only in glibc's allocator")
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
