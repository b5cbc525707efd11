"""Metrics queries of any make, over odd rows, on every engine: answered or refused, never with a 5xx."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panope.query.metrics.ast import Aggregation, Granularity, MetricsView
from panope.query.metrics.registry import FIELDS, VIEWS, Unit
from panope.wire.langfuse.metrics.names import spell
from tests.api.fuzzing import FuzzedApp, fuzzed_app
from tests.api.query_fuzz import _FITTING, ACCEPTED, JSON_VALUES, ODD_TEXTS, OPERATORS, TEXTS
from tests.support.engines import ENGINES
from tests.support.load import Load

_MOMENTS = st.sampled_from(
    [
        *("2020-01-01T00:00:00Z", "2025-01-01T00:00:00+01:00", "2027-01-15T08:00:00Z", "2027-01-15T09:30:00.001Z"),
        *("2026-11-28T00:00:00Z", "2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"),
    ]
)
_KEYS = ["view", "metrics", "dimensions", "filters", "timeDimension", "fromTimestamp", "toTimestamp", "orderBy"]


@pytest.fixture(scope="module", params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedApp]:
    with fuzzed_app(request.param, request, tmp_path_factory.mktemp("fuzz")) as opened:
        yield opened


@st.composite
def _filters(draw: st.DrawFn, view: MetricsView) -> dict[str, Any]:
    field = draw(st.sampled_from(sorted(FIELDS[view].values(), key=lambda found: found.name)))
    kind = draw(st.sampled_from(ACCEPTED[field.type]))
    value = draw(_FITTING.get(kind, JSON_VALUES))
    operator = draw(st.sampled_from(OPERATORS[kind]))
    return {"type": kind, "column": spell(field.name), "operator": operator, "value": value, "key": draw(TEXTS)}


@st.composite
def _queries(draw: st.DrawFn) -> Any:
    """Right in four of five cases, as far as its filters are."""
    view = draw(st.sampled_from(list(MetricsView)))
    spec = VIEWS[view]
    measure = draw(st.sampled_from(sorted(name for name, found in spec.measures.items() if found.is_public)))
    metrics = [
        {"measure": spell(measure), "aggregation": how}
        for how in draw(st.lists(st.sampled_from(spec.measures[measure].aggregations), min_size=1, max_size=3))
    ]
    dimensions = draw(st.lists(st.sampled_from(sorted(spec.dimensions)), max_size=3))
    keys = [spell(name) for name in dimensions] + [f"{metric['aggregation']}_{metric['measure']}" for metric in metrics]
    asked: dict[str, Any] = {
        "view": view,
        "metrics": metrics,
        "dimensions": [{"field": spell(name)} for name in dimensions],
        "filters": draw(st.lists(_filters(view), max_size=2)),
        "timeDimension": draw(st.none() | st.fixed_dictionaries({"granularity": st.sampled_from(list(Granularity))})),
        "orderBy": draw(
            st.none()
            | st.lists(
                st.fixed_dictionaries({"field": st.sampled_from(keys), "direction": st.sampled_from(["asc", "desc"])}),
                max_size=2,
            )
        ),
        "config": draw(st.none() | st.fixed_dictionaries({"row_limit": st.integers(1, 10), "bins": st.integers(1, 9)})),
    }
    asked["fromTimestamp"], asked["toTimestamp"] = sorted(draw(st.lists(_MOMENTS, min_size=2, max_size=2)))
    if draw(st.integers(0, 4)) == 0:
        asked[draw(st.sampled_from([*_KEYS, "config"]))] = draw(JSON_VALUES)
    return asked


_WHOLES = st.one_of(
    _queries().map(json.dumps),
    _queries().map(json.dumps),
    _queries().map(json.dumps),
    JSON_VALUES.map(json.dumps),
    st.sampled_from([*ODD_TEXTS, '{"view":' * 300, "[" * 5_000, '{"view":"traces","metrics":[1e999]}']),
)


def test_no_query_is_answered_with_a_failure(app: FuzzedApp, load: Load) -> None:
    @given(query=_WHOLES, path=st.sampled_from(["/api/public/metrics", "/api/public/v2/metrics"]))
    @settings(
        max_examples=load.choose(small=50, bounded=600, full=3_000),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(query: str, path: str) -> None:
        app.call("GET", path, params={"query": query.encode("utf-8", "replace").decode()}, headers=app.auth)

    send()
    assert app.statuses[200] > 20, app.statuses


def test_no_daily_report_is_answered_with_a_failure(app: FuzzedApp, load: Load) -> None:
    names = st.sampled_from("page limit traceName userId tags environment fromTimestamp toTimestamp".split())

    @given(params=st.dictionaries(names, TEXTS | _MOMENTS, max_size=4))
    @settings(
        max_examples=load.choose(small=25, bounded=300, full=1_000),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(params: dict[str, str]) -> None:
        sent = {name: value.encode("utf-8", "replace").decode() for name, value in params.items()}
        app.call("GET", "/api/public/metrics/daily", params=sent, headers=app.auth)

    send()


def test_every_aggregation_of_every_measure_is_answered(app: FuzzedApp) -> None:
    window = {"fromTimestamp": "2000-01-01T00:00:00Z", "toTimestamp": "2100-01-01T00:00:00Z"}
    for view, spec in VIEWS.items():
        for measure in filter(lambda found: found.is_public and found.unit is not Unit.MOMENT, spec.measures.values()):
            dimensions = [{"field": spell(measure.name).replace("ByType", "Type")}] if measure.by_type else []
            for how in measure.aggregations:
                metric = {"measure": spell(measure.name), "aggregation": how}
                asked = {"view": view, "metrics": [metric], "dimensions": dimensions, **window}
                path = "v2/metrics" if view is not MetricsView.TRACES else "metrics"
                answer = app.call("GET", f"/api/public/{path}", params={"query": json.dumps(asked)}, headers=app.auth)
                too_large = measure.name == "value" and how in (Aggregation.SUM, Aggregation.AVG)
                assert answer.status_code == 200 or too_large, (asked, answer.text)
        for dimension in spec.dimensions:
            asked = {"view": view, "metrics": [{"measure": "count", "aggregation": "count"}], **window}
            asked |= {"dimensions": [{"field": spell(dimension)}], "config": {"row_limit": 5}}
            asked |= {"orderBy": [{"field": "count_count", "direction": "desc"}]}
            path = "v2/metrics" if view is not MetricsView.TRACES else "metrics"
            answer = app.call("GET", f"/api/public/{path}", params={"query": json.dumps(asked)}, headers=app.auth)
            assert answer.status_code == 200, (asked, answer.text)
