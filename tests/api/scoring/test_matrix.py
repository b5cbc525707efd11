"""Every type of score on every target, as each version of the reads shows it."""

from typing import Any

import pytest

from tests.api.scoring.conftest import PUBLIC, Desk

TARGETS: dict[str, dict[str, str]] = {
    "trace": {"traceId": "t"},
    "observation": {"traceId": "t", "observationId": "o"},
    "session": {"sessionId": "s"},
    "experiment": {"datasetRunId": "r"},
}
SUBJECTS = {
    "trace": {"kind": "trace", "id": "t"},
    "observation": {"kind": "observation", "id": "o", "traceId": "t"},
    "session": {"kind": "session", "id": "s"},
    "experiment": {"kind": "experiment", "id": "r"},
}
TYPES: dict[str, tuple[Any, Any, Any, Any]] = {
    "NUMERIC": (0.25, 0.25, None, 0.25),
    "BOOLEAN": (1, 1, "True", True),
    "CATEGORICAL": ("good", 0, "good", "good"),
    "TEXT": ("said", None, "said", "said"),
    "CORRECTION": ("better", 0, "better", "better"),
}
"""What is sent, `value` and `stringValue` of the first two versions, and `value` of the third."""
REFERENCES = ("traceId", "observationId", "sessionId", "datasetRunId")


@pytest.mark.parametrize("data_type", TYPES)
@pytest.mark.parametrize("target", TARGETS)
async def test_a_score_is_shown_whole_by_every_version_that_knows_it(desk: Desk, target: str, data_type: str) -> None:
    sent, value, text, value_3 = TYPES[data_type]
    body = {
        "id": "x",
        "name": "n",
        "value": sent,
        "dataType": data_type,
        "comment": "why",
        "metadata": {"judge": {"a": [1]}},
        "environment": "staging",
        "queueId": "q",
        **TARGETS[target],
    }
    on_trace = target in {"trace", "observation"}
    if data_type == "CORRECTION" and not on_trace:
        await desk.call("POST", f"{PUBLIC}/scores", body, status=400)
        return
    await desk.call("POST", f"{PUBLIC}/scores", body)
    name = "output" if data_type == "CORRECTION" else "n"
    shared = {
        "id": "x",
        "projectId": "project",
        "name": name,
        "dataType": data_type,
        "source": "API",
        "environment": "staging",
        "timestamp": "2027-01-15T08:00:00.000Z",
    }
    details = {"comment": "why", "metadata": {"judge": {"a": [1]}}, "configId": None}
    annotation = {"authorUserId": None, "queueId": "q"}
    second = await desk.show("x")
    assert {key: second[key] for key in shared | details | annotation} == shared | details | annotation
    assert (second.get("value"), second["stringValue"]) == (value, text)
    assert {key: second[key] for key in REFERENCES} == dict.fromkeys(REFERENCES) | TARGETS[target]
    (listed,) = (await desk.get(f"{PUBLIC}/v2/scores", **TARGETS[target]))["data"]
    assert {key: told for key, told in listed.items() if key != "trace"} == second
    third_filter = {"experimentId": "r"} if target == "experiment" else TARGETS[target]
    (third,) = (await desk.get(f"{PUBLIC}/v3/scores", fields="details,subject,annotation", **third_filter))["data"]
    assert {key: third[key] for key in shared | details | annotation} == shared | details | annotation
    assert (third["value"], third["subject"]) == (value_3, SUBJECTS[target])
    assert type(third["value"]) is type(value_3)
    first = (await desk.get(f"{PUBLIC}/scores"))["data"]
    if data_type == "CORRECTION" or not on_trace:
        assert first == []
        await desk.call("GET", f"{PUBLIC}/scores/x", status=404)
    else:
        gone = {"sessionId", "datasetRunId"}
        assert {key: told for key, told in first[0].items() if key != "trace"} == {
            key: told for key, told in second.items() if key not in gone
        }
    await desk.call("DELETE", f"{PUBLIC}/scores/x", status=202)
    for version in ("scores", "v2/scores"):
        await desk.call("GET", f"{PUBLIC}/{version}/x", status=404)
    assert (await desk.get(f"{PUBLIC}/v3/scores"))["data"] == []
