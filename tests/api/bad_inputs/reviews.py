"""Bodies of comments, annotation queues, items and assignments."""

from typing import Any, Final

from tests.api.bad_inputs.shapes import LONG_ID, RAW, Accepted, Refused, named_values, values

COMMENT: Final = {"projectId": "p", "objectType": "TRACE", "objectId": "t", "content": "fine"}
QUEUE: Final = {"name": "Review", "scoreConfigIds": ["config"]}
ITEM: Final = {"objectId": "t", "objectType": "TRACE"}


def without(body: dict[str, Any], key: str) -> dict[str, Any]:
    """The body that lacks a key."""
    return {name: value for name, value in body.items() if name != key}


def wholes(body: dict[str, Any]) -> list[Refused]:
    """What no body can be, and a body that lacks what it needs."""
    return [
        *(
            Refused(name=f"{name} as body", sent=sent, code="invalid_type")
            for name, sent in named_values({"null": None, "a list": [], "text": "x", "a number": 7})
        ),
        *(Refused(name=f"no {key}", sent=without(body, key), code="invalid_type", says=key) for key in body),
        *(
            Refused(name=f"{key} {value!r}", sent={**body, key: value}, code="invalid_type", says=key)
            for key in body
            for value in values([None, True, 7, {}])
        ),
        Refused(name="not JSON", sent=RAW, raw=b"{", code="invalid_json"),
        Refused(name="nothing", sent=RAW, raw=b"", code="invalid_json"),
        Refused(
            name="bytes that are no UTF-8", sent={**body, next(iter(body)): RAW}, raw=b'"a\xff"', code="invalid_json"
        ),
    ]


COMMENTS: Final = [
    *wholes(COMMENT),
    Refused(name="unknown key", sent={**COMMENT, "colour": "red"}, code="invalid_type"),
    Refused(name="type in small letters", sent={**COMMENT, "objectType": "trace"}, code="invalid_type"),
    Refused(name="type of a dataset", sent={**COMMENT, "objectType": "DATASET"}, code="invalid_type"),
    Refused(name="empty content", sent={**COMMENT, "content": ""}, code="custom", says="content"),
    Refused(name="content of spaces", sent={**COMMENT, "content": " \n\u2003"}, code="custom", says="content"),
    Refused(name="content of 5001 letters", sent={**COMMENT, "content": "é" * 5_001}, code="custom", says="content"),
    Refused(
        name="content of 200000 letters", sent={**COMMENT, "content": "é" * 200_000}, code="custom", says="content"
    ),
    Refused(name="empty object id", sent={**COMMENT, "objectId": ""}, code="custom", says="objectId"),
    Refused(name="NUL in the content", sent={**COMMENT, "content": "a\0b"}, code="invalid_text"),
    Refused(name="NUL in the object id", sent={**COMMENT, "objectId": "a\0b"}, code="invalid_text"),
    Refused(name="half a surrogate pair", sent={**COMMENT, "content": "\ud800"}, code="invalid_json"),
    Refused(name="author who is a number", sent={**COMMENT, "authorUserId": 7}, code="invalid_type"),
    Refused(name="author who is nobody", sent={**COMMENT, "authorUserId": "nobody"}, code="unknown_author"),
    Refused(name="author with an id that nobody has", sent={**COMMENT, "authorUserId": LONG_ID}, code="unknown_author"),
]

QUEUES: Final = [
    *wholes(QUEUE),
    Refused(name="unknown key", sent={**QUEUE, "colour": "red"}, code="invalid_type"),
    Refused(name="empty name", sent={**QUEUE, "name": ""}, code="invalid_type", says="name"),
    Refused(name="name of 1001 letters", sent={**QUEUE, "name": "n" * 1_001}, code="invalid_type", says="name"),
    Refused(name="NUL in the name", sent={**QUEUE, "name": "a\0b"}, code="invalid_text"),
    Refused(name="no configs", sent={**QUEUE, "scoreConfigIds": []}, code="invalid_type", says="scoreConfigIds"),
    Refused(name="101 configs", sent={**QUEUE, "scoreConfigIds": ["c"] * 101}, code="invalid_type"),
    Refused(name="a config that is a number", sent={**QUEUE, "scoreConfigIds": [7]}, code="invalid_type"),
    Refused(name="a config that nobody has", sent={**QUEUE, "scoreConfigIds": [LONG_ID]}, code="unknown_score_config"),
    Refused(name="description of 10001 letters", sent={**QUEUE, "description": "d" * 10_001}, code="invalid_type"),
    Refused(name="description that is a list", sent={**QUEUE, "description": []}, code="invalid_type"),
]

ITEMS: Final = [
    *wholes(ITEM),
    Refused(name="type of a prompt", sent={**ITEM, "objectType": "PROMPT"}, code="invalid_type", says="objectType"),
    Refused(name="status that is none", sent={**ITEM, "status": "DONE"}, code="invalid_type", says="status"),
    Refused(name="empty object id", sent={**ITEM, "objectId": ""}, code="invalid_id", says="objectId"),
    Refused(name="object id of 801 bytes", sent={**ITEM, "objectId": LONG_ID}, code="invalid_id", says="objectId"),
    Refused(name="NUL in the object id", sent={**ITEM, "objectId": "a\0b"}, code="invalid_text"),
]

ODD_IDS: Final = {
    "slash": "a/b",
    "quoted slash": "a%2Fb",
    "dots": "../../traces",
    "emoji": "🙂",
    "800 bytes": "é" * 400,
    "markup": "<script>'; --",
    "spaces": " a\n b ",
}

ACCEPTED_QUEUES: Final = [
    Accepted(name="name of 1000 letters", sent={**QUEUE, "name": "é" * 1_000}),
    Accepted(name="name of spaces", sent={**QUEUE, "name": "  "}),
    Accepted(name="no description", sent={**QUEUE, "description": None}),
    Accepted(name="markup", sent={**QUEUE, "name": "<b>'; --", "description": "%00\\u0000"}),
]
