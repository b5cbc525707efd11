"""Query text → terms. Total: every text gives terms, or the first mistake and its place."""

import re
from difflib import get_close_matches
from typing import Final, cast

from panope.query.text.errors import Problem, QueryError, shorten
from panope.query.text.fields import FLAGS, KEYED, MAY_HAVE_KEY, TEXT_FIELDS
from panope.query.text.read_value import ValueReader
from panope.query.text.scan import NAME, MistakeError, Scanner
from panope.query.text.terms import RESERVED, Plain, Present, Query, Term

MAX_CHARS: Final = 10_000
MAX_TERMS: Final = 100

_GLUED: Final = re.compile(r"([a-z.]+)[<>=]")
_HINTS: Final = {
    "OR": "OR joins values within one field, as in name:(a OR b); quote it to search for the word",
    "AND": "terms are joined by AND already: leave the word out, or quote it to search for it",
    "NOT": "write - before a term to exclude what matches it; quote NOT to search for the word",
}


def parse_query(text: str) -> Query | QueryError:
    """Read a text. Fields are checked for their names alone: which view has them is `lower`'s to say."""
    if len(text) > MAX_CHARS:
        return QueryError(
            Problem.TOO_LONG, MAX_CHARS, len(text) - MAX_CHARS, f"A query has up to {MAX_CHARS} characters"
        )
    nul = text.find("\x00")
    if nul >= 0:
        return QueryError(Problem.NUL, nul, 1, "The character NUL cannot be searched for")
    try:
        return _Reader(text).read()
    except MistakeError as mistake:
        return mistake.error


class _Reader:
    """Walks a text from left to right."""

    def __init__(self, text: str) -> None:
        self._scan = Scanner(text)
        self._values = ValueReader(self._scan)

    def read(self) -> Query:
        """All terms; words that follow each other are one phrase."""
        terms: list[Term] = []
        spans: list[tuple[int, int]] = []
        after_word = False
        self._scan.skip()
        while self._scan.at < len(self._scan.text):
            start = self._scan.at
            term, is_word = self._term()
            if is_word and after_word:
                phrase = f"{cast(Plain, terms[-1].value).text} {cast(Plain, term.value).text}"
                terms[-1] = Term(None, Plain(phrase))
                spans[-1] = (spans[-1][0], self._scan.at - spans[-1][0])
            else:
                terms.append(term)
                spans.append((start, self._scan.at - start))
            if len(terms) > MAX_TERMS:
                raise self._scan.mistake(Problem.TOO_MANY_TERMS, start, f"A query has up to {MAX_TERMS} terms")
            after_word = is_word
            self._scan.skip()
        return Query(tuple(terms), tuple(spans))

    def _term(self) -> tuple[Term, bool]:
        """One term, and whether it is a word without quotes or minus."""
        start = self._scan.at
        negated = self._scan.take("-")
        if self._scan.is_over() or (negated and self._scan.peek() == "-"):
            raise self._scan.mistake(
                Problem.MISSING_TERM, start, "A term has to follow the - directly; quote it to search for it"
            )
        if self._scan.peek() == '"':
            phrase = self._scan.quoted()
            self._scan.end_term()
            return Term(None, Plain(phrase), negated=negated), False
        if self._scan.peek() in "()":
            raise self._scan.mistake(
                Problem.ACROSS_TERMS, self._scan.at, "Parentheses stand around the values of one field: name:(a OR b)"
            )
        name_at = self._scan.at
        name = self._scan.match(NAME)
        if self._scan.peek() == ":" or (
            self._scan.peek() == '"' and name.partition(".")[0] in MAY_HAVE_KEY and "." in name
        ):
            self._scan.at = name_at
            return self._field_term(negated=negated), False
        self._scan.end_term()
        self._check_word(name, name_at)
        return Term(None, Plain(name), negated=negated), not negated

    def _check_word(self, word: str, at: int) -> None:
        if word in RESERVED:
            raise self._scan.mistake(Problem.ACROSS_TERMS, at, _HINTS[word][0].upper() + _HINTS[word][1:])
        glued = _GLUED.match(word)
        if glued is not None and glued[1] in TEXT_FIELDS:
            raise self._scan.mistake(
                Problem.MISSING_COLON, at, f"A : has to follow {glued[1]}; quote the word to search for it"
            )
        if "*" in word:
            raise self._scan.mistake(
                Problem.BAD_WILDCARD, at, "Words are found anywhere in a text: leave the * out, or quote it"
            )

    def _field_term(self, *, negated: bool) -> Term:
        name_at = self._scan.at
        if self._scan.text.startswith("has:", self._scan.at):
            self._scan.at += 4
            if self._scan.is_over():
                raise self._scan.mistake(Problem.MISSING_VALUE, name_at, "has: needs a field, as in has:output")
            field, key = self._field(is_presence=True)
            self._scan.end_term()
            return Term(field, Present(), key, negated)
        if self._scan.text.startswith("is:", self._scan.at):
            self._scan.at += 3
            return Term("is", Plain(self._flag(name_at)), negated=negated)
        field, key = self._field(is_presence=False)
        if not self._scan.take(":"):
            raise self._scan.mistake(Problem.MISSING_COLON, name_at, "A : has to follow the name of a field")
        if self._scan.is_over():
            raise self._scan.mistake(Problem.MISSING_VALUE, name_at, f"{field} needs a value after the :")
        value = self._values.read()
        self._scan.end_term()
        return Term(field, value, key, negated)

    def _flag(self, name_at: int) -> str:
        flag_at = self._scan.at
        flag = self._scan.match(NAME)
        if not flag and self._scan.is_over():
            raise self._scan.mistake(Problem.MISSING_VALUE, name_at, f"is: needs one of {', '.join(FLAGS)}")
        self._scan.end_term()
        if flag not in FLAGS:
            raise self._scan.mistake(Problem.UNKNOWN_FLAG, flag_at, f"is: takes one of {', '.join(FLAGS)}")
        return flag

    def _field(self, *, is_presence: bool) -> tuple[str, str | None]:
        """A field and its key."""
        start = self._scan.at
        name = self._scan.match(NAME)
        if name in TEXT_FIELDS and (name not in KEYED or (name == "score" and is_presence)):
            return name, None
        head, dot, rest = name.partition(".")
        if head in MAY_HAVE_KEY:
            if not dot or not (rest or self._scan.peek() == '"'):
                raise self._scan.mistake(
                    Problem.MISSING_KEY, start, f"{head} needs a key after a dot, as in {head}.{_sample_key(head)}"
                )
            return head, rest + self._rest_of_key()
        if dot and head in TEXT_FIELDS:
            raise self._scan.mistake(
                Problem.UNEXPECTED_KEY, start, f"{head} has no keys; with it begin {_beginning_with(head)}"
            )
        raise self._scan.mistake(Problem.UNKNOWN_FIELD, start, _unknown(name))

    def _rest_of_key(self) -> str:
        parts = []
        while self._scan.peek() == '"':
            parts.append(self._scan.quoted())
            parts.append(self._scan.match(NAME))
        return "".join(parts)


def _beginning_with(head: str) -> str:
    return ", ".join(name for name in TEXT_FIELDS if name.partition(".")[0] == head)


def _sample_key(field: str) -> str:
    return {"meta": "region", "score": "accuracy"}.get(field, "input")


def _unknown(name: str) -> str:
    if not name:
        return "A field has to stand before the :"
    near = get_close_matches(shorten(name), [*TEXT_FIELDS, "has", "is"], n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"There is no field {shorten(name)}{hint or '; quote the text to search for it'}"
