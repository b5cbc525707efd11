from tests.conformance.dialects.expect import GREETING, REFUSED, Expected, refused, seen, talk, trace

_ABOUT = {"user_id": "user-1", "session_id": "session-1", "tags": ["weather"]}
_EMBEDDING = "text-embedding-3-small"
_ERROR = (
    f"BadRequestError: Error code: 400 - {{'error': {{'message': '{REFUSED}', 'type': 'invalid_request_error', "
    "'param': 'messages', 'code': 'context_length_exceeded'}}"
)
_QUERY = "Where is it sunny?"


def _embed(name: str, *below: Expected) -> Expected:
    return seen(f"OpenAIEmbedding.{name}", "EMBEDDING", *below, model=_EMBEDDING, input={"query": _QUERY})


EXPECTED = [
    trace(
        seen(
            "SentenceSplitter.__call__",
            "CHAIN",
            seen(
                "SentenceSplitter._parse_nodes",
                "CHAIN",
                seen("SentenceSplitter.split_text_metadata_aware", "CHAIN", output=["Paris is sunny."]),
            ),
        ),
        name="SentenceSplitter.__call__",
        **_ABOUT,
    ),
    trace(
        seen(
            "OpenAIEmbedding.get_text_embedding_batch",
            "EMBEDDING",
            model=_EMBEDDING,
            input={"texts": ["Paris is sunny."], "show_progress": False},
        ),
        name="OpenAIEmbedding.get_text_embedding_batch",
        **_ABOUT,
    ),
    trace(
        seen(
            "VectorIndexRetriever.retrieve",
            "RETRIEVER",
            seen(
                "VectorIndexRetriever._retrieve",
                "RETRIEVER",
                _embed("get_query_embedding", _embed("_get_query_embedding")),
            ),
            input=_QUERY,
            output=talk("document: Paris is sunny."),
        ),
        name="VectorIndexRetriever.retrieve",
        input=_QUERY,
        **_ABOUT,
    ),
    trace(
        seen(
            "OpenAI.stream_chat",
            "GENERATION",
            model="gpt-4o-mini",
            input=talk("user: Say hello."),
            output=talk(f"assistant: {GREETING}"),
            finish_reason="stop",
            has_first_token=True,
        ),
        name="OpenAI.stream_chat",
        **_ABOUT,
    ),
    trace(refused("OpenAI.chat", _ERROR, model="gpt-4o-mini"), name="OpenAI.chat", **_ABOUT),
]
