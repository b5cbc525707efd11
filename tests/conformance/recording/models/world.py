"""What the fake models say, the same under every API: a question about the weather asks for a tool, then is answered.

The numbers are fixed, so that what a framework did is known without asking it. Reasoning counts as output.
"""

from typing import Any, Final

from msgspec import Struct

CITY: Final = "Paris"
TOOL_TEXT: Final = "18 degrees and sunny"
TOOL_ARGUMENTS: Final = {"city": CITY}
WEATHER: Final = "It is 18 degrees and sunny in Paris."
GREETING: Final = "Hello from the model."
REFUSAL: Final = "The model refused: this prompt is too long."
EMBEDDING_TOKENS: Final = 9
VECTOR_LENGTH: Final = 4


class Usage(Struct, frozen=True):
    """Tokens of one call: the wholes, which include their parts."""

    input: int
    cached: int
    created: int
    output: int
    reasoning: int

    @property
    def total(self) -> int:
        """Input and output together."""
        return self.input + self.output


ASKING: Final = Usage(120, 64, 10, 24, 8)
ANSWERING: Final = Usage(160, 128, 0, 12, 0)
GREETING_USAGE: Final = Usage(30, 0, 0, 6, 0)


class Reply(Struct):
    """One answer: a text, or a call of a tool."""

    text: str
    usage: Usage
    tool: str | None = None


class RefusedError(Exception):
    """The model refuses with status 400."""


def answer(question: str, tools: list[str], *, has_result: bool) -> Reply:
    """Answer a conversation by its last question, the names of its tools, and whether a tool has answered since.

    Raises `RefusedError` for a question with the word `refuse` in it.
    """
    if "refuse" in question:
        raise RefusedError
    if has_result:
        return Reply(WEATHER, ANSWERING)
    tool = next((name for name in tools if "weather" in name), None)
    if tool is not None and "weather" in question.lower():
        return Reply("", ASKING, tool)
    return Reply(GREETING, GREETING_USAGE)


def vector(text: str) -> list[float]:
    """A short embedding that depends on the text."""
    return [round(1 / (1 + (sum(text.encode()) + 7 * place) % 10), 3) for place in range(VECTOR_LENGTH)]


def text_of(content: Any) -> str:
    """All text of a message's content, given as text or as parts of any API."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(part if isinstance(part, str) else str(part.get("text", "")) for part in parts)
