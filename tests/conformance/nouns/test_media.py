"""Media by every generation of SDK: found, uploaded once, referred to, and given back as they were."""

import re
import shutil

import pytest

from tests.conformance.harness import Facts, FactsOnce, PythonFacts, run_javascript
from tests.support.server import RunningServer

FLOWS = {
    "langfuse-2": "media/python2",
    "langfuse-3": "media/python",
    "langfuse-4.14": "media/python",
    "langfuse-4.18": "media/python",
    "langfuse-5": "media/python",
    "javascript": "media5",
}
TYPES = {"image": "image/png", "sound": "audio/wav", "document": "application/pdf"}
REFERENCE = re.compile(
    r"@@@langfuseMedia:type=([a-z/]+)\|id=([A-Za-z0-9_-]{22})\|source=(bytes|base64_data_uri|file)@@@"
)


@pytest.fixture(params=FLOWS)
def facts(
    request: pytest.FixtureRequest, python_facts: PythonFacts, shared_facts: FactsOnce, server: RunningServer
) -> Facts:
    sdk, flow = request.param, FLOWS[request.param]
    if sdk != "javascript":
        return python_facts(sdk, flow)
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node or npm not installed: the JavaScript SDKs cannot run")
    return shared_facts.of(f"javascript-{flow}", lambda: run_javascript(flow, server, flow))


def test_references_stand_where_the_media_stood(facts: Facts) -> None:
    assert set(facts["stored"]) == set(TYPES)
    for name, content_type in TYPES.items():
        found = REFERENCE.fullmatch(facts["stored"][name])
        assert found is not None, facts["stored"][name]
        assert found[1] == content_type
    assert facts["again"] == facts["stored"]


def test_a_media_is_shown_with_a_link(facts: Facts) -> None:
    media = {key.replace("_", "").lower(): value for key, value in facts["media"].items()}
    assert media["contenttype"] == "image/png"
    assert media["mediaid"] in facts["stored"]["image"]
    assert media["url"].startswith(facts["base_url"])
    assert media["contentlength"] > 100_000


def test_what_is_resolved_is_what_was_sent(facts: Facts) -> None:
    assert facts["is_equal"] == dict.fromkeys(TYPES, True)


def test_a_content_is_uploaded_once(facts: Facts) -> None:
    announced = facts["announced_again"]
    assert announced["uploadUrl"] is None
    assert announced["mediaId"] in facts["stored"]["image"]
