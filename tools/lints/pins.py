"""What a constraints file must be: exact versions with hashes, and not a word on where they come from."""

import re
from collections.abc import Iterator
from typing import Final

from tools.lints.source import Finding, Source

_PIN: Final = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
_PLACE: Final = re.compile(r"\w+://|\s@\s|^\s*(?:-i|-f|--(?:index-url|extra-index-url|find-links|trusted-host))\b")


def find_loose_pins(source: Source) -> Iterator[Finding]:
    """Requirements without an exact version or without a hash, and every mention of a place."""
    for number, requirement in _requirements(source.text):
        if _PLACE.search(requirement):
            yield Finding(source.path, number, "names a registry or an address: compile without emitting it")
        elif not _PIN.match(requirement):
            yield Finding(source.path, number, "not an exact version: name==version")
        elif not _HASH.search(requirement):
            yield Finding(source.path, number, "no hash")


def read_pins(text: str) -> dict[str, str]:
    """Version by name."""
    matches = (_PIN.match(requirement) for _, requirement in _requirements(text))
    return {match[1]: match[2] for match in matches if match}


def _requirements(text: str) -> Iterator[tuple[int, str]]:
    """Requirements with the number of their first line, continued lines joined."""
    number, joined = 1, ""
    for here, line in enumerate(text.splitlines(), 1):
        number = number if joined else here
        joined += line.removesuffix("\\")
        if not line.endswith("\\"):
            if joined.strip() and not joined.lstrip().startswith("#"):
                yield number, joined
            joined = ""
