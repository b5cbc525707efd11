"""Prompts with the published SDKs: what one generation writes, each reads as its users expect."""

import shutil

import pytest

from tests.conformance.harness import Facts, FactsOnce, PythonFacts, at, run_javascript
from tests.support.server import RunningServer

PYTHON = ("langfuse-2", "langfuse-3", "langfuse-4.14", "langfuse-4.18", "langfuse-5")


@pytest.fixture(params=PYTHON)
def sdk(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def facts(sdk: str, python_facts: PythonFacts) -> Facts:
    return python_facts(sdk, "prompts/managed")


def test_versions_are_made_with_labels_tags_and_config(facts: Facts) -> None:
    name = f"prompt-{facts['run']}"
    expected = {
        "name": name,
        "version": 1,
        "prompt": "Hello {{who}}",
        "config": {"model": "gpt-4o", "temperature": 0.3},
        "labels": ["production", "latest"],
        "tags": ["greeting"],
        "is_fallback": False,
        "commit_message": "first",
    }
    assert facts["first"] == expected
    second = {"version": 2, "config": {}, "labels": ["staging", "latest"], "tags": ["greeting"]}
    assert at(facts["second"], second) == second
    assert facts["by_version"][1] == facts["second"]
    assert facts["by_version"][0] == {**expected, "labels": ["production"]}


def test_labels_name_versions_and_move(facts: Facts) -> None:
    assert facts["before"] == {"none": 1, "production": 1, "staging": 2, "latest": 2}
    labels = [prompt["labels"] for prompt in facts["after"]]
    assert labels == [[], ["staging", "production", "tested", "latest"]]


def test_prompts_compile(facts: Facts, sdk: str) -> None:
    assert facts["compiled"] == "Hi Ann, welcome!"
    compiled = [{"role": "system", "content": "You are kind"}, {"role": "user", "content": "hi"}]
    assert facts["compiled_chat"] == compiled
    if sdk != "langfuse-2":  # which knows no placeholders
        history = [{"role": "user", "content": "before"}]
        assert facts["with_placeholder"] == [compiled[0], *history, compiled[1]]


def test_names_with_folders_and_other_letters_are_found(facts: Facts) -> None:
    name = f"team/über {facts['run']} 100%/🦊"
    assert at(facts["folder"], {"name", "prompt", "version"}) == {"name": name, "prompt": "newer", "version": 2}
    assert facts["by_client"]["name"] == name


def test_references_are_filled_in(facts: Facts) -> None:
    assert facts["whole"] == "<Hi {{who}}, {{what}}!> <in a folder>"


def test_the_cache_of_a_client_is_emptied_by_its_own_writes(facts: Facts) -> None:
    assert facts["cached"] == ["in a folder", "newer"]


def test_what_is_not_there_falls_back_or_fails(facts: Facts) -> None:
    fallback, compiled = facts["fallback"]
    assert (fallback["is_fallback"], compiled) == (True, "fall back, Ann")
    assert (facts["unknown"]["raised"], facts["unknown"]["status"]) == ("NotFoundError", 404)
    message = f"Prompt not found: 'none-{facts['run']}' with label 'production'"
    assert facts["unknown"]["body"] == {"message": message, "error": "LangfuseNotFoundError"}
    assert facts["refused"]["status"] == 400


def test_prompts_are_listed(facts: Facts) -> None:
    (row,) = facts["listed"]["data"]
    expected = {
        "name": f"prompt-{facts['run']}",
        "versions": [1, 2],
        "labels": ["production", "staging", "tested", "latest"],
        "tags": ["greeting"],
    }
    assert at(row, expected) == expected
    assert f"prompt-{facts['run']}" in facts["listed_by_tag"]


def test_prompts_are_listed_by_a_filter(facts: Facts, sdk: str) -> None:
    assert facts["listed_by_filter"] == ([[1]] if sdk == "langfuse-5" else None)


def test_generations_are_linked_to_the_version_that_they_used(facts: Facts) -> None:
    expected = {
        "promptId": facts["linked_id"],
        "promptName": f"prompt-{facts['run']}",
        "promptVersion": 2,
    }
    for rows in (facts["observations"], facts["observations_v2"]):
        (row,) = [row for row in rows if row["type"] == "GENERATION"]
        assert at(row, expected) == expected


def test_versions_are_deleted_unless_others_refer_to_them(facts: Facts, sdk: str) -> None:
    if sdk == "langfuse-2":
        pytest.skip("its client deletes no prompts")
    in_use, by_label, latest, whole, gone = facts["deleted"]
    assert in_use["status"] == 400
    assert f"whole-{facts['run']}" in in_use["body"]["message"]
    assert (by_label, latest, whole) == (None, 1, None)
    assert gone["status"] == 404


@pytest.fixture(params=["prompts5", "prompts3"])
def javascript(request: pytest.FixtureRequest, shared_facts: FactsOnce, server: RunningServer) -> Facts:
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed: the JavaScript SDKs cannot run")
    flow = request.param
    return shared_facts.of(f"javascript-{flow}", lambda: run_javascript(flow, server, flow))


def test_javascript_clients_write_label_and_read_prompts(javascript: Facts) -> None:
    name = f"prompt-{javascript['run']}"
    created = {
        "name": name,
        "version": 1,
        "prompt": "Hello {{who}}",
        "config": {"n": 1},
        "labels": ["production", "latest"],
        "tags": ["greeting"],
    }
    assert at(javascript["created"], created) == created
    assert javascript["before"] == 1
    now = {"version": 2, "labels": ["staging", "production", "latest"], "config": {}}
    assert at(javascript["now"], now) == now
    assert javascript["compiled"] == "Hi Ann!"
    assert [message["content"] for message in javascript["chat"]] == ["You are kind", "before"]
    assert javascript["folder"]["name"] == f"team/über {javascript['run']} 100%/🦊"
    if javascript["run"] == "prompts5":
        assert javascript["fallback"]["isFallback"] is True
        assert javascript["listed"][0]["versions"] == [1, 2]
        assert (javascript["deletedVersion"], javascript["left"]) == (None, [[2]])
        assert javascript["deletedFolder"] is None
        assert javascript["gone"]["status"] == 404
    else:
        assert (javascript["byVersion"], javascript["byLabel"]) == ("Hello {{who}}", 2)
        assert javascript["linked"] == {"promptName": name, "promptVersion": 2, "hasId": True}
