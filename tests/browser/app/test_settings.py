"""What holds for a whole project: keys, prices, score configs, sizes, and the doctor of what arrives."""

import copy
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.servers import VIEWER, Servers
from tests.browser.visits import Visits
from tests.support.server import PROJECT_ID, RunningServer

SETTINGS = f"/project/{PROJECT_ID}/settings"
HOSTILE = "<script>alert(1)</script> مرحبا / # ? % " + "w" * 120
MODEL = "zeus-9"


@pytest.fixture(scope="module")
def own(servers: Servers) -> Iterator[RunningServer]:
    """A server of these tests alone, which change what holds for all others."""
    with servers.open("settings", people={VIEWER: "viewer"}) as started:
        yield started


@pytest.fixture
def page(visits: Visits, own: RunningServer) -> Iterator[Any]:
    with visits.page(own) as opened:
        yield opened


@pytest.fixture
def viewer(visits: Visits, own: RunningServer) -> Iterator[Any]:
    """A page of somebody who may only look."""
    with visits.page(own, VIEWER) as opened:
        yield opened


def send(server: RunningServer, trace_id: str, **models: dict[str, int]) -> int:
    """A trace with a generation per model name, `_` standing for `-`; returns the status."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    bodies: list[tuple[str, dict[str, Any]]] = [("trace-create", {"id": trace_id, "name": trace_id, "timestamp": now})]
    for name, usage in models.items():
        body = {"id": f"{trace_id}-{name}", "traceId": trace_id, "name": name, "startTime": now, "endTime": now}
        bodies.append(("generation-create", {**body, "model": name.replace("_", "-"), "usageDetails": usage}))
    events = [
        {"id": f"{trace_id}-{at}", "type": kind, "timestamp": now, "body": body}
        for at, (kind, body) in enumerate(bodies)
    ]
    status, _ = server.request("POST", "/api/public/ingestion", {"batch": events})
    return status


def price_it(page: Any, price: str = "2") -> None:
    """Fill in the prices of the form that is open, per million, and save."""
    page.get_by_label("Price of input, $").first.fill(price)
    page.get_by_label("Price of output, $").first.fill(price)
    page.get_by_role("button", name="Make the model").click()
    page.get_by_text("has prices from now on").wait_for()


def cost_of(page: Any, trace_id: str) -> str:
    page.goto(f"/project/{PROJECT_ID}/traces/{trace_id}")
    header = page.get_by_test_id("trace-header")
    header.wait_for()
    text: str = header.inner_text()
    return text


def test_a_model_without_a_price_gets_one_in_the_page(page: Any, own: RunningServer) -> None:
    """Check 16."""
    assert send(own, "before", gpt_4o_mini={"input": 1000}, zeus_9={"input": 1_000_000, "output": 0}) == 207
    told = cost_of(page, "before")
    assert "$0.00015+" in told
    assert f"1 observation has no price: model {MODEL}" in told
    page.goto(f"/project/{PROJECT_ID}/observations?q=model:{MODEL}&dateRange=1d")
    row = page.get_by_role("row").filter(has_text="zeus_9")
    row.get_by_title("Unknown: no price for what was used").wait_for()
    page.goto(f"/project/{PROJECT_ID}/traces/before")
    page.get_by_role("link", name="Give it a price").click()
    unpriced = page.locator(f'[data-testid="unpriced-model"][data-id="{MODEL}"]')
    unpriced.get_by_role("link", name="Give it a price").click()
    page.get_by_text("Found in 1 of 2 names").wait_for()
    price_it(page)
    assert send(own, "after", zeus_9={"input": 1_000_000, "output": 0}) == 207
    assert "$2.00" in cost_of(page, "after")
    assert "$0.00015+" in cost_of(page, "before")
    page.goto(f"{SETTINGS}/models?tab=unpriced")
    page.get_by_text("Show what would change").wait_for()


def test_history_is_priced_again_with_a_look_before(page: Any, own: RunningServer) -> None:
    if own.request("GET", "/api/public/traces/before")[0] == 404:
        pytest.skip("the test before made what this one prices again")
    page.goto(f"{SETTINGS}/models?tab=unpriced")
    page.get_by_role("button", name="Show what would change").click()
    page.locator('[data-testid="repricing"][data-state="done"]').wait_for()
    page.get_by_role("button", name="Reprice 1 generation").click()
    page.get_by_text("1 changed").wait_for()
    assert "$2.00" in cost_of(page, "before")


def test_a_model_is_edited_with_tiers(page: Any, own: RunningServer) -> None:
    """Check 74: new generations cost by the tiers, old ones keep their cost, and no name is left without a price."""
    assert send(own, "tiers-before", hera_1={"input": 1000}) == 207
    page.goto(f"{SETTINGS}/models?tab=unpriced")
    left = page.locator('[data-testid="unpriced-model"]')
    left.filter(has_text="hera-1").get_by_role("link", name="Give it a price").click()
    price_it(page, "1")
    page.goto(f"{SETTINGS}/models?tab=unpriced")
    page.get_by_text("Show what would change").wait_for()
    assert left.filter(has_text="hera-1").count() == 0
    assert send(own, "tiers-one", hera_1={"input": 1_000_000}) == 207
    page.goto(f"{SETTINGS}/models")
    page.get_by_role("link", name="hera-1").click()
    page.get_by_role("button", name="Add a tier").click()
    tier = page.get_by_test_id("tier").nth(1)
    tier.get_by_label("Units").fill("1500000")
    tier.get_by_label("Price of input, $").fill("5")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved: the prices hold").wait_for()
    assert send(own, "tiers-small", hera_1={"input": 1_000_000}) == 207
    assert send(own, "tiers-large", hera_1={"input": 2_000_000}) == 207
    assert "$1.00" in cost_of(page, "tiers-one")
    assert "$1.00" in cost_of(page, "tiers-small")
    assert "$10.00" in cost_of(page, "tiers-large")
    page.goto(f"{SETTINGS}/models")
    page.get_by_role("link", name="hera-1").click()
    uses = page.get_by_test_id("model-uses")
    uses.wait_for()
    assert uses.get_attribute("data-value") == "4"
    uses.get_by_role("link").click()
    page.locator('[data-testid="count-total"][data-value="4"]').wait_for()


def test_prices_follow_the_unit_and_patterns_are_tried(page: Any) -> None:
    page.goto(f"{SETTINGS}/models/-?id=new")
    price = page.get_by_label("Price of input, $")
    price.fill("2.5")
    page.get_by_role("button", name="1K", exact=True).click()
    assert price.input_value() == "0.0025"
    page.get_by_role("button", name="1 token").click()
    assert price.input_value() == "0.0000025"
    page.get_by_label("Pattern").fill("(?=x)")
    page.get_by_text("Look-ahead is not supported").wait_for()
    page.get_by_label("Pattern").fill("(?i)^athena")
    page.get_by_label("Try a name").fill("Athena-2")
    page.get_by_test_id("tried-name").get_by_text("it matches").wait_for()
    page.get_by_label("Try a name").fill("zeus")
    page.get_by_test_id("tried-name").get_by_text("it does not match").wait_for()
    page.get_by_role("button", name="Make the model").click()
    page.get_by_text("Give it a name.").wait_for()


def test_a_shipped_model_is_cloned(page: Any) -> None:
    page.goto(f"{SETTINGS}/models")
    page.get_by_label("Find a model").fill("gpt-4o-mini")
    page.get_by_role("link", name="gpt-4o-mini", exact=True).click()
    page.get_by_text("Ships with panope and cannot be changed").wait_for()
    page.get_by_role("link", name="Clone to change").click()
    assert page.get_by_label("Price of input, $").first.input_value() == "0.15"
    page.goto(f"/project/{PROJECT_ID}/models")
    page.wait_for_url(f"**{SETTINGS}/models")


def test_a_key_shows_its_secret_once_and_fails_when_it_is_deleted(page: Any, own: RunningServer) -> None:
    """Check 72."""
    page.goto(f"{SETTINGS}/api-keys")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("Note").fill(HOSTILE)
    page.get_by_role("button", name="Make the key").click()
    made = copy.copy(own)
    made.public_key = page.get_by_test_id("public-key").inner_text()
    made.secret_key = page.get_by_test_id("secret-key").inner_text()
    page.get_by_role("button", name="I have copied the secret").click()
    row = page.locator(f'[data-testid="api-key"][data-id="{made.public_key}"]')
    row.get_by_text("<script>alert(1)</script>").wait_for()
    assert made.secret_key not in page.content()
    assert send(made, "by-the-new-key") == 207
    page.reload()
    assert made.secret_key not in page.content()
    row.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete the key").click()
    typed = dialog.get_by_label("to confirm")
    if typed.count():  # the note of its use was written in the meantime
        typed.fill(made.public_key[-4:])
        dialog.get_by_role("button", name="Delete the key").click()
    page.get_by_text("The key is deleted").wait_for()
    assert send(made, "by-the-gone-key") == 401
    page.goto(f"{SETTINGS}/ingestion")
    refused = page.locator('[data-testid="refused-key"][data-reason="revoked"]').filter(has_text=made.public_key)
    refused.get_by_text("401: this key was revoked").wait_for()
    request = page.get_by_test_id("ingestion-request").filter(has_text=made.public_key)
    request.get_by_text("revoked since").wait_for()
    assert made.secret_key not in page.content()


def test_the_doctor_tells_what_was_rejected_and_by_whom(page: Any, own: RunningServer) -> None:
    event = {"id": "e", "type": "nonsense", "timestamp": "2026-01-01T00:00:00Z", "body": {}}
    own.request("POST", "/api/public/ingestion", {"batch": [event]})
    page.goto(f"{SETTINGS}/ingestion")
    page.get_by_role("button", name="With rejections").click()
    page.get_by_test_id("ingestion-request").first.get_by_text("unknown_type × 1").wait_for()
    page.get_by_test_id("sender").first.wait_for()
    page.get_by_text("agrees with this browser's").wait_for()


def test_a_project_is_renamed_and_says_what_is_wrong(page: Any) -> None:
    page.goto(SETTINGS)
    name = page.get_by_role("textbox", name="Name")
    before = name.input_value()
    page.get_by_label("Metadata (JSON)").fill("[1]")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("This is no JSON object.").wait_for()
    page.get_by_label("Metadata (JSON)").fill('{"team": "search"}')
    name.fill("Renamed")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").get_by_text("Saved").wait_for()
    page.get_by_role("navigation", name="Project").get_by_text("Renamed").wait_for()
    name.fill(before)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("navigation", name="Project").get_by_text(before).wait_for()


def test_saving_a_name_keeps_what_somebody_else_noted_meanwhile(page: Any, visits: Visits, own: RunningServer) -> None:
    page.goto(f"{SETTINGS}/general")
    name = page.get_by_role("textbox", name="Name")
    before = name.input_value()
    with visits.page(own) as other:
        other.goto(f"{SETTINGS}/general")
        other.get_by_label("Metadata (JSON)").fill('{"noted": "meanwhile"}')
        other.get_by_role("button", name="Save").click()
        other.get_by_role("status").get_by_text("Saved").wait_for()
    for wanted in ("Renamed too", before):
        name.fill(wanted)
        page.get_by_role("button", name="Save").click()
        page.get_by_role("navigation", name="Project").get_by_text(wanted).wait_for()
    page.reload()
    assert "meanwhile" in page.get_by_label("Metadata (JSON)").input_value()


def test_what_is_typed_outlasts_a_reading_that_fails(page: Any) -> None:
    page.goto(f"{SETTINGS}/general")
    page.get_by_label("Metadata (JSON)").fill('{"half": "writ')
    before = page.get_by_test_id("text-index").get_attribute("data-value")
    failed: list[str] = []

    def fail(route: Any) -> None:
        if route.request.method != "GET":
            route.fallback()
            return
        failed.append(route.request.url)
        route.fulfill(status=422, json={"message": "It broke", "error": "Broken"})

    project = f"**/api/ui/projects/{PROJECT_ID}"
    page.route(project, fail)
    with page.expect_response(lambda response: response.status == 422):
        page.get_by_role("switch", name="Index of texts").click()
    page.get_by_role("status").get_by_text("The index of texts is").wait_for()
    assert failed
    assert page.get_by_label("Metadata (JSON)").input_value() == '{"half": "writ'
    page.unroute(project)
    page.reload()
    wanted = "false" if before == "true" else "true"
    page.locator(f'[data-testid="text-index"][data-value="{wanted}"]').wait_for()
    page.get_by_role("switch", name="Index of texts").click()
    page.locator(f'[data-testid="text-index"][data-value="{before}"]').wait_for()


def test_a_model_that_is_made_late_moves_nobody(page: Any) -> None:
    page.goto(f"{SETTINGS}/models/-?id=new&name=chronos-1")
    held: list[Any] = []
    page.route("**/models", lambda route: held.append(route) if route.request.method == "POST" else route.fallback())
    page.get_by_label("Price of input, $").first.fill("1")
    page.get_by_label("Price of output, $").first.fill("1")
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/models")):
        page.get_by_role("button", name="Make the model").click()
    page.get_by_role("link", name="API keys").first.click()
    page.wait_for_url("**/api-keys")
    held[0].continue_()
    page.get_by_text("has prices from now on").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/api-keys")


def test_of_two_clicks_one_prices_history_again(page: Any) -> None:
    page.goto(f"{SETTINGS}/models?tab=unpriced")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if "/repricings" in request.url else None)
    page.get_by_role("button", name="Show what would change").evaluate("one => { one.click(); one.click() }")
    page.locator('[data-testid="repricing"][data-state="done"]').wait_for()
    assert asked.count("POST") == 1


def test_of_two_clicks_one_makes_a_score_config(page: Any, own: RunningServer) -> None:
    page.goto(f"{SETTINGS}/scores")
    page.get_by_role("button", name="Make a score config").click()
    page.get_by_role("dialog").get_by_label("Name").fill("made once")
    page.locator("dialog form").evaluate("form => { form.requestSubmit(); form.requestSubmit() }")
    page.get_by_role("dialog").wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    configs = own.request("GET", "/api/public/score-configs?limit=100")[1]["data"]
    assert [one["name"] for one in configs].count("made once") == 1


def test_the_index_of_texts_is_switched(page: Any) -> None:
    page.goto(f"{SETTINGS}/general")
    before = page.get_by_test_id("text-index").get_attribute("data-value")
    switch = page.get_by_role("switch", name="Index of texts")
    for wanted in ("false" if before == "true" else "true", before):
        switch.click()
        page.locator(f'[data-testid="text-index"][data-value="{wanted}"]').wait_for()


def test_a_project_goes_only_by_its_name(page: Any) -> None:
    page.goto(f"{SETTINGS}/general")
    page.get_by_role("button", name="Delete this project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("traces and").wait_for()
    dialog.get_by_role("button", name="Delete the project for good").click()
    dialog.get_by_text("to go on").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Delete the project").wait_for()


def test_score_configs_are_made_edited_and_archived(page: Any) -> None:
    page.goto(f"{SETTINGS}/scores")
    page.get_by_role("button", name="Make a score config").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("tone")
    dialog.get_by_label("Type").select_option("CATEGORICAL")
    dialog.get_by_label("Label 1").fill("rude")
    dialog.get_by_label("Label 2").fill("rude")
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_role("alert").wait_for()
    dialog.get_by_label("Label 2").fill("kind")
    dialog.get_by_role("button", name="Save").click()
    row = page.get_by_test_id("score-config").filter(has_text="tone")
    row.get_by_text("kind").wait_for()
    row.get_by_role("button", name="Edit").click()
    dialog.get_by_label("Description").fill(HOSTILE)
    dialog.get_by_role("button", name="Save").click()
    row.get_by_text("<script>").wait_for()
    row.get_by_role("button", name="Archive").click()
    row.get_by_text("archived").wait_for()
    row.get_by_role("button", name="Use again").click()


def test_sizes_link_to_what_they_count(page: Any, own: RunningServer) -> None:
    assert send(own, "sized", zeus_9={"input": 1}) == 207
    page.goto(f"{SETTINGS}/storage")
    page.get_by_role("cell", name="observation", exact=True).wait_for()
    page.get_by_role("group", name="Growth").get_by_role("link").first.click()
    page.wait_for_url("**/observations?**")


def test_whoever_may_not_is_told_why(viewer: Any, own: RunningServer) -> None:
    assert send(own, "looked-at", zeus_9={"input": 1}) == 207
    for slug, action in (("general", "Save"), ("api-keys", "Make a key"), ("models", "Make a model")):
        viewer.goto(f"{SETTINGS}/{slug}")
        button = viewer.get_by_role("button", name=action)
        button.hover()
        viewer.get_by_role("tooltip").get_by_text("yours here is viewer").wait_for()
        assert button.get_attribute("aria-disabled") == "true"
    viewer.goto(f"{SETTINGS}/general")
    viewer.get_by_role("button", name="Save").wait_for()
    assert viewer.get_by_role("button", name="Delete this project").count() == 0
    viewer.goto(f"{SETTINGS}/ingestion")
    viewer.get_by_test_id("sender").first.wait_for()
    assert viewer.get_by_text("With keys that no project here has").count() == 0
