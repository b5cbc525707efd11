"""The one tokeniser: what an index knows of a text, and what it is asked for to find a phrase.

A token is a run of letters or a run of digits; of scripts that put no spaces between words, every two neighbours. So
`run_4f-Zähler` is `run`, `4`, `f` and `zähler`. Which class a character belongs to depends on nothing but itself:
wherever a phrase stands in a text, the runs inside it are tokens of the text, and only its first and last may go on.
"""

import re
from typing import Final

from panope.domain.text.folding import fold

MAX_TOKENS: Final = 20_000
MAX_CHARS: Final = 1_000_000
"""Texts with more different tokens or with more characters are found by every search."""
MARK: Final = b"*"
"""The token of what is found by every search and looked at itself; no run is an asterisk."""
_SPACELESS: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
SPACE: Final = 32
LETTERS: Final = bytes(code if chr(code).isalpha() else 32 for code in range(128)).lower() + bytes(128)
DIGITS: Final = bytes(code if chr(code).isdigit() else 32 for code in range(128)) + bytes(128)
"""What translates ASCII into its letters, made small, or its digits, and spaces."""
_ANY: Final = re.compile(rf"[{_SPACELESS}]+|[^\W\d_{_SPACELESS}]+|[^\D{_SPACELESS}]+")
_IS_SPACELESS: Final = re.compile(rf"[{_SPACELESS}]")
_END: Final = b"\n"


def any_tokens(folded: str) -> set[bytes]:
    """The tokens of a folded text, however many."""
    runs = set(_ANY.findall(folded))
    spaceless = {run for run in runs if len(run) > 1 and _IS_SPACELESS.match(run)}
    pairs = {run[at : at + 2] for run in spaceless for at in range(len(run) - 1)}
    return {run.encode() for run in (runs - spaceless) | pairs}


def needles(phrase: str) -> list[bytes]:
    """What has to stand among the tokens of each text that holds a phrase, the most telling first.

    Each is to be looked for in tokens that are UTF-8, sorted, with a line feed before and after each of them: a whole
    token, or where the phrase may go on in the text, the beginning, the end or the middle of one. Empty when the phrase
    has no letter and no digit.
    """
    folded = fold(phrase)
    found: dict[bytes, None] = {}
    for match in _ANY.finditer(folded):
        run = match[0]
        if _IS_SPACELESS.match(run):
            pairs = [run[at : at + 2] for at in range(len(run) - 1)]
            found.update(dict.fromkeys([_END + pair.encode() + _END for pair in pairs] or [run.encode()]))
            continue
        before = b"" if match.start() == 0 else _END
        after = b"" if match.end() == len(folded) else _END
        found[before + run.encode() + after] = None
    return sorted(found, key=len, reverse=True)
