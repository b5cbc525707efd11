"""`POST /api/public/scores`: one score as an object, or many as an array."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.domain.events import DecodedBatch
from panope.features.ingest.service import Arrival
from panope.http.fast.intake import Intake
from panope.http.fast.routing import FastRoute, json_answer
from panope.wire.langfuse.answers import encode_score_answer
from panope.wire.langfuse.ingestion import DecodedScores, decode_scores

PATH = "/api/public/scores"
PROTOCOL = "scores"


class ScoreWriteEndpoint:
    """Takes scores in, also from browsers that have a public key alone."""

    def __init__(self, intake: Intake, new_id: Callable[[], str]) -> None:
        self._intake = intake
        self._new_id = new_id

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        return [FastRoute(PATH, "POST", self.create_scores, Access.SCORES)]

    async def create_scores(self, request: Request) -> Response:
        """Store a score, or an array of them; one bad score of an array harms no other."""
        decoded: list[DecodedScores] = []

        def decode(body: bytes, arrival: Arrival) -> DecodedBatch:
            scores = decode_scores(
                body,
                received_us=arrival.received_us,
                project_id=arrival.principal.project_id,
                access=arrival.principal.access,
                new_id=self._new_id,
            )
            decoded.append(scores)
            return scores.batch

        await self._intake.receive(request, PROTOCOL, decode, lambda _: encode_score_answer(decoded[0])[0])
        status, body = encode_score_answer(decoded[0])
        return json_answer(body, status)
