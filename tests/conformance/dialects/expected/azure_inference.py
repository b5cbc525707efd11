from typing import Any

from tests.conformance.dialects.expect import REFUSED, Expected, refused, seen, trace, turn

_DATED = "gpt-4o-mini-2024-07-18"
_CODE = "context_length_exceeded"
_ERROR = f"({_CODE}) {REFUSED}\nCode: {_CODE}\nMessage: {REFUSED}"
_NAME = "chat gpt-4o-mini"


def _post() -> Expected:
    return seen("POST", "SPAN")


def _chat(step: str, **fields: Any) -> Expected:
    return turn(_NAME, step, "gpt-4o-mini", _post(), model=_DATED, **fields)


EXPECTED = [
    trace(
        seen(
            "request",
            "SPAN",
            _chat(
                "ask",
                system="Be brief.",
                usage={"input": 120, "output": 24, "total": 144},
                finish_reason="tool_calls",
                model_parameters={"temperature": 0.2},
            ),
            _chat("answer", system="Be brief.", usage={"input": 160, "output": 12, "total": 172}),
            _chat("greet", usage={}, total_cost=None),
            refused(_NAME, _ERROR, model="gpt-4o-mini", error_type="azure.core.exceptions.HttpResponseError"),
        ),
        name="request",
    )
]
EXPECTED[0].below[0].below[3].below.append(_post())
