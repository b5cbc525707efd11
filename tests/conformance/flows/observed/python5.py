"""Generation 5: sends a request, and reads it by every way that its client has, which are few."""

import json

from langfuse import Langfuse
from langfuse.api.scores import CreateScoreRequest
from observed.sending import send, send_many, send_under
from observed.walking import EVERY_FIELD, EVERY_SCORE_FIELD, walked_ids
from reporting import RUN, outcome, report, rest

AMOUNT = 25
SAID = {"text": "plain", "number_in_text": "0", "number": "3", "größe": "ü", "nested": '{"a":{"b":1}}'}
langfuse = Langfuse(environment="staging", release="rel-7")
ids = send(langfuse)
chosen = Langfuse.create_trace_id(seed=RUN)
chosen_root = send_under(langfuse, chosen)
bulk = send_many(langfuse, AMOUNT)
langfuse.create_score(
    name="output", value="better words", data_type="CORRECTION", trace_id=ids["trace"], score_id=f"r-{RUN}"
)
langfuse.flush()

api = langfuse.api


def score(key, **fields):
    return CreateScoreRequest(id=f"{key}-{RUN}", name=f"array-{RUN}", trace_id=chosen, **fields)


def with_metadata(key, value):
    """Names of what has a metadata value."""
    named = {"type": "stringObject", "column": "metadata", "key": key, "operator": "=", "value": value}
    found = api.observations.get_many(trace_id=ids["trace"], filter=json.dumps([named]), limit=100)
    return sorted(row.name for row in found.data)


report(
    ids=ids,
    with_metadata={key: with_metadata(key, value) for key, value in SAID.items()},
    shown_metadata=rest(f"observations/{ids['root']}")["metadata"],
    auth=langfuse.auth_check(),
    auth_with_wrong_secret=outcome(Langfuse(public_key="pk-lf-else", secret_key="sk-lf-wrong").auth_check),
    health=api.health.health(),
    projects=api.projects.get().data,
    trace_url=langfuse.get_trace_url(trace_id=ids["trace"]),
    trace=rest(f"traces/{ids['trace']}"),
    chosen={"id": chosen, "root": chosen_root, "trace": rest(f"traces/{chosen}")},
    observations=api.observations.get_many(trace_id=ids["trace"], fields=EVERY_FIELD, limit=100).data,
    narrow=api.observations.get_many(trace_id=ids["trace"], name="answer").data,
    roots=[row.name for row in api.observations.get_many(trace_id=ids["trace"], is_root_observation=True).data],
    in_session=len(api.observations.get_many(session_id=f"session-{RUN}", limit=1000).data),
    of_user=len(api.observations.get_many(user_id=f"user-{RUN}", limit=1000).data),
    generations=sorted(row.name for row in api.observations.get_many(trace_id=ids["trace"], type="GENERATION").data),
    failures=[row.name for row in api.observations.get_many(trace_id=ids["trace"], level="ERROR").data],
    walked=walked_ids(api.observations.get_many, trace_id=bulk, limit=7),
    walked_whole=walked_ids(api.observations.get_many, trace_id=bulk, limit=AMOUNT + 1),
    bad_cursor=outcome(lambda: api.observations.get_many(cursor="nonsense")),
    scores_v3=api.scores.get_many(trace_id=ids["trace"], fields=EVERY_SCORE_FIELD, limit=100).data,
    session_scores_v3=api.scores.get_many(session_id=f"session-{RUN}", fields="subject").data,
    scores_v3_true=[
        row.id for row in api.scores.get_many(trace_id=ids["trace"], data_type="BOOLEAN", value="true").data
    ],
    scores_v3_between=[
        row.id
        for row in api.scores.get_many(trace_id=ids["trace"], data_type="NUMERIC", value_min=0.5, value_max=1.5).data
    ],
    scores_walked=walked_ids(api.scores.get_many, trace_id=bulk, limit=10),
    one_posted=api.scores.create(request=score("p1", value=0.5)),
    many_posted=api.scores.create(request=[score("p2", value=1), score("p3", value="label", comment="said")]),
    some_refused=api.scores.create(request=[score("p4", value=1), score("p5", value=7, data_type="BOOLEAN")]),
    posted_read=api.scores.get_many(trace_id=chosen, fields="details").data,
    score_deletion=outcome(lambda: api.scores.delete(f"p1-{RUN}")),
    deleted_score=api.scores.get_many(id=f"p1-{RUN}").data,
    deletion=api.trace.delete(bulk),
    deleted_observations=api.observations.get_many(trace_id=bulk).data,
    deleted_scores=api.scores.get_many(trace_id=bulk).data,
)
langfuse.shutdown()
