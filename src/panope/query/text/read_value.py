"""The value of a term: alone, a pattern, a comparison, a range or a list."""

import re
from typing import Final, cast

from panope.query.text.errors import Problem
from panope.query.text.scan import RUN, Scanner
from panope.query.text.terms import Compare, Comparison, Joint, Pattern, Plain, Range, Several, Value

_COMPARISON: Final = re.compile(r">=|<=|>|<|=")
_RANGE_HINT: Final = "A range has two ends, low..high; quote other text that holds .."


class ValueReader:
    """Reads the value that a scanner stands before."""

    def __init__(self, scan: Scanner) -> None:
        self._scan = scan

    def read(self) -> Value:
        """The value that begins here."""
        if self._scan.peek() == "(":
            return self._list()
        operator = self._scan.match(_COMPARISON)
        if operator:
            if self._scan.is_over():
                raise self._scan.mistake(
                    Problem.MISSING_VALUE, self._scan.at - len(operator), f"A value has to follow {operator} directly"
                )
            return Compare(cast(Comparison, operator), self._compared())
        if self._scan.peek() == '"':
            return self._after_quoted(self._scan.quoted())
        return self._after_run()

    def _compared(self) -> str:
        if self._scan.peek() == '"':
            return self._scan.quoted()
        start = self._scan.at
        run = self._scan.match(RUN)
        if ".." in run:
            raise self._scan.mistake(Problem.BAD_RANGE, start, "A range takes no comparison: write low..high alone")
        if _COMPARISON.match(run):
            raise self._scan.mistake(Problem.STRAY_CHARACTER, start, "Quote a value that begins with a comparison")
        return run

    def _after_quoted(self, text: str) -> Value:
        if self._scan.text.startswith("..", self._scan.at):
            start = self._scan.at
            self._scan.at += 2
            return self._range_from(text, start)
        if self._scan.peek() == "*":
            star_at = self._scan.at
            self._scan.at += 1
            return self._pattern(text, star_at, at_start=False, at_end=True)
        return Plain(text)

    def _after_run(self) -> Value:
        start = self._scan.at
        run = self._scan.match(RUN)
        if run == "*" and self._scan.peek() == '"':
            text = self._scan.quoted()
            return self._pattern(text, start, at_start=True, at_end=self._scan.take("*"))
        if ".." in run:
            low = run.partition("..")[0]
            if not low or "*" in low:
                raise self._scan.mistake(Problem.BAD_RANGE, start, _RANGE_HINT)
            self._scan.at = start + len(low) + 2
            return self._range_from(low, start)
        if "*" not in run:
            return Plain(run)
        is_first, is_last = run.startswith("*"), run.endswith("*")
        text = run[is_first : len(run) - is_last]
        if "*" in text:
            raise self._scan.mistake(
                Problem.BAD_WILDCARD, start, "A * stands only at the beginning or the end; quote it to search for it"
            )
        return self._pattern(text, start, at_start=is_first, at_end=is_last)

    def _pattern(self, text: str, start: int, *, at_start: bool, at_end: bool) -> Pattern:
        if not text:
            raise self._scan.mistake(
                Problem.BAD_WILDCARD, start, "A * needs text beside it; has:field finds what has any value"
            )
        if at_start and at_end:
            return Pattern(text, "anywhere")
        return Pattern(text, "end" if at_start else "start")

    def _range_from(self, low: str, start: int) -> Range:
        """The range whose low end has been read, up to and with its two dots."""
        if self._scan.peek() == '"':
            return Range(low, self._scan.quoted())
        high = self._scan.match(RUN)
        if not high or ".." in high or "*" in high:
            raise self._scan.mistake(Problem.BAD_RANGE, start, _RANGE_HINT)
        return Range(low, high)

    def _list(self) -> Several:
        start = self._scan.at
        self._scan.at += 1
        texts: list[str] = [self._member(start)]
        joints: set[str] = set()
        while not self._scan.take(")"):
            word_at = self._scan.at
            if word_at == len(self._scan.text):
                raise self._scan.mistake(Problem.BAD_LIST, start, "A ) has to close the list")
            word = self._scan.match(RUN)
            if word not in ("OR", "AND"):
                raise self._scan.mistake(
                    Problem.BAD_LIST, word_at, "Put OR or AND between values, and ) after the last"
                )
            joints.add(word)
            if len(joints) > 1:
                raise self._scan.mistake(Problem.BAD_LIST, word_at, "A list is joined by OR or by AND, not by both")
            texts.append(self._member(start))
        joint: Joint = "and" if joints == {"AND"} else "or"
        return Several(tuple(texts), joint)

    def _member(self, list_at: int) -> str:
        """One value of a list, and the space around it."""
        self._scan.skip()
        start = self._scan.at
        if self._scan.peek() == '"':
            text = self._scan.quoted()
        else:
            text = self._scan.match(RUN)
            if not text or text in ("OR", "AND"):
                problem_at = start if text else list_at
                raise self._scan.mistake(
                    Problem.BAD_LIST, problem_at, "A list holds values joined by OR or AND, as in (a OR b)"
                )
            if "*" in text or ".." in text:
                problem = Problem.BAD_WILDCARD if "*" in text else Problem.BAD_RANGE
                raise self._scan.mistake(problem, start, "Values of a list are whole: quote one that holds * or ..")
        self._scan.skip()
        return text
