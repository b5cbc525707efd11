from typing import Any

from tests.conformance.dialects.expect import Expected, seen, trace

_EMBEDDING = "text-embedding-3-small"
_QUERY = "Where is it sunny?"


def _step(*below: Expected, **fields: Any) -> Expected:
    return seen("BaseWorkflowAgent.task", fields.pop("type", "SPAN"), *below, **fields)


EXPECTED = [
    trace(
        seen(
            "SentenceSplitter.workflow",
            "CHAIN",
            seen(
                "SentenceSplitter.task",
                "SPAN",
                seen("SentenceSplitter.task", "SPAN", output=["Paris is sunny."]),
            ),
        ),
        name="SentenceSplitter.workflow",
    ),
    trace(
        seen(
            "OpenAIEmbedding.workflow",
            "EMBEDDING",
            model=_EMBEDDING,
            input={"texts": ["Paris is sunny."], "show_progress": False},
        ),
        name="OpenAIEmbedding.workflow",
    ),
    trace(
        seen(
            "VectorIndexRetriever.workflow",
            "RETRIEVER",
            seen(
                "VectorIndexRetriever.task",
                "RETRIEVER",
                seen(
                    "OpenAIEmbedding.task",
                    "EMBEDDING",
                    seen("OpenAIEmbedding.task", "SPAN", input={"query": _QUERY}),
                    model=_EMBEDDING,
                    input={"query": _QUERY},
                ),
            ),
            input={"str_or_query_bundle": _QUERY},
        ),
        name="VectorIndexRetriever.workflow",
    ),
    trace(
        seen(
            "FunctionAgent.workflow",
            "AGENT",
            _step(),
            _step(),
            _step(),
            _step(),
            _step(
                seen("FunctionTool.task", "TOOL", input={"kwargs": {"city": "Paris"}}),
                tool="get_weather",
            ),
            _step(),
            _step(),
            _step(),
            _step(),
        ),
        name="FunctionAgent.workflow",
    ),
]
