"""Bodies of the answers to what was ingested."""

from typing import Any, Final

import msgspec

from panope.domain.errors import InvalidError
from panope.domain.events import DecodedBatch, Rejection
from panope.wire.langfuse.ingestion import DecodedScores

MULTI_STATUS: Final = 207
ACCEPTED: Final = 202
OK: Final = 200
CREATED: Final = 201
NOT_FOUND: Final = 404

_INVALID: Final = "Invalid request data"
_MESSAGES: Final = {400: _INVALID, 401: "Authentication error", 404: "Resource not found"}


def encode_ingestion_answer(batch: DecodedBatch) -> bytes:
    """Body of the 207 that answers a batch, whatever became of its events."""
    return msgspec.json.encode(
        {
            "successes": [{"id": accepted.event_id, "status": CREATED} for accepted in batch.acceptances],
            "errors": [_encode_rejection(rejection) for rejection in batch.rejections],
        }
    )


def encode_malformed_answer(error: InvalidError) -> bytes:
    """Body of the 400 that answers a request which is no batch at all."""
    return msgspec.json.encode({"message": _INVALID, "errors": [error.message]})


def encode_score_answer(scores: DecodedScores) -> tuple[int, bytes]:
    """Status and body that answer `POST /scores`."""
    batch = scores.batch
    if not scores.is_array:
        return encode_single_answer(batch)
    if not batch.rejections:
        return ACCEPTED, msgspec.json.encode({"message": "Accepted"})
    errors = [{"index": rejection.index, "message": rejection.message} for rejection in batch.rejections]
    answer = {"accepted": len(batch.acceptances), "rejected": len(errors), "errors": errors}
    return MULTI_STATUS, msgspec.json.encode(answer)


def encode_single_answer(batch: DecodedBatch) -> tuple[int, bytes]:
    """Status and body that answer a request with one entity: its id, or what was wrong with it."""
    if batch.rejections:
        rejection = batch.rejections[0]
        if rejection.status == NOT_FOUND:
            missing = {"message": rejection.message, "error": "LangfuseNotFoundError"}
            return NOT_FOUND, msgspec.json.encode(missing)
        issue = {"code": rejection.code, "path": [], "message": rejection.message}
        answer: dict[str, Any] = {"message": _MESSAGES.get(rejection.status, _INVALID), "error": [issue]}
        return rejection.status, msgspec.json.encode(answer)
    return OK, msgspec.json.encode({"id": batch.events[0].entity_id})


def _encode_rejection(rejection: Rejection) -> dict[str, object]:
    message = _MESSAGES.get(rejection.status, _INVALID)
    return {"id": rejection.event_id, "status": rejection.status, "message": message, "error": rejection.message}
