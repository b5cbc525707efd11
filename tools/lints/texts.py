"""What no file may hold: places that exist on one machine only."""

import re
from collections.abc import Iterator
from typing import Final

from tools.lints.source import Finding, Source

_MACHINE_PATH: Final = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work|workspace|mnt)/[\w.-]+|(?<![\w.:/-])/tmp/\w+")


def find_machine_paths(source: Source) -> Iterator[Finding]:
    """Absolute paths below somebody's home, work or scratch folder."""
    for number, line in enumerate(source.text.splitlines(), 1):
        for match in _MACHINE_PATH.finditer(line):
            yield Finding(source.path, number, f"{match[0]} is a place on one machine")
