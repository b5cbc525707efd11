"""The scripts, their pins and their fixtures belong together, and the fake models say what the expectations rely on."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.recording.__main__ import FIXTURES, FOLDER, read_header
from tests.conformance.recording.fixture import START_NS, merge, scrub
from tests.conformance.recording.loopback import Loopback, running_loopback
from tests.unit.wire.otlp.requests import as_json, as_protobuf, group, span

SCRIPTS = sorted(path for path in (FOLDER / "scripts").rglob("*") if path.suffix in {".py", ".mjs"})


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_its_pins_and_its_fixture(script: Path) -> None:
    header = read_header(script)
    fixture = json.loads((FIXTURES / f"{script.stem}.json").read_text())
    assert fixture["dialect"] == header["dialect"]
    assert fixture["script"] == script.relative_to(FIXTURES.parents[2]).as_posix()
    assert list(fixture["libraries"]) == header["libraries"].split()
    pins = (
        FOLDER / "javascript" / header["environment"] / "package-lock.json"
        if script.suffix == ".mjs"
        else FOLDER / "requirements" / f"{header['environment']}.txt"
    )
    text = pins.read_text()
    assert all(name in text and version in text for name, version in fixture["libraries"].items())


def test_every_fixture_has_a_script() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == {script.stem for script in SCRIPTS}


def _post(loopback: Loopback, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
    request = urllib.request.Request(loopback.url + path, json.dumps(body).encode())
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _asked(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more}


def test_the_fake_model_asks_for_its_tool_once_and_then_answers() -> None:
    tools = [{"type": "function", "function": {"name": "get_weather"}}]
    asked = _asked("What is the weather in Paris?", tools=tools)
    with running_loopback() as loopback:
        status, body = _post(loopback, "/v1/chat/completions", asked)
        [choice] = json.loads(body)["choices"]
        assert (status, choice["finish_reason"]) == (200, "tool_calls")
        asked["messages"] += [choice["message"], {"role": "tool", "content": "18 degrees and sunny"}]
        [choice] = json.loads(_post(loopback, "/v1/chat/completions", asked)[1])["choices"]
    assert choice["message"]["content"] == "It is 18 degrees and sunny in Paris."


def test_the_fake_model_refuses_when_it_is_asked_to() -> None:
    with running_loopback() as loopback:
        status, body = _post(loopback, "/v1/chat/completions", _asked("Please refuse."))
    assert status == 400
    assert json.loads(body)["error"]["code"] == "context_length_exceeded"


def test_exports_of_both_encodings_become_one_request_that_starts_at_a_fixed_time() -> None:
    groups = [group([span("step", number=7, attributes={"big": 2**53 + 1})], resource={"host.name": "x", "kept": 1})]
    exports = [("application/x-protobuf", as_protobuf(*groups)), ("application/json", as_json(*groups))]
    merged = merge(exports)["resourceSpans"]
    assert len(merged) == len(exports)
    for found in merged:
        assert [attribute["key"] for attribute in found["resource"]["attributes"]] == ["kept"]
        [told] = found["scopeSpans"][0]["spans"]
        assert told["spanId"] == f"{7:016x}"
        assert told["startTimeUnixNano"] == str(START_NS)
        assert told["attributes"][0]["value"] == {"intValue": str(2**53 + 1)}


def test_the_longest_place_of_a_machine_is_replaced_first() -> None:
    assert scrub("in /a/b/c and /a", {"/a": "A", "/a/b": "B"}) == "in B/c and A"
