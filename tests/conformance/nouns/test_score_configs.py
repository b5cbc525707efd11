"""Score configs by every generation: agreed on, kept to, broken, archived; and what the clients read of it."""

import shutil

import pytest

from tests.conformance.harness import Facts, FactsOnce, PythonFacts, at, run_javascript
from tests.support.server import RunningServer

GENERATIONS = {
    "langfuse-2": "judged/python2",
    "langfuse-3": "judged/python3",
    "langfuse-4.14": "judged/python4",
    "langfuse-4.18": "judged/python4",
    "langfuse-5": "judged/python5",
}
BATCHES = [sdk for sdk in GENERATIONS if sdk != "langfuse-5"]
NEW = [sdk for sdk in GENERATIONS if sdk >= "langfuse-4"]
RETRIES_S = 10
"""A batch that is sent again and again takes longer to flush."""


@pytest.fixture
def facts(request: pytest.FixtureRequest, python_facts: PythonFacts) -> Facts:
    return python_facts(request.param, GENERATIONS[request.param])


every = pytest.mark.parametrize("facts", GENERATIONS, indirect=True)
new = pytest.mark.parametrize("facts", NEW, indirect=True)


@every
def test_configs_are_made_found_and_listed(facts: Facts) -> None:
    run, made = facts["run"], facts["made"]
    expected = {"name": f"accuracy-{run}", "data_type": "NUMERIC", "min_value": 0, "max_value": 1, "is_archived": False}
    assert at(made["accuracy"], expected) == expected
    assert made["mood"]["categories"] == [{"label": "good", "value": 2}, {"label": "bad", "value": -1}]
    assert [category["label"] for category in made["safe"]["categories"]] == ["True", "False"]
    assert facts["found"]["mood"] == made["mood"]
    assert facts["found"]["accuracy"] == facts["changed"]
    assert sorted(facts["listed"]) == sorted(f"{name}-{run}" for name in ("accuracy", "mood", "safe", "note"))
    text = "CATEGORICAL" if run.endswith("-2") else "TEXT"
    assert facts["found"]["note"]["data_type"] == text


@every
def test_a_config_is_archived_and_then_takes_no_score(facts: Facts) -> None:
    assert facts["changed"]["is_archived"] is True
    assert not any(score["id"].startswith("late-") for score in facts["scores"])


@every
def test_scores_take_name_and_type_from_their_config_and_broken_ones_are_not_there(facts: Facts) -> None:
    run = facts["run"]
    scores = {score["id"].removesuffix(f"-{run}"): score for score in facts["scores"]}
    assert {key: (score["name"], score["data_type"]) for key, score in scores.items()} == {
        "kept": (f"accuracy-{run}", "NUMERIC"),
        "kept-mood": (f"mood-{run}", "CATEGORICAL"),
        "kept-safe": (f"safe-{run}", "BOOLEAN"),
        "beside": ("any", "NUMERIC"),
    }
    assert (scores["kept"]["value"], scores["kept"]["comment"]) == (1, "first")
    assert facts["by_config"] == [f"kept-{run}"]
    assert facts["deleted"] in (404, [])


@pytest.mark.parametrize("facts", BATCHES, indirect=True)
def test_a_broken_score_costs_a_batch_no_retry(facts: Facts) -> None:
    assert facts["flush_s"] < RETRIES_S


@new
def test_what_is_wrong_is_said(facts: Facts) -> None:
    assert (facts["refused"]["status"], facts["missing"]["status"]) == (400, 404)
    assert facts["missing"]["body"]["error"] == "LangfuseNotFoundError"
    assert facts["unknown"]["status"] == 404
    assert facts["unlawful"]["status"] == 400
    assert facts["unlawful"]["body"]["error"][0]["path"] == ["name"]
    assert facts["changed"]["description"] == "no more"


@new
def test_feedback_is_taken(facts: Facts) -> None:
    assert facts["feedback"]["id"]


@pytest.mark.parametrize("facts", ["langfuse-4.14", "langfuse-4.18"], indirect=True)
def test_the_third_version_shows_the_config(facts: Facts) -> None:
    (score,) = facts["scores_v3"]
    expected = {"id": f"kept-{facts['run']}", "value": 1, "config_id": facts["made"]["accuracy"]["id"]}
    assert at(score, expected) == expected


@pytest.mark.parametrize("facts", ["langfuse-5"], indirect=True)
def test_one_broken_score_of_an_array_is_told_apart(facts: Facts) -> None:
    told = facts["some_refused"]
    assert (told["accepted"], told["rejected"], told["errors"][0]["index"]) == (1, 1, 0)
    assert "archived" in told["errors"][0]["message"]


class TestJavaScript:
    @pytest.fixture
    def facts(self, shared_facts: FactsOnce, server: RunningServer) -> Facts:
        if shutil.which("node") is None or shutil.which("npm") is None:
            pytest.skip("node and npm are not installed: the JavaScript SDKs cannot run")
        return shared_facts.of("javascript-judged", lambda: run_javascript("judged", server, "judged"))

    def test_configs_are_made_found_listed_and_archived(self, facts: Facts) -> None:
        run, made = facts["run"], facts["made"]
        assert (made["name"], made["minValue"], made["isArchived"]) == (f"accuracy-{run}", 0, False)
        assert made["id"] in facts["listed"]
        assert facts["mood"]["categories"] == [{"label": "good", "value": 2}, {"label": "bad", "value": -1}]
        assert (facts["changed"]["isArchived"], facts["found"]["maxValue"]) == (True, None)
        assert facts["found3"] == facts["found"]

    def test_scores_of_both_generations_keep_to_them(self, facts: Facts) -> None:
        run = facts["run"]
        scores = {score["id"].removesuffix(f"-{run}"): score for score in facts["scores"]}
        assert {key: (score["name"], score["value"]) for key, score in scores.items()} == {
            "kept": (f"accuracy-{run}", 0.5),
            "kept3": (f"accuracy-{run}", 0.25),
            "beside": ("any", 1),
        }
        assert facts["refused"]["status"] == 400
        assert facts["feedback"]["id"]
