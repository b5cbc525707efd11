"""Scores from browsers: a public key alone, from another origin, and no more than is bearable."""

from typing import Any

from panope.assembly import AppOptions
from panope.http.limits import BodyLimits
from tests.api.conftest import AUTH, BROWSER_AUTH, LIMITS, staged
from tests.api.scoring.conftest import PUBLIC, Desk

PAGE = "https://app.example.com"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,x-langfuse-sdk-name",
}
SCORE: dict[str, Any] = {"traceId": "t", "name": "user-feedback", "value": 1}
ALLOW = "access-control-allow-origin"


async def test_a_page_may_ask_and_then_send_and_reads_the_answer(desk: Desk) -> None:
    for path in ("/scores", "/ingestion"):
        asked = await desk.stage.client.options(PUBLIC + path, headers=PREFLIGHT)
        assert asked.status_code == 204
        assert asked.headers[ALLOW] == PAGE
        assert "POST" in asked.headers["access-control-allow-methods"]
        assert asked.headers["access-control-allow-headers"] == PREFLIGHT["Access-Control-Request-Headers"]
        assert "access-control-allow-credentials" not in asked.headers
    headers = {**BROWSER_AUTH, "Origin": PAGE}
    sent = await desk.stage.client.post(f"{PUBLIC}/scores", json={"id": "s", **SCORE}, headers=headers)
    assert (sent.status_code, sent.json(), sent.headers[ALLOW]) == (200, {"id": "s"}, PAGE)
    refused = await desk.stage.client.post(f"{PUBLIC}/scores", json={}, headers=headers)
    assert (refused.status_code, refused.headers[ALLOW]) == (400, PAGE)
    assert (await desk.show("s"))["value"] == 1


async def test_a_page_reads_nothing_and_writes_nothing_but_scores(desk: Desk, browser: Desk) -> None:
    await browser.score(id="s", value=1)
    for path in ("/scores/s", "/v2/scores", "/v3/scores", "/score-configs", "/traces"):
        await browser.call("GET", PUBLIC + path, status=403)
    await browser.call("DELETE", f"{PUBLIC}/scores/s", status=403)
    await browser.call("POST", f"{PUBLIC}/score-configs", {"name": "a", "dataType": "TEXT"}, status=403)
    event = {"id": "e", "type": "trace-create", "timestamp": "2027-01-15T07:00:00Z", "body": {"id": "t"}}
    answered = await browser.call("POST", f"{PUBLIC}/ingestion", {"batch": [event]}, status=207)
    assert [error["status"] for error in answered["errors"]] == [401]
    assert (await desk.get(f"{PUBLIC}/traces"))["data"] == []


async def test_a_page_passes_no_vote_off_as_a_verdict(desk: Desk, browser: Desk) -> None:
    config_id = await desk.agree("user-feedback")
    for source in ("EVAL", "ANNOTATION"):
        sent = {"value": 1, "configId": config_id, "source": source}
        await browser.score(400, **sent)
        event = {"id": "e", "type": "score-create", "timestamp": "2027-01-15T07:00:00Z", "body": {**SCORE, **sent}}
        for caller, errors in ((browser, 1), (desk, 0)):
            answered = await caller.call("POST", f"{PUBLIC}/ingestion", {"batch": [event]}, status=207)
            assert len(answered["errors"]) == errors
    await browser.score(value=1, source="API")


async def test_only_the_origins_that_are_set_are_let_in() -> None:
    async with staged(AppOptions(limits=LIMITS, browser_origins=frozenset({PAGE}))) as stage:
        for origin, allowed in ((PAGE, PAGE), ("https://evil.example.com", None), ("null", None)):
            asked = await stage.client.options(f"{PUBLIC}/scores", headers={**PREFLIGHT, "Origin": origin})
            sent = await stage.client.post(f"{PUBLIC}/scores", json=SCORE, headers={**BROWSER_AUTH, "Origin": origin})
            assert (asked.headers.get(ALLOW), sent.headers.get(ALLOW)) == (allowed, allowed)
            assert asked.headers["vary"] == "Origin"


async def test_a_public_key_alone_has_an_allowance_and_a_pair_has_none() -> None:
    limits = BodyLimits(browser_requests_per_minute=3)
    async with staged(AppOptions(limits=limits)) as stage:
        sent = [await stage.client.post(f"{PUBLIC}/scores", json=SCORE, headers=BROWSER_AUTH) for _ in range(5)]
        assert [response.status_code for response in sent] == [200] * 3 + [429] * 2
        assert 1 <= int(sent[-1].headers["retry-after"]) <= 21
        assert sent[-1].json()["code"] == "rate_limited"
        assert "browser_requests_per_minute" in sent[-1].json()["message"]
        assert (await stage.client.post(f"{PUBLIC}/scores", json=SCORE, headers=AUTH)).status_code == 200


async def test_a_public_key_alone_sends_small_bodies() -> None:
    limits = BodyLimits(browser_max_body_bytes=2_000)
    async with staged(AppOptions(limits=limits)) as stage:
        large = {**SCORE, "comment": "c" * 2_000}
        refused = await stage.client.post(f"{PUBLIC}/scores", json=large, headers=BROWSER_AUTH)
        assert refused.status_code == 413
        assert "browser_max_body_bytes" in refused.json()["message"]
        assert (await stage.client.post(f"{PUBLIC}/scores", json=large, headers=AUTH)).status_code == 200
