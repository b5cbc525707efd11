"""What SQLite is told about this process, and its Python driver has no words for.

A connection here is used by one thread at a time, nobody asks how much memory SQLite takes, and the writer keeps about
twenty statements. Told so, SQLite leaves out its locks and finds the room for the values of a row beside the connection
instead of asking the system for each: a twentieth of the writer's instructions.
"""

import ctypes
from typing import Final

_OK: Final = 0
_MULTITHREAD: Final = 2
_MEMSTATUS: Final = 9
_LOOKASIDE: Final = 13
_SLOT_BYTES: Final = 1200
_SLOTS: Final = 160
"""SQLite's own choice is 40, which the prepared statements of the writer take for themselves."""


def tune(library: str) -> bool:
    """Settle how the SQLite inside a loaded extension module works, given the module's path.

    Only before anything has been opened by it. Returns False, and changes nothing, where the module does not let its
    SQLite be reached; everything works all the same.
    """
    try:
        sqlite = ctypes.CDLL(library)
        shutdown, config, initialize = sqlite.sqlite3_shutdown, sqlite.sqlite3_config, sqlite.sqlite3_initialize
    except (OSError, AttributeError):
        return False
    if shutdown() != _OK:
        return False
    settled = [
        config(_MULTITHREAD),
        config(_MEMSTATUS, 0),
        config(_LOOKASIDE, _SLOT_BYTES, _SLOTS),
    ]
    return bool(initialize() == _OK) and settled == [_OK] * len(settled)
