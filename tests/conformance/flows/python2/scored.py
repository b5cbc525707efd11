"""Scores of every type, read by every way that the client has."""

from datetime import UTC, datetime

from langfuse import Langfuse
from langfuse.api.resources.score.types.create_score_request import CreateScoreRequest
from reporting import RUN, outcome, report

langfuse = Langfuse()
trace = langfuse.trace(id=f"scored-{RUN}", name=f"scored-{RUN}", user_id=f"user-{RUN}", tags=[f"tag-{RUN}"])
span = trace.span(id=f"span-{RUN}", name="step")
WHEN = datetime(2026, 5, 1, tzinfo=UTC)

langfuse.score(trace_id=trace.id, name=f"numeric-{RUN}", value=0.8, comment="good", id=f"n-{RUN}")
langfuse.score(trace_id=trace.id, name=f"whole-{RUN}", value=3, id=f"w-{RUN}")
langfuse.score(trace_id=trace.id, name=f"label-{RUN}", value="great", id=f"c-{RUN}")
langfuse.score(trace_id=trace.id, name=f"no-{RUN}", value=0, data_type="BOOLEAN", id=f"b0-{RUN}")
langfuse.score(
    trace_id=trace.id, observation_id=span.id, name=f"yes-{RUN}", value=1, data_type="BOOLEAN", id=f"b1-{RUN}"
)
langfuse.score(trace_id=trace.id, name=f"twice-{RUN}", value=1, id=f"t-{RUN}")
langfuse.flush()
langfuse.score(trace_id=trace.id, name=f"twice-{RUN}", value=2, id=f"t-{RUN}", comment="again")
langfuse.flush()
posted = langfuse.client.score.create(
    request=CreateScoreRequest(
        id=f"p-{RUN}",
        name=f"posted-{RUN}",
        value=0.5,
        trace_id=trace.id,
        metadata={"judge": "human"},
        comment="by hand",
    )
)
langfuse.score(id=f"gone-{RUN}", trace_id=trace.id, name=f"gone-{RUN}", value=1)
langfuse.flush()
langfuse.client.score.delete(f"gone-{RUN}")

api = langfuse.client.score
report(
    posted=posted,
    of_trace=langfuse.fetch_trace(trace.id).data.scores,
    listed_ids=langfuse.fetch_traces(name=f"scored-{RUN}").data[0].scores,
    by_id=api.get_by_id(f"p-{RUN}"),
    by_name=api.get(name=f"numeric-{RUN}"),
    of_user=sorted(row.id for row in api.get(user_id=f"user-{RUN}").data),
    of_tag=sorted(row.id for row in api.get(trace_tags=f"tag-{RUN}").data),
    labels=[row.id for row in api.get(user_id=f"user-{RUN}", data_type="CATEGORICAL").data],
    above=sorted(row.id for row in api.get(user_id=f"user-{RUN}", operator=">", value=0.7, data_type="NUMERIC").data),
    by_ids=sorted(row.id for row in api.get(score_ids=f"n-{RUN},c-{RUN}").data),
    by_source=len(api.get(user_id=f"user-{RUN}", source="API").data),
    pages=[[row.id for row in api.get(user_id=f"user-{RUN}", limit=3, page=page).data] for page in (1, 2, 3)],
    deleted=outcome(lambda: api.get_by_id(f"gone-{RUN}")),
    unknown=outcome(lambda: api.get_by_id(f"never-{RUN}")),
)
