"""Memory that is given back."""

import ctypes
import gc
import weakref

import pytest

from panope.kit.memory import give_back


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
