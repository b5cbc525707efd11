"""Sessions: their list, and one of them as a conversation."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.lists.conftest import LONG_CHAT, LONG_TURNS
from tests.browser.visits import hold, wait_for_held
from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID, RunningServer

SESSIONS = f"/project/{PROJECT_ID}/sessions"


def path(session_id: str, **more: str) -> str:
    return f"{SESSIONS}/{quote(session_id, safe='')}?" + "&".join(f"{key}={quote(more[key])}" for key in more)


def turns(page: Any) -> Any:
    return page.get_by_test_id("turn")


def turn(page: Any, trace_id: str) -> Any:
    return page.locator(f'[data-testid="turn"][data-id="{trace_id}"]')


def wait_until_in_sight(page: Any, trace_id: str) -> None:
    """Heights are measured as turns are drawn, and the place is corrected."""
    page.wait_for_function(
        """id => {
          const turn = document.querySelector(`[data-testid="turn"][data-id="${id}"]`);
          const box = document.querySelector('[data-testid="conversation"]').getBoundingClientRect();
          if (!turn) return false;
          const { top } = turn.getBoundingClientRect();
          return top >= box.top - 1 && top < box.bottom;
        }""",
        arg=trace_id,
    )


def test_the_list_adds_up_each_session_and_leads_to_it(page: Any, sent: Facts, server: RunningServer) -> None:
    page.goto(SESSIONS)
    row = page.locator('[data-testid="session-row"]').filter(has_text=sent["chat"])
    row.wait_for()
    assert page.get_by_test_id("count-total").get_attribute("data-value") == "2"
    assert row.locator('[data-column="traces"]').inner_text() == "4"
    assert row.locator('[data-column="user"]').inner_text() == sent["person"]
    assert "<img" in row.locator('[data-column="preview"]').inner_text()
    row.locator("[data-row-link]").click()
    turns(page).first.wait_for()
    assert page.url.endswith(f"/sessions/{quote(sent['chat'], safe='')}")
    assert page.locator("h1").inner_text() == sent["chat"]
    listed = server.request("GET", f"/api/public/sessions/{quote(sent['chat'], safe='')}")[1]
    assert {one["id"] for one in listed["traces"]} == set(sent["turns"])


def test_the_list_is_searched_sorted_and_narrowed_by_facets(page: Any, sent: Facts) -> None:
    page.goto(SESSIONS)
    page.get_by_test_id("session-row").nth(1).wait_for()
    page.get_by_test_id("facet-user").get_by_text("bob").click()
    page.locator('[data-testid="count-total"][data-value="1"]').wait_for()
    assert page.get_by_test_id("session-row").first.get_attribute("data-id") == "chat-2"
    assert "q=user:bob" in page.url
    page.go_back()
    page.locator('[data-testid="count-total"][data-value="2"]').wait_for()
    page.get_by_role("columnheader", name="Traces").get_by_role("button").click()
    page.wait_for_url(re.compile("orderBy=traceCount-DESC"))
    page.wait_for_function("() => document.querySelector('[data-testid=session-row]').dataset.id.startsWith('chat/1')")
    page.goto(f"{SESSIONS}?q={quote('traces:>3 errors:>0')}")
    page.locator('[data-testid="count-total"][data-value="1"]').wait_for()


def test_a_session_is_read_as_one_conversation_without_repeating_itself(page: Any, sent: Facts) -> None:
    page.goto(path(sent["chat"]))
    last = turn(page, sent["turns"][3])
    last.get_by_text("Answer 3: so it is.").wait_for()
    assert turns(page).count() == 4
    for trace_id in sent["turns"]:
        turn(page, trace_id).get_by_test_id("turn-input").wait_for()
    assert page.get_by_test_id("conversation").get_by_text("How do I reset my password?").count() == 1
    assert "<img src=x" in last.inner_text()
    assert page.locator("[data-testid=conversation] img, [data-testid=conversation] a[href^=javascript]").count() == 0
    last.get_by_role("button", name="Show 6 earlier messages").click()
    last.get_by_text("How do I reset my password?").wait_for()
    header = page.get_by_test_id("session-header")
    assert header.get_by_test_id("session-errors").inner_text() == "1 turn with errors"
    assert "only half" in header.get_by_test_id("score-chip").inner_text()
    assert "false" in turn(page, sent["turns"][2]).get_by_test_id("turn-scores").inner_text()


WATCH_FIRST_TURN = """([id, text]) => {
  window.gaps = 0;
  const look = () => {
    if (!document.querySelector(`[data-id="${id}"]`).innerText.includes(text)) window.gaps += 1;
  };
  const told = { childList: true, subtree: true };
  new MutationObserver(look).observe(document.querySelector("[data-testid=conversation]"), told);
}"""


def test_what_a_turn_is_known_by_stands_until_its_text_is_there(page: Any, sent: Facts) -> None:
    held = hold(page, re.compile(r"/ChatView-[^/]*\.js"))
    page.goto(path(sent["chat"]))
    first = turn(page, sent["turns"][0])
    first.get_by_text("How do I reset my password?").wait_for()
    page.evaluate(WATCH_FIRST_TURN, [sent["turns"][0], "How do I reset my password?"])
    wait_for_held(page, held)
    held[0].continue_()
    first.get_by_test_id("turn-input").get_by_text("How do I reset my password?").wait_for()
    assert page.evaluate("window.gaps") == 0


def test_keys_move_turn_by_turn_and_the_address_keeps_the_place(page: Any, sent: Facts) -> None:
    page.goto(path(sent["chat"]))
    turns(page).first.wait_for()
    page.keyboard.press("j")
    page.wait_for_url(re.compile("turn="))
    page.keyboard.press("e")
    page.wait_for_url(re.compile(f"turn={sent['turns'][2]}"))
    page.keyboard.press("k")
    page.wait_for_url(re.compile(f"turn={sent['turns'][1]}"))
    page.reload()
    current = page.locator('[data-testid="rail-turn"][aria-current="true"]')
    current.wait_for()
    assert current.get_attribute("data-id") == sent["turns"][1]


def test_a_turn_opens_to_the_transcript_of_its_trace(page: Any, sent: Facts) -> None:
    page.goto(path(sent["chat"]))
    first = turn(page, sent["turns"][0])
    first.get_by_role("button", name="2 steps").click()
    transcript = first.get_by_test_id("turn-transcript")
    transcript.get_by_text("Answer 0: so it is.").wait_for()
    transcript.get_by_role("button", name="Show its observation").first.click()
    page.wait_for_url(re.compile(f"/traces/{sent['turns'][0]}\\?observation="))
    page.go_back()
    turns(page).first.wait_for()


def test_what_stands_for_a_turn_can_be_chosen(page: Any, sent: Facts) -> None:
    page.goto(path(sent["chat"], turnText="last"))
    turn(page, sent["turns"][1]).get_by_text("Answer 1: so it is.").wait_for()
    page.get_by_test_id("turn-text").click()
    page.get_by_role("menuitemradio", name="Its first model call").click()
    page.wait_for_url(re.compile("turnText=first"))
    turn(page, sent["turns"][1]).get_by_text("Answer 1: so it is.").wait_for()


def test_the_zone_of_a_link_stays_the_links(page: Any, sent: Facts) -> None:
    page.goto(path(sent["chat"], tz="Asia/Tokyo"))
    turns(page).first.wait_for()
    page.get_by_test_id("turn-text").click()
    page.get_by_role("menuitemradio", name="Its first model call").click()
    page.wait_for_url(re.compile("turnText=first"))
    kept = page.evaluate("JSON.parse(localStorage.getItem('panope.preferences'))")
    assert (kept["turnText"], kept["zone"]) == ("first", "browser")


def test_a_turn_that_went_on_shows_what_came(page: Any, server: RunningServer) -> None:
    def send(number: int, **fields: str) -> None:
        body = {"id": "goes-on", "name": "goes on", "sessionId": "went on", "input": "hi", **fields}
        event = {"id": f"goes-on-{number}", "type": "trace-create", "timestamp": "2026-01-02T00:00:00Z", "body": body}
        assert server.request("POST", "/api/public/ingestion", {"batch": [event]})[0] == 207

    send(1, output="half an answ")
    page.clock.install()
    page.goto(path("went on"))
    turn(page, "goes-on").get_by_text("half an answ").wait_for()
    send(2, output="half an answer and the rest")
    page.get_by_role("link", name="Sessions").first.click()
    page.get_by_test_id("session-row").first.wait_for()
    page.clock.fast_forward(120_000)  # what was read is old by now
    page.go_back()
    turn(page, "goes-on").get_by_text("half an answer and the rest").first.wait_for()
    turn(page, "goes-on").get_by_test_id("turn-output").get_by_text("half an answer and the rest").wait_for()


def test_a_session_is_downloaded_whole(page: Any, sent: Facts) -> None:
    page.goto(path(sent["chat"]))
    turns(page).first.wait_for()
    page.get_by_test_id("download").click()
    with page.expect_download() as markdown:
        page.get_by_role("menuitem", name="Markdown").click()
    text = markdown.value.path().read_text()
    assert text.count("How do I reset my password?") == 1
    assert text.count("\n## ") == 4
    page.get_by_test_id("download").click()
    with page.expect_download() as raw:
        page.get_by_role("menuitem", name="JSON").click()
    body = json.loads(raw.value.path().read_text())
    assert body["session"]["id"] == sent["chat"]
    assert [one["id"] for one in body["turns"]] == sent["turns"]
    assert "Answer 3" in json.dumps(body["turns"][3]["output"])


def test_people_comment_on_a_session(page: Any, sent: Facts) -> None:
    page.goto(path(sent["chat"]))
    turns(page).first.wait_for()
    page.keyboard.press("m")
    panel = page.get_by_test_id("session-comments")
    panel.get_by_role("textbox").fill("Have a look at turn 3")
    panel.get_by_role("textbox").press("Control+Enter")
    panel.get_by_role("listitem").filter(has_text="Have a look at turn 3").wait_for()
    page.get_by_role("button", name="Comments: 1").wait_for()
    page.reload()
    panel.get_by_text("Have a look at turn 3").wait_for()


@pytest.mark.parametrize("start", [0, 1000, LONG_TURNS - 1])
def test_two_thousand_turns_are_walked_from_any_of_them(page: Any, long_chat: str, start: int) -> None:
    """The page is anchored at the turn of its link, holds few turns at a time, and moves by one."""
    page.goto(path(long_chat, turn=f"long-{start}"))
    chosen = turn(page, f"long-{start}")
    chosen.get_by_test_id("turn-output").get_by_text(f"answer {start}").wait_for()
    page.wait_for_function(
        r"count => document.querySelector('footer').innerText.replace(/\D/g, '') === String(count)", arg=LONG_TURNS
    )
    page.wait_for_load_state("networkidle")
    wait_until_in_sight(page, f"long-{start}")
    assert turns(page).count() < 40
    key, beside = ("k", start - 1) if start == LONG_TURNS - 1 else ("j", start + 1)
    page.keyboard.press(key)
    page.wait_for_url(re.compile(f"turn=long-{beside}$"))
    turn(page, f"long-{beside}").get_by_test_id("turn-output").wait_for()
    page.wait_for_load_state("networkidle")
    wait_until_in_sight(page, f"long-{beside}")


def test_long_pauses_are_told(page: Any, long_chat: str) -> None:
    page.goto(path(long_chat, turn="long-10"))
    turn(page, "long-10").get_by_test_id("pause").wait_for()
    assert turn(page, "long-10").get_by_test_id("pause").inner_text().startswith("1\N{NARROW NO-BREAK SPACE}h")
    assert page.get_by_test_id("rail-pause").count() == 1


def test_scrolling_through_a_long_session_is_smooth(page: Any, long_chat: str) -> None:
    """No frame of a quick scroll takes long; texts are asked for where it stops."""
    page.goto(path(long_chat))
    turns(page).first.wait_for()
    page.wait_for_load_state("networkidle")
    still, moving, still_after = page.evaluate(
        """async () => {
          const box = document.querySelector('[data-testid="conversation"]');
          const middle = async (steps, by) => {
            const frames = [];
            let before = performance.now();
            for (let step = 0; step < steps; step += 1) {
              box.scrollTop += by;
              await new Promise(requestAnimationFrame);
              const now = performance.now();
              frames.push(now - before);
              before = now;
            }
            return frames.toSorted((a, b) => a - b)[steps / 2];
          };
          return [await middle(60, 0), await middle(120, 900), await middle(60, 0)];
        }"""
    )
    assert moving < max(300, 4 * max(still, still_after)), "ms of a frame, against one in which nothing moves"
    page.wait_for_load_state("networkidle")
    page.get_by_test_id("turn-output").first.wait_for()
    assert turns(page).count() < 40


def test_a_session_that_is_not_there_says_so(page: Any) -> None:
    page.goto(path("none/such"))
    page.get_by_text("This project has no session").wait_for()
    assert page.get_by_text("none/such").count() >= 1


@pytest.mark.parametrize("session_id", ["a/b#c?d%e" + "x" * 791, "new", "שיחה עם/لغة"])
def test_any_id_is_a_page(page: Any, server: RunningServer, session_id: str) -> None:
    body = {"id": f"trace-of-{len(session_id)}-{session_id[:2]}", "name": "odd", "sessionId": session_id, "input": "hi"}
    event = {"id": body["id"], "type": "trace-create", "timestamp": "2026-01-01T00:00:00Z", "body": body}
    assert server.request("POST", "/api/public/ingestion", {"batch": [event]})[0] == 207
    page.goto(f"{SESSIONS}?dateRange=All&q={quote('name:odd')}")
    link = page.locator("[data-row-link]", has_text=session_id[:20])
    link.first.wait_for()
    link.first.click()
    turn(page, body["id"]).wait_for()
    page.reload()
    turn(page, body["id"]).wait_for()
    assert page.locator("h1").inner_text() == session_id


def test_the_long_chat_is_in_the_list_by_its_last_activity(page: Any, long_chat: str) -> None:
    """A session that began days ago and went on today is of today."""
    page.goto(f"{SESSIONS}?dateRange=7d")
    page.locator('[data-testid="session-row"]').filter(has_text=LONG_CHAT).wait_for()
    assert long_chat == LONG_CHAT
