"""Over HTTP, on each engine: query text through the web app's lane finds what the public filter finds.

`pytest -s --load full tests/property/test_q_over_http.py` asks 25 conditions of each operator, and counts.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.connection import open_writer
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.query.fields import FIELDS, View
from panope.wire.langfuse.columns import COLUMNS
from tests.api.signin.by_form import make_person, signed_in
from tests.contract.test_query_text import _as_text, _columns, _filters
from tests.contract.world import EVENTS, PROJECT, RESOURCE, SCOPE
from tests.support.batches import batch
from tests.support.engines import ENGINES, telemetry_database
from tests.support.load import Load
from tests.support.server import PROVISIONING, basic_authorization, running_server

STORED = [name for name in ENGINES if name != "memory"]
_PUBLIC = {View.TRACES: "/api/public/traces", View.OBSERVATIONS: "/api/public/observations"}
"""Lists whose `filter` the public API has; that of scores takes no such parameter."""
_TAKING_TEXT = {**_PUBLIC, View.SESSIONS: "/api/public/sessions"}

_COMPARED: Counter[str] = Counter()


class Asked:
    """A server over the small world, asked as an SDK and as a person."""

    def __init__(self, engine: str, sdk: httpx2.Client, person: httpx2.Client) -> None:
        self.engine = engine
        self._sdk, self._person = sdk, person

    def by_filter(self, view: View, element: dict[str, Any]) -> list[str]:
        """Ids that the public filter finds; of what contains a text without regard to capitals, as query text does."""
        if element["operator"] == "does not contain":
            return sorted({*self._filtered(view)} - {*self._filtered(view, {**element, "operator": "matches"})})
        if element["operator"] == "contains":
            element = {**element, "operator": "matches"}
        return self._filtered(view, element)

    def _filtered(self, view: View, *elements: dict[str, Any]) -> list[str]:
        answer = self._sdk.get(_PUBLIC[view], params={"filter": json.dumps(elements), "limit": 100})
        assert answer.status_code == 200, (elements, answer.text)
        return sorted(row["id"] for row in answer.json()["data"])

    def by_text(self, view: View, text: str) -> list[str] | None:
        """Ids that the text finds in the web app's list; None where scores of that name are of another type."""
        answer = self._person.get(f"/api/ui/projects/{PROJECT}/{view}", params={"q": text, "limit": 100})
        if answer.status_code == 400 and text.lstrip("-").startswith("score."):
            assert answer.json()["issues"][0]["code"] in {"unsuited_value", "bad_number"}
            return None
        assert answer.status_code == 200, (text, answer.text)
        return sorted(row["id"] for row in answer.json()["rows"])

    def by_public_text(self, view: View, text: str) -> list[str]:
        """Ids that the text finds in the public list."""
        answer = self._sdk.get(_TAKING_TEXT[view], params={"q": text, "limit": 100})
        assert answer.status_code == 200, (text, answer.text)
        return sorted(row["id"] for row in answer.json()["data"])

    def comment(self, kind: str, object_id: str, content: str) -> None:
        """Remark on something, as an SDK does it."""
        body = {"projectId": PROJECT, "objectType": kind, "objectId": object_id, "content": content}
        answer = self._sdk.post("/api/public/comments", json=body)
        assert answer.status_code == 200, answer.text

    def by_filter_v2(self, element: dict[str, Any]) -> list[str]:
        """Ids that the filter of the second version finds."""
        params = {"filter": json.dumps([element]), "limit": 100}
        answer = self._sdk.get("/api/public/v2/observations", params=params)
        assert answer.status_code == 200, answer.text
        return sorted(row["id"] for row in answer.json()["data"])


@pytest.fixture(scope="module", params=STORED)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """One server for all questions."""
    home = tmp_path_factory.mktemp("asked") / "data"
    home.mkdir()
    url = _fill(request, home)
    environment = {**PROVISIONING, "LANGFUSE_INIT_PROJECT_ID": PROJECT}
    with running_server(home, database_url=url, environment=environment) as server:
        make_person(home, PROVISIONING["LANGFUSE_INIT_ORG_ID"], {"DATABASE_URL": url} if url else {})
        headers = {"Authorization": basic_authorization(server)}
        with (
            httpx2.Client(base_url=server.base_url, headers=headers, trust_env=False, timeout=30) as sdk,
            signed_in(server.base_url) as person,
        ):
            yield Asked(request.param, sdk, person)


def _fill(request: pytest.FixtureRequest, home: Path) -> str | None:
    """Write the world into a store as the server will find it; the address of a Postgres."""
    name = request.param
    url = None if name == "sqlite" else telemetry_database(request, name.removeprefix("postgres") or None)

    path = home / "telemetry.db"
    if url is None:
        open_writer(path).close()
        upgrade(SqliteMigrationTarget(path), Plane.TELEMETRY)

    async def fill() -> None:
        store = PostgresTelemetry(url) if url else SqliteTelemetry(path)
        await store.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
        await store.writer.close()
        await store.reader.close()

    asyncio.run(fill())
    return url


@pytest.mark.parametrize(("view", "column"), [case for case in _columns() if case[0] in _PUBLIC])
def test_text_finds_what_the_filter_finds(asked: Asked, load: Load, view: View, column: str) -> None:
    field = FIELDS[view][COLUMNS[view][column]]
    count = load.choose(small=1, bounded=5, full=25)
    compared = 0
    for element in _filters(view, field, column, count):
        text = _as_text(view, element)
        if text is None:
            continue
        found = asked.by_text(view, text)
        if found is None:
            continue
        assert found == asked.by_filter(view, element), (element, text)
        assert found == asked.by_public_text(view, text), (element, text)
        compared += 1
    assert compared
    _COMPARED[asked.engine] += compared
    sys.stdout.write(f"{asked.engine}: {_COMPARED[asked.engine]} so far\n")


_REMARKS = {
    "TRACE": {"t1": ["Refund was wrong", "fine"], "t2": ["refund"], "t5": ["Zähler gelesen"]},
    "OBSERVATION": {"o1": ["wrong model"], "o2": ["100 %", "x", "y"]},
    "SESSION": {"s-a": ["angry customer"]},
}


def test_what_was_commented_on_is_found_by_the_comment(asked: Asked) -> None:
    for kind, objects in _REMARKS.items():
        for object_id, contents in objects.items():
            for content in contents:
                asked.comment(kind, object_id, content)
    cases = [
        (View.TRACES, "comment:REFUND", ["t1", "t2"]),
        (View.TRACES, "comment:=refund", ["t2"]),
        (View.TRACES, "comment:ZÄHLER", ["t5"]),
        (View.TRACES, "comment:(refund OR fine)", ["t1", "t2"]),
        (View.TRACES, "comment:refund -comment:wrong", ["t2"]),
        (View.TRACES, 'comment:("" OR fine) name:=answer', ["t1"]),
        (View.TRACES, "has:comment user:ann", ["t1"]),
        (View.TRACES, 'comment:"" user:ann', ["t3"]),
        (View.TRACES, "comments:>1", ["t1"]),
        (View.OBSERVATIONS, "comment:*%", ["o2"]),
        (View.OBSERVATIONS, "comments:1..2", ["o1"]),
        (View.OBSERVATIONS, "comments:>=1 type:tool", ["o2"]),
        (View.OBSERVATIONS, "comments:0 type:generation", ["o4"]),
        (View.SESSIONS, "comment:angry", ["s-a"]),
        (View.SESSIONS, "-has:comment", ["s-b", "s-c"]),
    ]
    for view, text, expected in cases:
        assert asked.by_text(view, text) == expected, text
        assert asked.by_public_text(view, text) == expected, text
    content = {"type": "string", "column": "commentContent", "operator": "contains", "value": "wrong"}
    assert asked.by_filter_v2(content) == ["o1"]
    often = {"type": "number", "column": "commentCount", "operator": ">=", "value": 2}
    assert asked.by_filter_v2(often) == ["o2"]
