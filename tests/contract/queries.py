"""Questions as data: what is asked and which ids answer, in order."""

from panope.query.ast import And, Condition, ListQuery, Node, Not, Op, Or, Some, Sort
from panope.query.fields import View
from tests.support.told import minute

NEWEST = Sort("timestamp")
EARLIEST = Sort("timestamp", descending=False)


def _is(field: str, op: Op, value: object = None, key: str | None = None) -> Condition:
    return Condition(field, op, value, key)  # type: ignore[arg-type]


def _traces(where: Node, *ids: str, sort: Sort = EARLIEST) -> tuple[View, ListQuery, list[str]]:
    return View.TRACES, ListQuery(where=where, sort=sort, with_total=True), list(ids)


def _observations(where: Node, *ids: str, sort: Sort | None = None) -> tuple[View, ListQuery, list[str]]:
    sort = sort or Sort("start_time", descending=False)
    return View.OBSERVATIONS, ListQuery(where=where, sort=sort, with_total=True), list(ids)


def _scores(where: Node, *ids: str) -> tuple[View, ListQuery, list[str]]:
    return View.SCORES, ListQuery(where=where, sort=EARLIEST, with_total=True), list(ids)


ALL = And(())
ALL_TRACES = ("t1", "t2", "t3", "t4", "t5", "t6", "o5", "t7")

QUERIES: dict[str, tuple[View, ListQuery, list[str]]] = {
    "all traces, earliest first, ties by id": _traces(ALL, *ALL_TRACES),
    "all traces, newest first, ties by id descending": _traces(ALL, *reversed(ALL_TRACES), sort=NEWEST),
    "null names last when ascending": _traces(
        ALL, "t3", "t1", "t2", "t6", "t5", "o5", "t4", "t7", sort=Sort("name", descending=False)
    ),
    "null names last when descending": _traces(ALL, "t5", "t6", "t2", "t1", "t3", "t7", "t4", "o5", sort=Sort("name")),
    "name is": _traces(_is("name", Op.EQ, "answer"), "t1", "t2"),
    "name is not, null included": _traces(_is("name", Op.NE, "answer"), "t3", "t4", "t5", "t6", "o5", "t7"),
    "name contains, case matters": _traces(_is("name", Op.CONTAINS, "ns"), "t1", "t2", "t3"),
    "name contains like characters literally": _traces(_is("name", Op.CONTAINS, "%_"), "t3"),
    "name does not contain": _traces(_is("name", Op.NOT_CONTAINS, "ns"), "t4", "t5", "t6", "o5", "t7"),
    "name starts with": _traces(_is("name", Op.STARTS_WITH, "A"), "t3"),
    "name starts with beyond ASCII": _traces(_is("name", Op.STARTS_WITH, "zä"), "t5"),
    "name ends with": _traces(_is("name", Op.ENDS_WITH, "wer"), "t1", "t2"),
    "name ends with beyond ASCII": _traces(_is("name", Op.ENDS_WITH, "ähler"), "t5"),
    "name any of": _traces(_is("name", Op.ANY_OF, ("tie", "answer")), "t1", "t2", "t6"),
    "name none of": _traces(_is("name", Op.NONE_OF, ("tie", "answer")), "t3", "t4", "t5", "o5", "t7"),
    "user is empty means null or empty": _traces(_is("user_id", Op.EQ, ""), "t4", "t5", "t6", "o5", "t7"),
    "user is null": _traces(_is("user_id", Op.IS_NULL), "t5", "t6", "o5", "t7"),
    "user is not null": _traces(_is("user_id", Op.IS_NOT_NULL), "t1", "t2", "t3", "t4"),
    "session": _traces(_is("session_id", Op.EQ, "s-a"), "t1", "t2"),
    "environment any of": _traces(_is("environment", Op.ANY_OF, ("staging",)), "t2", "t3"),
    "environment default of a trace without words": _traces(_is("environment", Op.EQ, "default"), "t4", "o5", "t7"),
    "public": _traces(_is("public", Op.EQ, value=True), "t1"),
    "not public": _traces(_is("public", Op.NE, value=True), "t2", "t3", "t4", "t5", "t6", "o5", "t7"),
    "one tag": _traces(_is("tags", Op.ANY_OF, ("red",)), "t1", "t2", "t3"),
    "one tag within a time": _traces(
        And((_is("tags", Op.ALL_OF, ("red",)), _is("timestamp", Op.GE, minute(1)), _is("timestamp", Op.LT, minute(2)))),
        "t2",
    ),
    "one tag and part of an id": _traces(And((_is("tags", Op.ALL_OF, ("red",)), _is("id", Op.ENDS_WITH, "3"))), "t3"),
    "one tag and another": _traces(And((_is("tags", Op.ALL_OF, ("red",)), _is("tags", Op.ALL_OF, ("green",)))), "t3"),
    "any of two tags": _traces(_is("tags", Op.ANY_OF, ("blue", "green")), "t1", "t3"),
    "all of two tags": _traces(_is("tags", Op.ALL_OF, ("red", "green")), "t3"),
    "all of no tags is everything": _traces(_is("tags", Op.ALL_OF, ()), *ALL_TRACES),
    "none of a tag": _traces(_is("tags", Op.NONE_OF, ("red",)), "t4", "t5", "t6", "o5", "t7"),
    "no tags at all": _traces(_is("tags", Op.IS_NULL), "t4", "t5", "t6", "o5", "t7"),
    "time from is inclusive": _traces(_is("timestamp", Op.GE, minute(4)), "t5", "t6", "o5", "t7"),
    "time to is exclusive": _traces(_is("timestamp", Op.LT, minute(1)), "t1"),
    "metadata text": _traces(_is("metadata", Op.EQ, "zeus", "team"), "t1"),
    "metadata number as text": _traces(_is("metadata", Op.EQ, "5", "n"), "t1"),
    "metadata object as compact JSON": _traces(_is("metadata", Op.CONTAINS, '"x":1', "deep"), "t1"),
    "metadata array as compact JSON": _traces(_is("metadata", Op.EQ, '[1,"two"]', "list"), "t4"),
    "metadata key missing": _traces(_is("metadata", Op.IS_NULL, None, "team"), "t3", "t5", "t6", "o5", "t7"),
    "latency": _traces(_is("latency", Op.GT, 59_000_000), "t1"),
    "cost": _traces(_is("total_cost", Op.GE, 200_000_000), "t1"),
    "tokens": _traces(_is("total_tokens", Op.EQ, 7), "t3"),
    "errors": _traces(_is("error_count", Op.GT, 0), "t1"),
    "something without a price": _traces(_is("unpriced_count", Op.GT, 0), "t3"),
    "something that has not ended": _traces(_is("open_count", Op.GT, 0), "t2", "t7"),
    "written since": _traces(_is("updated_at", Op.GT, minute(10_000_000))),
    "worst level": _traces(_is("level", Op.EQ, "WARNING"), "t2"),
    "incomplete": _traces(_is("incomplete", Op.EQ, value=True), "t7"),
    "trace input": _traces(_is("input", Op.CONTAINS, '"q"'), "t1"),
    "trace without output": _traces(_is("output", Op.IS_NULL), "t2", "t3", "t4", "t5", "t6", "o5", "t7"),
    "trace end": _traces(_is("end_time", Op.LE, minute(1)), "t1", "t2"),
    "trace without observations has no end": _traces(_is("end_time", Op.IS_NULL), "t4", "t5", "t6"),
    "any score": _traces(_is("has_score", Op.EQ, value=True), "t1", "t2", "t3"),
    "an observation of a model": _traces(Some(_is("model", Op.EQ, "gpt-4o")), "t1"),
    "no observation of a model": _traces(
        Not(Some(_is("model", Op.EQ, "gpt-4o"))), "t2", "t3", "t4", "t5", "t6", "o5", "t7"
    ),
    "one observation that is both": _traces(Some(And((_is("type", Op.EQ, "TOOL"), _is("model", Op.EQ, "gpt-4o"))))),
    "two observations that are each one": _traces(
        And((Some(_is("type", Op.EQ, "TOOL")), Some(_is("model", Op.EQ, "gpt-4o")))), "t1"
    ),
    "any observation": _traces(Some(ALL), "t1", "t2", "t3", "o5", "t7"),
    "an observation by what it takes from its trace": _traces(
        Some(And((_is("tags", Op.ANY_OF, ("green",)), _is("user_id", Op.EQ, "ann")))), "t3"
    ),
    "an observation with a score": _traces(Some(_is("scores_avg", Op.GT, 0.8, "quality")), "t1"),
    "an observation of a model and a tag": _traces(
        And((_is("tags", Op.ALL_OF, ("red",)), Some(_is("name", Op.EQ, "llm")))), "t1", "t3"
    ),
    "mean score above": _traces(_is("scores_avg", Op.GT, 0.6, "quality"), "t1"),
    "mean score equals": _traces(_is("scores_avg", Op.EQ, 0.7, "quality"), "t1"),
    "no such score": _traces(_is("scores_avg", Op.IS_NULL, None, "quality"), "t2", "t3", "t4", "t5", "t6", "o5", "t7"),
    "score category": _traces(_is("score_categories", Op.ANY_OF, ("friendly",), "tone"), "t2"),
    "score category none of": _traces(
        _is("score_categories", Op.NONE_OF, ("friendly",), "tone"), "t1", "t3", "t4", "t5", "t6", "o5", "t7"
    ),
    "boolean score": _traces(_is("score_booleans", Op.EQ, value=True, key="ok"), "t3"),
    "boolean score not true": _traces(
        _is("score_booleans", Op.NE, value=True, key="ok"), "t1", "t2", "t4", "t5", "t6", "o5", "t7"
    ),
    "and": _traces(And((_is("user_id", Op.EQ, "ann"), _is("tags", Op.ANY_OF, ("green",)))), "t3"),
    "or": _traces(Or((_is("user_id", Op.EQ, "bob"), _is("name", Op.EQ, "tie"))), "t2", "t6"),
    "or of nothing": _traces(Or(())),
    "not": _traces(Not(_is("user_id", Op.EQ, "ann")), "t2", "t4", "t5", "t6", "o5", "t7"),
    "order by latency": _traces(_is("observation_count", Op.GT, 0), "t1", "t3", "t7", "t2", "o5", sort=Sort("latency")),
    "all observations": _observations(ALL, "o1", "o2", "o3", "o4", "o5", "o6"),
    "type": _observations(_is("type", Op.EQ, "GENERATION"), "o1", "o4"),
    "model": _observations(_is("model", Op.EQ, "gpt-4o"), "o1"),
    "of a trace": _observations(_is("trace_id", Op.EQ, "t1"), "o1", "o2"),
    "parent": _observations(_is("parent_id", Op.EQ, "o1"), "o2"),
    "roots": _observations(_is("is_root", Op.EQ, value=True), "o1", "o3", "o4", "o5"),
    "without parent": _observations(_is("parent_id", Op.EQ, ""), "o1", "o3", "o4", "o5"),
    "with parent": _observations(_is("has_parent", Op.EQ, value=True), "o2", "o6"),
    "observation level": _observations(_is("level", Op.ANY_OF, ("ERROR", "WARNING")), "o2", "o3"),
    "status message": _observations(_is("status_message", Op.CONTAINS, "such"), "o2"),
    "observation latency unknown": _observations(_is("latency", Op.IS_NULL), "o3", "o5", "o6"),
    "observation latency": _observations(_is("latency", Op.LT, 7_000_000), "o2", "o4"),
    "time to first token": _observations(_is("time_to_first_token", Op.GE, 30_000_000), "o1"),
    "tokens per second": _observations(_is("tokens_per_second", Op.GT, 0.5), "o1", "o4"),
    "prompt": _observations(_is("prompt_name", Op.EQ, "greeting"), "o1"),
    "prompt version": _observations(_is("prompt_version", Op.EQ, 2), "o1"),
    "unpriced": _observations(And((_is("total_cost", Op.IS_NULL), _is("total_tokens", Op.GT, 0))), "o4"),
    "observation cost": _observations(_is("total_cost", Op.GT, 0), "o1"),
    "observation input": _observations(_is("input", Op.CONTAINS, "up?"), "o1"),
    "observation output": _observations(_is("output", Op.CONTAINS, "nothing"), "o1"),
    "observation metadata": _observations(_is("metadata", Op.EQ, "v", "k"), "o1"),
    "user of the trace": _observations(_is("user_id", Op.EQ, "ann"), "o1", "o2", "o4"),
    "session of the trace": _observations(_is("session_id", Op.EQ, "s-a"), "o1", "o2", "o3"),
    "name of the trace": _observations(_is("trace_name", Op.EQ, "Answer%_"), "o4"),
    "environment of the trace": _observations(_is("trace_environment", Op.EQ, "staging"), "o3", "o4"),
    "tags of the trace": _observations(_is("tags", Op.ALL_OF, ("red", "blue")), "o1", "o2"),
    "no tags of the trace": _observations(_is("tags", Op.NONE_OF, ("red",)), "o5", "o6"),
    "release of the trace": _observations(_is("release", Op.EQ, "r1"), "o1", "o2"),
    "agent": _observations(_is("agent", Op.EQ, "zeus"), "o1"),
    "tool": _observations(_is("tool", Op.EQ, "lookup"), "o2"),
    "error type": _observations(_is("error_type", Op.EQ, "KeyError"), "o2"),
    "score of an observation": _observations(_is("scores_avg", Op.EQ, 0.9, "quality"), "o1"),
    "observation with any score": _observations(_is("has_score", Op.EQ, value=True), "o1"),
    "by cost, unknown last": _observations(ALL, "o1", "o6", "o5", "o4", "o3", "o2", sort=Sort("total_cost")),
    "by end, unknown last": _observations(
        ALL, "o2", "o1", "o4", "o3", "o5", "o6", sort=Sort("end_time", descending=False)
    ),
    "all scores": _scores(ALL, "c1", "c2", "c3", "c4", "c5", "c6", "c7"),
    "score name": _scores(_is("name", Op.EQ, "quality"), "c1", "c2", "c5"),
    "score value": _scores(_is("value", Op.GT, 0.5), "c2", "c4", "c5"),
    "score data type": _scores(_is("data_type", Op.ANY_OF, ("CATEGORICAL", "BOOLEAN")), "c3", "c4"),
    "score source": _scores(_is("source", Op.EQ, "EVAL"), "c4"),
    "score of a trace": _scores(_is("trace_id", Op.EQ, "t1"), "c1", "c2", "c6"),
    "score of an observation by id": _scores(_is("observation_id", Op.EQ, "o1"), "c2"),
    "score of a session": _scores(_is("session_id", Op.EQ, "s-a"), "c5"),
    "score text": _scores(_is("string_value", Op.EQ, "friendly"), "c3"),
    "score boolean": _scores(_is("boolean_value", Op.EQ, value=True), "c4"),
    "score comment": _scores(_is("comment", Op.CONTAINS, "oo"), "c1"),
    "score metadata": _scores(_is("metadata", Op.EQ, "me", "by"), "c1"),
    "score by user of the trace": _scores(_is("user_id", Op.EQ, "ann"), "c1", "c2", "c4", "c6"),
    "score by tags of the trace": _scores(_is("trace_tags", Op.ALL_OF, ("blue",)), "c1", "c2", "c6"),
    "score by name of the trace": _scores(_is("trace_name", Op.EQ, "answer"), "c1", "c2", "c3", "c6"),
    "score by session of the trace": _scores(_is("trace_session_id", Op.EQ, "s-a"), "c1", "c2", "c3", "c6"),
    "score by no session of the trace": _scores(_is("trace_session_id", Op.IS_NULL), "c5", "c7"),
    "score by environment of the trace": _scores(_is("trace_environment", Op.EQ, "production"), "c1", "c2", "c6"),
    "score by an evaluator, of which there is none": _scores(_is("evaluator_id", Op.ANY_OF, ("e", "f"))),
    "score by evaluator is": _scores(_is("evaluator_id", Op.EQ, "e")),
    "score by no evaluator": _scores(_is("evaluator_id", Op.IS_NULL), "c1", "c2", "c3", "c4", "c5", "c6", "c7"),
    "score environment": _scores(_is("environment", Op.EQ, "staging"), "c3"),
    "sessions by id": (
        View.SESSIONS,
        ListQuery(sort=Sort("id", descending=False), with_total=True),
        ["s-a", "s-b", "s-c"],
    ),
    "sessions with a trace of a user": (
        View.SESSIONS,
        ListQuery(where=Some(_is("user_id", Op.EQ, "ann")), sort=Sort("id", descending=False), with_total=True),
        ["s-a", "s-b"],
    ),
    "sessions without an observation of a type": (
        View.SESSIONS,
        ListQuery(
            where=Not(Some(Some(_is("type", Op.EQ, "TOOL")))), sort=Sort("id", descending=False), with_total=True
        ),
        ["s-b", "s-c"],
    ),
    **{
        f"sessions, {caption}": (
            View.SESSIONS,
            ListQuery(where=where, sort=Sort("id", descending=False), with_total=True),
            ids,
        )
        for caption, where, ids in (
            ("how many traces", _is("trace_count", Op.GT, 1), ["s-a"]),
            ("how many observations", _is("observation_count", Op.EQ, 3), ["s-a"]),
            ("tokens", _is("total_tokens", Op.GE, 7), ["s-a", "s-b"]),
            ("cost", _is("total_cost", Op.GT, 0), ["s-a"]),
            ("errors", _is("error_count", Op.EQ, 0), ["s-b", "s-c"]),
            ("latency", _is("latency", Op.LE, 6_000_000), ["s-b", "s-c"]),
            ("beginning", _is("timestamp", Op.GE, minute(2)), ["s-b", "s-c"]),
            ("end", _is("end_time", Op.LE, minute(1)), ["s-a"]),
            ("without an end", _is("end_time", Op.IS_NULL), ["s-c"]),
            ("a score of their own", _is("has_score", Op.EQ, value=True), ["s-a"]),
            ("the mean of a score", _is("scores_avg", Op.EQ, 1, "quality"), ["s-a"]),
            ("no such score", _is("scores_avg", Op.IS_NULL, None, "quality"), ["s-b", "s-c"]),
        )
    },
    "sessions by environment": (
        View.SESSIONS,
        ListQuery(where=_is("environment", Op.EQ, "production"), sort=Sort("id", descending=False), with_total=True),
        ["s-a", "s-c"],
    ),
}

PAGES: dict[str, tuple[View, Sort]] = {
    "traces by time": (View.TRACES, NEWEST),
    "traces by name with nulls": (View.TRACES, Sort("name", descending=False)),
    "traces by name descending with nulls": (View.TRACES, Sort("name")),
    "traces by cost": (View.TRACES, Sort("total_cost")),
    "observations by start": (View.OBSERVATIONS, Sort("start_time")),
    "observations by cost with nulls": (View.OBSERVATIONS, Sort("total_cost", descending=False)),
    "scores by time": (View.SCORES, NEWEST),
    "scores by value": (View.SCORES, Sort("value", descending=False)),
    "sessions by id": (View.SESSIONS, Sort("id")),
}
