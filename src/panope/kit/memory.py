"""Memory that a process holds and no longer uses."""

import ctypes
import gc


def give_back() -> None:
    """Collect garbage and hand free memory back to the system, where the C library is able to; takes tens of ms.

    What start-up allocates and drops, above all while patterns are compiled, otherwise stays with the process.
    """
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # not glibc
        return
