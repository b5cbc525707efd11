"""Lists: every filter, the order and the pages of traces, observations and sessions."""

from datetime import UTC, datetime, timedelta, timezone

from langfuse import Langfuse
from reporting import RUN, outcome, plain, report

NOW = datetime(2026, 4, 1, 10, 0, 0, 500000, tzinfo=UTC)
NAME, USER, SESSION, TAG = f"listed-{RUN}", f"user-{RUN}", f"session-{RUN}", f"tag-{RUN}"

langfuse = Langfuse()
for number in range(5):
    moment = NOW - timedelta(minutes=10 * number)
    trace = langfuse.trace(
        id=f"{RUN}-{number}",
        name=NAME,
        user_id=USER,
        session_id=f"{SESSION}-{number % 2}",
        tags=[TAG, f"n{number % 2}"],
        timestamp=moment,
        input={"i": number},
        output=f"o{number}",
        metadata={"i": number},
        version=f"v{number}",
        release=f"r{number}",
    )
    generation = trace.generation(
        id=f"{RUN}-g{number}",
        name=f"g-{RUN}",
        model="gpt-4o",
        start_time=moment,
        end_time=moment + timedelta(seconds=number),
        usage={"input": number, "output": 1},
        level="ERROR" if number == 3 else None,
        version="og",
    )
    generation.span(id=f"{RUN}-s{number}", name=f"s-{RUN}", start_time=moment, end_time=moment)
langfuse.flush()


def traces(**filters):
    return [row.id[-1] for row in langfuse.fetch_traces(**filters).data]


def observations(**filters):
    return [row.id.removeprefix(f"{RUN}-") for row in langfuse.fetch_observations(**filters).data]


page = langfuse.fetch_traces(name=NAME, limit=2, page=2)
rows = langfuse.fetch_traces(name=NAME)
walked = []
for number in range(1, 6):
    part = langfuse.fetch_observations(name=f"g-{RUN}", limit=2, page=number)
    walked.append([row.id for row in part.data])

report(
    rows=rows.data,
    meta=rows.meta,
    page={"ids": [row.id[-1] for row in page.data], "meta": plain(page.meta)},
    ascending=traces(name=NAME, order_by="timestamp.asc"),
    by_version_descending=traces(name=NAME, order_by="version.desc"),
    one_tag=traces(tags=TAG),
    both_tags=traces(tags=[TAG, "n1"]),
    user=traces(user_id=USER),
    session=traces(session_id=f"{SESSION}-1"),
    since=traces(name=NAME, from_timestamp=NOW - timedelta(minutes=20)),
    between=traces(name=NAME, from_timestamp=NOW - timedelta(minutes=30), to_timestamp=NOW),
    other_zone=traces(name=NAME, from_timestamp=(NOW - timedelta(minutes=20)).astimezone(timezone(timedelta(hours=5)))),
    version=[row.id[-1] for row in langfuse.client.trace.list(name=NAME, version="v2").data],
    release=[row.id[-1] for row in langfuse.client.trace.list(name=NAME, release="r3").data],
    nobody=langfuse.fetch_traces(name=f"nobody-{RUN}"),
    too_many=outcome(lambda: langfuse.fetch_traces(limit=101)),
    bad_order=outcome(lambda: langfuse.fetch_traces(order_by="nonsense.asc")),
    walked=walked,
    generations=observations(user_id=USER, type="GENERATION"),
    of_trace=observations(trace_id=f"{RUN}-2"),
    children=observations(parent_observation_id=f"{RUN}-g2"),
    observed_between=observations(
        name=f"g-{RUN}", from_start_time=NOW - timedelta(minutes=30), to_start_time=NOW - timedelta(minutes=10)
    ),
    observed_version=[
        row.id for row in langfuse.client.observations.get_many(name=f"g-{RUN}", version="og", limit=1).data
    ],
    sessions=[row.id for row in langfuse.fetch_sessions(limit=100).data if row.id.startswith(SESSION)],
    sessions_future=langfuse.fetch_sessions(from_timestamp=datetime.now(UTC) + timedelta(days=1)),
    session_page=langfuse.fetch_sessions(limit=1, page=1),
)
