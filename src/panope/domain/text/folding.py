"""Folding: text without the difference between capital and small letters.

One character becomes one character, and no letter outside ASCII becomes one inside. So every database can compare
folded texts with nothing but ASCII's small letters and a few replacements, and all of them agree.
"""

from functools import cache


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1 and not folded.isascii():
            return folded
    return character


_FOLDING = _Folding()
_END_OF_CASED = 0x1F000
"""No letter from here on has another case."""


def fold(text: str) -> str:
    """The text with every character folded; as long as before."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


@cache
def _origins() -> dict[str, str]:
    """Characters outside ASCII that become another one, by what they become."""
    found: dict[str, str] = {}
    for code in range(0x80, _END_OF_CASED):
        folded = _fold_character(chr(code))
        if folded != chr(code):
            found[folded] = found.get(folded, "") + chr(code)
    return found


def replacements(phrase: str) -> list[tuple[str, str]]:
    """What to replace in a text of small ASCII letters to find a folded phrase: (character, by what), often nothing."""
    if phrase.isascii():
        return []
    origins = _origins()
    return [(origin, folded) for folded in sorted(set(phrase)) for origin in origins.get(folded, "")]
