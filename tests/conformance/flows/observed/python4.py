"""Generation 4: sends a request, and reads it by every way that its client has."""

from datetime import UTC, datetime, timedelta

from langfuse import Langfuse
from observed.sending import send, send_many, send_under
from observed.walking import EVERY_FIELD, EVERY_SCORE_FIELD, walked_ids
from reporting import RUN, outcome, report

AMOUNT = 25
langfuse = Langfuse(environment="staging", release="rel-7")
ids = send(langfuse)
with langfuse.start_as_current_observation(name=f"told-{RUN}") as told:
    told.set_trace_io(input="trace in", output="trace out")
chosen = Langfuse.create_trace_id(seed=RUN)
chosen_root = send_under(langfuse, chosen)
bulk = send_many(langfuse, AMOUNT)
langfuse.create_score(
    name="output", value="better words", data_type="CORRECTION", trace_id=ids["trace"], score_id=f"r-{RUN}"
)
langfuse.flush()

api = langfuse.api
recently = datetime.now(UTC) - timedelta(minutes=10)


def listed(**filters):
    return [row.id for row in api.trace.list(**filters).data]


report(
    ids=ids,
    auth=langfuse.auth_check(),
    auth_with_wrong_secret=outcome(Langfuse(public_key="pk-lf-else", secret_key="sk-lf-wrong").auth_check),
    health=api.health.health(),
    projects=api.projects.get().data,
    trace_url=langfuse.get_trace_url(trace_id=ids["trace"]),
    trace=api.trace.get(ids["trace"]),
    row=api.trace.list(name=f"request-{RUN}").data[0],
    row_without_groups=api.trace.list(name=f"request-{RUN}", fields="core").data[0],
    told=api.trace.get(told.trace_id),
    chosen={"id": chosen, "root": chosen_root, "trace": api.trace.get(chosen)},
    by_user=listed(user_id=f"user-{RUN}"),
    by_session=listed(session_id=f"session-{RUN}"),
    by_tags=listed(name=f"request-{RUN}", tags=["x", "y"]),
    by_environment=listed(user_id=f"bulk-{RUN}", environment=["bulk", "other"]),
    by_release=listed(name=f"request-{RUN}", release="rel-7", version="v1"),
    since=listed(name=f"request-{RUN}", from_timestamp=recently),
    by_filter=listed(
        filter=f'[{{"type":"string","column":"name","operator":"=","value":"request-{RUN}"}},'
        '{"type":"stringObject","column":"metadata","key":"tenant","operator":"=","value":"acme"}]'
    ),
    by_filter_missed=listed(
        filter=f'[{{"type":"string","column":"name","operator":"=","value":"request-{RUN}"}},'
        '{"type":"stringObject","column":"metadata","key":"tenant","operator":"=","value":"other"}]'
    ),
    bad_filter=outcome(lambda: api.trace.list(filter="[{]")),
    unknown_trace=outcome(lambda: api.trace.get("0" * 32)),
    observation=api.legacy.observations_v1.get(ids["answer"]),
    generations=sorted(
        row.name for row in api.legacy.observations_v1.get_many(trace_id=ids["trace"], type="GENERATION").data
    ),
    failures=[row.name for row in api.legacy.observations_v1.get_many(trace_id=ids["trace"], level="ERROR").data],
    observations=api.observations.get_many(trace_id=ids["trace"], fields=EVERY_FIELD, limit=100).data,
    narrow=api.observations.get_many(trace_id=ids["trace"], name="answer").data,
    roots=[row.name for row in api.observations.get_many(trace_id=ids["trace"], is_root_observation=True).data],
    walked=walked_ids(api.observations.get_many, trace_id=bulk, limit=7),
    walked_whole=walked_ids(api.observations.get_many, trace_id=bulk, limit=AMOUNT + 1),
    scores=api.scores.get_many(name=None, trace_id=ids["trace"]).data,
    session_scores=api.scores.get_many(session_id=f"session-{RUN}").data,
    score=api.scores.get_by_id(f"n-{RUN}"),
    scores_over=[
        row.id for row in api.scores.get_many(trace_id=ids["trace"], operator=">=", value=2, data_type="NUMERIC").data
    ],
    scores_v3=api.scores_v3.get_many_v3(trace_id=ids["trace"], fields=EVERY_SCORE_FIELD, limit=100).data,
    session_scores_v3=api.scores_v3.get_many_v3(session_id=f"session-{RUN}", fields="subject").data,
    scores_v3_true=[
        row.id for row in api.scores_v3.get_many_v3(trace_id=ids["trace"], data_type="BOOLEAN", value="true").data
    ],
    scores_v3_between=[
        row.id
        for row in api.scores_v3.get_many_v3(
            trace_id=ids["trace"], data_type="NUMERIC", value_min=0.5, value_max=1.5
        ).data
    ],
    scores_walked=walked_ids(api.scores_v3.get_many_v3, trace_id=bulk, limit=10),
    session=api.sessions.get(f"session-{RUN}"),
    sessions=[row.id for row in api.sessions.list(limit=100, from_timestamp=recently).data if RUN in row.id],
    posted=api.legacy.score_v1.create(name=f"posted-{RUN}", value=0.5, trace_id=bulk, id=f"p-{RUN}"),
    posted_read=api.scores.get_by_id(f"p-{RUN}"),
    score_deletion=outcome(lambda: api.legacy.score_v1.delete(f"p-{RUN}")),
    deleted_score=outcome(lambda: api.scores.get_by_id(f"p-{RUN}")),
    deletion=api.trace.delete_multiple(trace_ids=[bulk, chosen]),
    deleted=outcome(lambda: api.trace.get(bulk)),
    deleted_observations=api.observations.get_many(trace_id=bulk).data,
    deleted_scores=api.scores_v3.get_many_v3(trace_id=bulk).data,
)
langfuse.shutdown()
