"""Query text → terms. Total: every text gives terms, or the first mistake and its place."""

import re
from difflib import get_close_matches
from typing import Final, cast

from panope.query.text.errors import Problem, QueryError
from panope.query.text.fields import FLAGS, KEYED, MAY_HAVE_KEY, TEXT_FIELDS
from panope.query.text.terms import (
    Compare,
    Comparison,
    Joint,
    Pattern,
    Plain,
    Present,
    Query,
    Range,
    Several,
    Term,
    Value,
)

MAX_CHARS: Final = 10_000
MAX_TERMS: Final = 100

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_NAME: Final = re.compile(r'[^ \t\r\n:"()]*')
_RUN: Final = re.compile(r'[^ \t\r\n"()]*')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(["\\])')
_COMPARISON: Final = re.compile(r">=|<=|>|<|=")
_GLUED: Final = re.compile(r"([a-z.]+)[<>=]")
RESERVED: Final = frozenset({"OR", "AND", "NOT"})
"""Words that are not searched for unless quoted."""
_RANGE_HINT: Final = "A range has two ends, low..high; quote other text that holds .."
_HINTS: Final = {
    "OR": "OR joins values within one field, as in name:(a OR b); quote it to search for the word",
    "AND": "terms are joined by AND already: leave the word out, or quote it to search for it",
    "NOT": "write - before a term to exclude what matches it; quote NOT to search for the word",
}


class _MistakeError(Exception):
    def __init__(self, error: QueryError) -> None:
        super().__init__(error.message)
        self.error = error


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
    except _MistakeError as mistake:
        return mistake.error


class _Reader:
    """Walks a text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> Query:
        """All terms; words that follow each other are one phrase."""
        terms: list[Term] = []
        spans: list[tuple[int, int]] = []
        after_word = False
        self._skip()
        while self._at < len(self._text):
            start = self._at
            term, is_word = self._term()
            if is_word and after_word:
                phrase = f"{cast(Plain, terms[-1].value).text} {cast(Plain, term.value).text}"
                terms[-1] = Term(None, Plain(phrase))
                spans[-1] = (spans[-1][0], self._at - spans[-1][0])
            else:
                terms.append(term)
                spans.append((start, self._at - start))
            if len(terms) > MAX_TERMS:
                raise self._mistake(Problem.TOO_MANY_TERMS, start, f"A query has up to {MAX_TERMS} terms")
            after_word = is_word
            self._skip()
        return Query(tuple(terms), tuple(spans))

    def _term(self) -> tuple[Term, bool]:
        """One term, and whether it is a word without quotes or minus."""
        start = self._at
        negated = self._take("-")
        if self._is_over() or (negated and self._peek() == "-"):
            raise self._mistake(
                Problem.MISSING_TERM, start, "A term has to follow the - directly; quote it to search for it"
            )
        if self._peek() == '"':
            phrase = self._quoted()
            self._end_term()
            return Term(None, Plain(phrase), negated=negated), False
        if self._peek() in "()":
            raise self._mistake(
                Problem.ACROSS_TERMS, self._at, "Parentheses stand around the values of one field: name:(a OR b)"
            )
        name_at = self._at
        name = self._match(_NAME)
        if self._peek() == ":" or (self._peek() == '"' and name.partition(".")[0] in MAY_HAVE_KEY and "." in name):
            self._at = name_at
            return self._field_term(negated=negated), False
        self._end_term()
        self._check_word(name, name_at)
        return Term(None, Plain(name), negated=negated), not negated

    def _check_word(self, word: str, at: int) -> None:
        if word in RESERVED:
            raise self._mistake(Problem.ACROSS_TERMS, at, _HINTS[word][0].upper() + _HINTS[word][1:])
        glued = _GLUED.match(word)
        if glued is not None and glued[1] in TEXT_FIELDS:
            fixed = f"{glued[1]}:{word[len(glued[1]) :]}"
            raise self._mistake(Problem.MISSING_COLON, at, f"Write {fixed}; quote the word to search for it")
        if "*" in word:
            raise self._mistake(
                Problem.BAD_WILDCARD, at, "Words are found anywhere in a text: leave the * out, or quote it"
            )

    def _field_term(self, *, negated: bool) -> Term:
        name_at = self._at
        if self._text.startswith("has:", self._at):
            self._at += 4
            if self._is_over():
                raise self._mistake(Problem.MISSING_VALUE, name_at, "has: needs a field, as in has:output")
            field, key = self._field(is_presence=True)
            self._end_term()
            return Term(field, Present(), key, negated)
        if self._text.startswith("is:", self._at):
            self._at += 3
            return Term("is", Plain(self._flag(name_at)), negated=negated)
        field, key = self._field(is_presence=False)
        if not self._take(":"):
            raise self._mistake(Problem.STRAY_CHARACTER, self._at, "A : has to follow the name of a field")
        if self._is_over():
            raise self._mistake(Problem.MISSING_VALUE, name_at, f"{field} needs a value after the :")
        value = self._value()
        self._end_term()
        return Term(field, value, key, negated)

    def _flag(self, name_at: int) -> str:
        flag_at = self._at
        flag = self._match(_NAME)
        if not flag and self._is_over():
            raise self._mistake(Problem.MISSING_VALUE, name_at, f"is: needs one of {', '.join(FLAGS)}")
        self._end_term()
        if flag not in FLAGS:
            raise self._mistake(Problem.UNKNOWN_FLAG, flag_at, f"is: takes one of {', '.join(FLAGS)}")
        return flag

    def _field(self, *, is_presence: bool) -> tuple[str, str | None]:
        """A field and its key."""
        start = self._at
        name = self._match(_NAME)
        if name in TEXT_FIELDS and (name not in KEYED or (name == "score" and is_presence)):
            return name, None
        head, dot, rest = name.partition(".")
        if head in MAY_HAVE_KEY:
            if not dot or not (rest or self._peek() == '"'):
                raise self._mistake(
                    Problem.MISSING_KEY, start, f"{head} needs a key after a dot, as in {head}.{_sample_key(head)}"
                )
            return head, rest + self._rest_of_key()
        if dot and head in TEXT_FIELDS:
            raise self._mistake(Problem.UNEXPECTED_KEY, start, f"{head} has no {rest or 'keys'}")
        raise self._mistake(Problem.UNKNOWN_FIELD, start, _unknown(name))

    def _rest_of_key(self) -> str:
        parts = []
        while self._peek() == '"':
            parts.append(self._quoted())
            parts.append(self._match(_NAME))
        return "".join(parts)

    def _value(self) -> Value:
        if self._peek() == "(":
            return self._list()
        operator = self._match(_COMPARISON)
        if operator:
            if self._is_over():
                raise self._mistake(
                    Problem.MISSING_VALUE, self._at - len(operator), f"A value has to follow {operator} directly"
                )
            return Compare(cast(Comparison, operator), self._compared())
        if self._peek() == '"':
            return self._after_quoted(self._quoted())
        return self._after_run()

    def _compared(self) -> str:
        if self._peek() == '"':
            return self._quoted()
        start = self._at
        run = self._match(_RUN)
        if ".." in run:
            raise self._mistake(Problem.BAD_RANGE, start, "A range takes no comparison: write low..high alone")
        if _COMPARISON.match(run):
            raise self._mistake(Problem.STRAY_CHARACTER, start, "Quote a value that begins with a comparison")
        return run

    def _after_quoted(self, text: str) -> Value:
        if self._text.startswith("..", self._at):
            start = self._at
            self._at += 2
            return self._range_from(text, start)
        if self._peek() == "*":
            star_at = self._at
            self._at += 1
            return self._pattern(text, star_at, at_start=False, at_end=True)
        return Plain(text)

    def _after_run(self) -> Value:
        start = self._at
        run = self._match(_RUN)
        if run == "*" and self._peek() == '"':
            text = self._quoted()
            return self._pattern(text, start, at_start=True, at_end=self._take("*"))
        if ".." in run:
            low = run.partition("..")[0]
            if not low or "*" in low:
                raise self._mistake(Problem.BAD_RANGE, start, _RANGE_HINT)
            self._at = start + len(low) + 2
            return self._range_from(low, start)
        if "*" not in run:
            return Plain(run)
        is_first, is_last = run.startswith("*"), run.endswith("*")
        text = run[is_first : len(run) - is_last]
        if "*" in text:
            raise self._mistake(
                Problem.BAD_WILDCARD, start, "A * stands only at the beginning or the end; quote it to search for it"
            )
        return self._pattern(text, start, at_start=is_first, at_end=is_last)

    def _pattern(self, text: str, start: int, *, at_start: bool, at_end: bool) -> Pattern:
        if not text:
            raise self._mistake(
                Problem.BAD_WILDCARD, start, "A * needs text beside it; has:field finds what has any value"
            )
        if at_start and at_end:
            return Pattern(text, "anywhere")
        return Pattern(text, "end" if at_start else "start")

    def _range_from(self, low: str, start: int) -> Range:
        """The range whose low end has been read, up to and with its two dots."""
        if self._peek() == '"':
            return Range(low, self._quoted())
        high = self._match(_RUN)
        if not high or ".." in high or "*" in high:
            raise self._mistake(Problem.BAD_RANGE, start, _RANGE_HINT)
        return Range(low, high)

    def _list(self) -> Several:
        start = self._at
        self._at += 1
        texts: list[str] = [self._member(start)]
        joints: set[str] = set()
        while not self._take(")"):
            word_at = self._at
            if word_at == len(self._text):
                raise self._mistake(Problem.BAD_LIST, start, "A ) has to close the list")
            word = self._match(_RUN)
            if word not in ("OR", "AND"):
                raise self._mistake(Problem.BAD_LIST, word_at, "Put OR or AND between values, and ) after the last")
            joints.add(word)
            if len(joints) > 1:
                raise self._mistake(Problem.BAD_LIST, word_at, "A list is joined by OR or by AND, not by both")
            texts.append(self._member(start))
        joint: Joint = "and" if joints == {"AND"} else "or"
        return Several(tuple(texts), joint)

    def _member(self, list_at: int) -> str:
        """One value of a list, and the space around it."""
        self._skip()
        start = self._at
        if self._peek() == '"':
            text = self._quoted()
        else:
            text = self._match(_RUN)
            if not text or text in ("OR", "AND"):
                problem_at = start if text else list_at
                raise self._mistake(
                    Problem.BAD_LIST, problem_at, "A list holds values joined by OR or AND, as in (a OR b)"
                )
            if "*" in text or ".." in text:
                problem = Problem.BAD_WILDCARD if "*" in text else Problem.BAD_RANGE
                raise self._mistake(problem, start, "Values of a list are whole: quote one that holds * or ..")
        self._skip()
        return text

    def _quoted(self) -> str:
        match = _QUOTED.match(self._text, self._at)
        if match is None:
            raise self._mistake(Problem.UNCLOSED_QUOTE, self._at, 'A " has to close the quote')
        self._at = match.end()
        return _ESCAPE.sub(r"\1", match[1])

    def _end_term(self) -> None:
        if not self._is_over():
            raise self._mistake(
                Problem.STRAY_CHARACTER, self._at, f"A space has to stand before {self._peek()}, or quotes around it"
            )

    def _is_over(self) -> bool:
        return self._at >= len(self._text) or self._text[self._at] in " \t\r\n"

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, character: str) -> bool:
        if self._peek() != character:
            return False
        self._at += 1
        return True

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _skip(self) -> None:
        self._match(_SPACE)

    def _mistake(self, code: Problem, at: int, message: str) -> _MistakeError:
        """It reaches to where reading has come, and at least over one character."""
        return _MistakeError(QueryError(code, at, max(1, self._at - at), message))


def _sample_key(field: str) -> str:
    return {"meta": "region", "score": "accuracy"}.get(field, "input")


def _unknown(name: str) -> str:
    if not name:
        return "A field has to stand before the :"
    near = get_close_matches(name, [*TEXT_FIELDS, "has", "is"], n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"There is no field {name}{hint or '; quote the text to search for it'}"
