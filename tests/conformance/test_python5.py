"""Python SDK 5: what only this generation does, which is to post scores as an array."""

import pytest

from tests.conformance.harness import Facts, PythonFacts, at


@pytest.fixture
def facts(python_facts: PythonFacts) -> Facts:
    return python_facts("langfuse-5", "observed/python5")


def test_trace_has_what_its_observations_say(facts: Facts) -> None:
    run, trace = facts["run"], facts["trace"]
    expected = {
        "id": facts["ids"]["trace"],
        "name": f"request-{run}",
        "userId": f"user-{run}",
        "sessionId": f"session-{run}",
        "release": "rel-7",
        "version": "v1",
        "tags": ["x", "y"],
        "public": True,
        "environment": "staging",
        "input": {"question": "ü – 你好"},
        "output": {"answer": 2},
    }
    assert at(trace, expected) == expected
    assert (trace["metadata"]["tenant"], trace["metadata"]["attempt"]) == ("acme", "2")
    assert (len(trace["observations"]), len(trace["scores"])) == (16, 7)  # a correction is no score there


def test_metadata_is_found_by_what_it_says_although_texts_are_sent_in_quotes(facts: Facts) -> None:
    assert facts["with_metadata"].keys() == {"text", "number_in_text", "number", "größe", "nested"}
    assert all(names == ["root"] for names in facts["with_metadata"].values()), facts["with_metadata"]
    shown = at(facts["shown_metadata"], ("text", "number_in_text", "number"))
    assert shown == {"text": "plain", "number_in_text": "0", "number": 3}


def test_observations_are_found_by_user_and_session(facts: Facts) -> None:
    assert facts["in_session"] == facts["of_user"] == 16
    assert facts["bad_cursor"]["status"] == 400


def test_scores_are_posted_alone_and_as_an_array(facts: Facts) -> None:
    assert facts["one_posted"]["id"] == f"p1-{facts['run']}"
    assert facts["many_posted"] == {"message": "Accepted"}
    refused = facts["some_refused"]
    assert (refused["accepted"], refused["rejected"]) == (1, 1)
    ((index, message),) = [(error["index"], error["message"]) for error in refused["errors"]]
    assert index == 1
    assert "BOOLEAN" in message


def test_posted_scores_come_back(facts: Facts) -> None:
    scores = {score["id"].partition("-")[0]: score for score in facts["posted_read"]}
    fields = ("data_type", "value", "comment")
    assert {key: tuple(score[field] for field in fields) for key, score in scores.items()} == {
        "p1": ("NUMERIC", 0.5, None),
        "p2": ("NUMERIC", 1, None),
        "p3": ("CATEGORICAL", "label", "said"),
        "p4": ("NUMERIC", 1, None),
    }
    assert facts["deleted_score"] == []
