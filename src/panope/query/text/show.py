"""Terms → query text in its one canonical form: reading it gives the same terms."""

import re
from collections.abc import Iterable
from typing import Final

from panope.query.text.fields import TEXT_FIELDS
from panope.query.text.terms import RESERVED, Compare, Pattern, Plain, Present, Range, Several, Term, Value

_SAFE_VALUE: Final = re.compile(r'[^ \t\r\n"()*<>=.](?:[^ \t\r\n"()*]*[^ \t\r\n"()*.])?')
_SAFE_WORD: Final = re.compile(r'[^ \t\r\n"()*:<>=-][^ \t\r\n"()*:<>=]*')
_SAFE_KEY: Final = re.compile(r'[^ \t\r\n":()]+')
_ESCAPED: Final = re.compile(r'["\\]')


def print_query(terms: Iterable[Term]) -> str:
    """The terms as one line. Two phrases in a row are told apart by quotes."""
    shown: list[str] = []
    after_word = False
    for term in terms:
        text = print_term(term)
        is_word = term.field is None and not term.negated and not text.startswith('"')
        if is_word and after_word:
            text, is_word = quote(text), False
        shown.append(text)
        after_word = is_word
    return " ".join(shown)


def print_term(term: Term) -> str:
    """One term."""
    return f"-{_print_positive(term)}" if term.negated else _print_positive(term)


def quote(text: str) -> str:
    r"""The text between quotes; `"` and `\` get a `\` before them."""
    escaped = _ESCAPED.sub(r"\\\g<0>", text)
    return f'"{escaped}"'


def _print_positive(term: Term) -> str:
    if term.field is None:
        return _word(term.value.text) if isinstance(term.value, Plain) else ""
    name = term.field if term.key is None else f"{term.field}.{_key(term)}"
    return f"has:{name}" if isinstance(term.value, Present) else f"{name}:{_value(term.value)}"


def _word(text: str) -> str:
    return text if _SAFE_WORD.fullmatch(text) and text not in RESERVED else quote(text)


def _key(term: Term) -> str:
    key = term.key or ""
    is_safe = _SAFE_KEY.fullmatch(key) is not None and f"{term.field}.{key}" not in TEXT_FIELDS
    return key if is_safe else quote(key)


def _value(value: Value) -> str:
    match value:
        case Plain(text):
            return _scalar(text)
        case Pattern(text, at):
            before, after = at != "start", at != "end"
            return f"{'*' if before else ''}{_scalar(text)}{'*' if after else ''}"
        case Compare(op, text):
            return f"{op}{_scalar(text)}"
        case Range(low, high):
            return f"{_scalar(low)}..{_scalar(high)}"
        case Several(texts, joint):
            return f"({f' {joint.upper()} '.join(map(_scalar, texts))})"
        case Present():
            return ""


def _scalar(text: str) -> str:
    is_safe = _SAFE_VALUE.fullmatch(text) is not None and ".." not in text and text not in RESERVED
    return text if is_safe else quote(text)
