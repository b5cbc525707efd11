"""One trace, as somebody reads it: waterfall, inspector, transcript; by mouse, by keys, by links."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.browser.conftest import LIST
from tests.conformance.harness import Facts, run_python
from tests.support.server import RunningServer

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def run(server: RunningServer) -> Facts:
    """What the SDK sent: the id of a trace, and of its observations by name."""
    return run_python("langfuse-5", "browsed/agent", server, "agent")


def path(run: Facts, name: str | None = None, **more: str) -> str:
    query = {**({"observation": run["observations"][name]} if name else {}), **more}
    return f"{LIST}/{run['trace_id']}?" + "&".join(f"{key}={quote(value)}" for key, value in query.items())


def rows(page: Any) -> Any:
    return page.get_by_test_id("waterfall-row")


def names(page: Any) -> list[str]:
    return [text.split("\n")[0] for text in rows(page).all_inner_texts()]


def selected(page: Any) -> str | None:
    found: str | None = page.locator('[data-testid="waterfall-row"][aria-selected="true"]').get_attribute("data-id")
    return found


def query_of(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_the_waterfall_shows_every_observation_once_below_its_parent(
    page: Any, server: RunningServer, run: Facts
) -> None:
    page.goto(path(run))
    rows(page).first.wait_for()
    shown = {
        row.get_attribute("data-id"): (row.get_attribute("data-type"), int(row.get_attribute("data-depth")))
        for row in rows(page).all()
        if row.get_attribute("data-id")
    }
    _, body = server.request("GET", f"/api/public/observations?traceId={run['trace_id']}")
    parents = {one["id"]: one["parentObservationId"] for one in body["data"]}

    def depth(identity: str | None) -> int:
        return 0 if identity is None or identity not in parents else 1 + depth(parents[identity])

    assert shown == {one["id"]: (one["type"], depth(one["id"])) for one in body["data"]}


def test_what_is_selected_is_in_the_link_and_back_undoes_it(page: Any, run: Facts) -> None:
    page.goto(path(run))
    rows(page).filter(has_text="answer").click()
    page.get_by_test_id("inspector-head").filter(has_text="answer").wait_for()
    assert query_of(page)["observation"] == [run["observations"]["answer"]]
    page.reload()
    page.get_by_test_id("inspector-head").filter(has_text="answer").wait_for()
    assert selected(page) == run["observations"]["answer"]
    page.get_by_test_id("inspector-tab-attributes").click()
    assert query_of(page)["traceTab"] == ["attributes"]
    page.go_back()
    page.get_by_test_id("io-section-input").wait_for()
    page.go_back()
    page.get_by_test_id("inspector-head").wait_for(state="detached")


def test_an_observation_of_another_trace_is_not_shown_here(page: Any, run: Facts, sent: Facts) -> None:
    page.goto(f"{LIST}/{sent['ids'][0]}?observation={run['observations']['plan']}")
    page.get_by_text("This trace has no observation").wait_for()
    assert page.get_by_test_id("inspector-head").count() == 0


def test_a_conversation_is_read_as_one(page: Any, run: Facts) -> None:
    page.goto(path(run, "answer"))
    section = page.get_by_test_id("io-section-input")
    section.get_by_test_id("tool-result").wait_for()
    roles = [one.get_attribute("data-role") for one in section.get_by_test_id("chat-message").all()]
    assert roles == ["system", "user", "assistant"]
    card = section.get_by_test_id("tool-call")
    assert "9007199254740993" in card.inner_text()
    assert "failed" in card.inner_text()
    assert "revenue" in section.get_by_test_id("tool-result").inner_text()
    page.get_by_test_id("tools-available").click()
    assert "called 1 ×" in page.get_by_test_id("tools-available").inner_text()
    card.get_by_role("button", name="Open its observation").click()
    page.get_by_test_id("status-message").filter(has_text="slow index").wait_for()


def test_hostile_content_is_text(page: Any, run: Facts) -> None:
    page.goto(path(run, "answer"))
    said = page.get_by_test_id("io-section-output")
    said.locator("strong").filter(has_text="bold").wait_for()
    assert '<img src=x onerror="alert(1)">' in said.inner_text()
    assert said.locator("img, script").count() == 0
    assert said.get_by_test_id("remote-image").count() == 1
    assert said.get_by_role("link", name="click").count() == 0


def test_the_parts_of_a_cost_add_up(page: Any, run: Facts) -> None:
    page.goto(path(run, "plan"))
    page.get_by_test_id("cost").click()
    table = page.get_by_test_id("cost-table")
    table.wait_for()
    parts = [cell.get_attribute("data-value") for cell in table.locator("tbody [data-value]").all()]
    total = page.get_by_test_id("cost-total").get_attribute("data-value")
    assert round(sum(map(float, parts)), 12) == float(total)
    assert total == page.get_by_test_id("cost").get_attribute("data-value")


def test_large_numbers_in_metadata_stay_exact(page: Any, run: Facts) -> None:
    page.goto(path(run, "request", traceTab="attributes"))
    page.locator('[data-pointer="/large"]').filter(has_text=str(2**60 + 1)).wait_for()


def test_keys_walk_fold_and_find(page: Any, run: Facts) -> None:
    page.goto(path(run))
    rows(page).first.wait_for()
    page.get_by_test_id("waterfall").focus()
    page.keyboard.press("ArrowDown")
    page.locator('[aria-selected="true"]').filter(has_text="request").wait_for()
    count = rows(page).count()
    page.keyboard.press("ArrowLeft")
    page.locator('[aria-selected="true"][aria-expanded="false"]').wait_for()
    assert rows(page).count() < count
    page.keyboard.press("ArrowRight")
    page.locator('[aria-selected="true"][aria-expanded="true"]').wait_for()
    page.keyboard.press("e")
    page.get_by_test_id("status-message").filter(has_text="slow index").wait_for()
    page.keyboard.press("c")
    page.get_by_text("critical ", exact=False).wait_for()
    page.keyboard.press("5")
    assert query_of(page)["traceTab"] == ["attributes"]


def test_key_steps_hide_wrappers_and_say_so(page: Any, run: Facts) -> None:
    page.goto(path(run))
    rows(page).filter(has_text="middleware").wait_for()
    page.keyboard.press("h")
    rows(page).filter(has_text="middleware").wait_for(state="detached")
    page.get_by_role("button", name="show", exact=True).click()
    rows(page).filter(has_text="middleware").wait_for()


def test_the_filter_keeps_what_surrounds_a_match(page: Any, run: Facts) -> None:
    page.goto(path(run))
    rows(page).first.wait_for()
    page.keyboard.press("Control+f")
    page.keyboard.type("type:GENERATION")
    page.locator('[data-testid="trace-filter-count"][data-value="2"]').wait_for()
    rows(page).filter(has_text="middleware").wait_for(state="detached")
    assert names(page) == ["agent run", "request", "researcher", "plan", "answer"]
    page.get_by_test_id("trace-filter").fill("Revenue rose")
    page.locator('[data-testid="trace-filter-count"][data-value="1"]').wait_for()
    page.get_by_test_id("trace-filter").press("Enter")
    page.get_by_test_id("inspector-head").filter(has_text="answer").wait_for()


def test_a_large_payload_comes_in_parts(page: Any, run: Facts) -> None:
    page.goto(path(run, "large"))
    section = page.get_by_test_id("io-section-input")
    section.get_by_test_id("io-partial").wait_for()
    section.get_by_role("button", name="Load all").click()
    section.get_by_test_id("io-partial").wait_for(state="detached")
    row = section.locator('[data-pointer="/rows"]')
    row.filter(has_text="8\u202f000").wait_for()
    page.get_by_role("button", name="Text", exact=True).click()
    section.get_by_test_id("text-view").wait_for()


def test_the_transcript_says_everything_once(page: Any, run: Facts) -> None:
    page.goto(path(run, view="transcript"))
    transcript = page.get_by_test_id("transcript")
    transcript.get_by_text("Revenue rose.", exact=False).wait_for()
    assert transcript.get_by_text("What is in the report?").count() == 1
    transcript.get_by_text("… 3 earlier messages").wait_for()
    transcript.get_by_role("button", name="Show its observation").last.click()
    page.get_by_test_id("inspector-head").filter(has_text="answer").wait_for()
    assert query_of(page)["view"] == ["transcript"]


def test_words_of_older_links_still_count(page: Any, run: Facts) -> None:
    page.goto(path(run, "plan", view="timeline", traceTab="preview"))
    page.get_by_test_id("io-section-input").wait_for()
    page.goto(path(run, traceTab="log"))
    page.get_by_test_id("transcript").wait_for()


def test_what_comes_later_appears_in_place(page: Any, server: RunningServer) -> None:
    def tell(name: str, kind: str, **body: Any) -> None:
        event = {"id": f"live-{name}", "timestamp": datetime.now(UTC).isoformat(), "type": f"{kind}-create"}
        told = {"id": name, "name": name, **body}
        status, answer = server.request("POST", "/api/public/ingestion", {"batch": [{**event, "body": told}]})
        assert status == 207, answer
        assert not answer["errors"]

    start = datetime.now(UTC).isoformat()
    tell("live", "trace", timestamp=start)
    tell("job", "span", traceId="live", startTime=start)
    page.goto(f"{LIST}/live")
    rows(page).filter(has_text="job").click()
    page.locator('[data-testid="trace-status"][data-value="running"]').wait_for()
    tell("late", "span", traceId="live", parentObservationId="job", startTime=start, endTime=start)
    rows(page).filter(has_text="late").wait_for()
    assert selected(page) == "job"


def test_a_trace_that_is_not_there_is_asked_for_again(page: Any) -> None:
    page.goto(f"{LIST}/nothing")
    page.get_by_text("Not found yet").wait_for()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `npm ci` in web/")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("where", ["waterfall", "transcript", "attributes", "scores"])
def test_nobody_is_shut_out(page: Any, run: Facts, scheme: str, where: str) -> None:
    page.emulate_media(color_scheme=scheme)
    query = {"transcript": {"view": "transcript"}, "waterfall": {}}.get(where, {"traceTab": where})
    page.goto(path(run, "answer", **query))
    page.get_by_test_id("inspector-head").wait_for()
    if where == "transcript":
        page.get_by_test_id("transcript").get_by_text("Revenue rose.", exact=False).wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
    assert found == []
