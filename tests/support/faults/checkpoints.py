"""Servers whose SQLite moves pages from its log all the time, which else takes megabytes."""

from pathlib import Path
from typing import Final

OFTEN: Final = {"PYTHONPATH": str(Path(__file__).with_name("often"))}
"""Variables of such a process."""
EVERY: Final = 2
"""Of so many lives or rounds, one is of this kind."""


def sometimes(number: int) -> dict[str, str]:
    """Variables for the life or round of that number."""
    return OFTEN if number % EVERY == 0 else {}
