"""Walks a query text from left to right, and tells where it went wrong."""

import re
from typing import Final

from panope.query.text.errors import Problem, QueryError

NAME: Final = re.compile(r'[^ \t\r\n:"()]*')
"""What may be the name of a field."""
RUN: Final = re.compile(r'[^ \t\r\n"()]*')
"""What may be a value without quotes."""
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(["\\])')


class MistakeError(Exception):
    """The first mistake of a text."""

    def __init__(self, error: QueryError) -> None:
        super().__init__(error.message)
        self.error = error


class Scanner:
    """A text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def quoted(self) -> str:
        """The text between quotes, which begin here."""
        match = _QUOTED.match(self.text, self.at)
        if match is None:
            raise self.mistake(Problem.UNCLOSED_QUOTE, self.at, 'A " has to close the quote')
        self.at = match.end()
        return _ESCAPE.sub(r"\1", match[1])

    def end_term(self) -> None:
        """Refuse anything but a space or the end."""
        if not self.is_over():
            raise self.mistake(
                Problem.STRAY_CHARACTER, self.at, f"A space has to stand before {self.peek()}, or quotes around it"
            )

    def is_over(self) -> bool:
        """Whether a space or the end comes next."""
        return self.at >= len(self.text) or self.text[self.at] in " \t\r\n"

    def peek(self) -> str:
        """The next character; nothing at the end."""
        return self.text[self.at : self.at + 1]

    def take(self, character: str) -> bool:
        """Step over a character, if it comes next."""
        if self.peek() != character:
            return False
        self.at += 1
        return True

    def match(self, pattern: re.Pattern[str]) -> str:
        """Step over what matches, and give it."""
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def skip(self) -> None:
        """Step over space."""
        self.match(_SPACE)

    def mistake(self, code: Problem, at: int, message: str) -> MistakeError:
        """The error to raise; the place reaches to where reading has come, and at least over one character."""
        return MistakeError(QueryError(code, at, max(1, self.at - at), message))
