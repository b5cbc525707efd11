"""Calls every operation of the generated client that this server may serve, and says what its models made of it."""

import base64
import hashlib
import json
import os
import urllib.request

from langfuse import Langfuse
from operations.generated import call, find_operations
from reporting import RUN, outcome, report, rest, send

TRACE, OTHER_TRACE, OBSERVATION, SESSION = f"trace-{RUN}", f"other-{RUN}", f"observation-{RUN}", f"session-{RUN}"
SINCE, UNTIL = "2026-01-15T00:00:00Z", "2026-01-16T00:00:00Z"
NOON = "2026-01-15T12:00:00Z"
PAGE = {"page": 1, "limit": 10}
API = "/api/public"
TAKES_LISTS_OF_SCORES = not hasattr(Langfuse, "get_dataset_run")
"""As the generation does that has no runs of datasets any more."""


class Answer(dict):
    """What came back, as plain values. What did not has the value "missing", so that later steps are asked anyway."""

    def __missing__(self, name):
        return "missing"


class Walk:
    """Calls operations one by one and keeps how each ended."""

    def __init__(self, api, outcomes=None):
        """`outcomes` of another walk are added to."""
        self._methods = find_operations(api)
        self.outcomes = dict.fromkeys(self._methods, "not called") if outcomes is None else outcomes

    def do(self, operation, *path, query=None, body=None):
        """Call an operation if this client has it; an empty answer when it has not or it failed.

        `operation` is the method and the template below `/api/public`.
        """
        method, _, template = operation.partition(" ")
        operation = f"{method} {API}{template}"
        if operation not in self._methods:
            return Answer()
        answer = outcome(lambda: call(self._methods[operation], path, query or {}, body))
        if isinstance(answer, dict) and "raised" in answer:
            self.outcomes[operation] = f"{answer['raised']} {answer['status']}"
            return Answer()
        self.outcomes[operation] = "answered"
        return Answer(answer) if isinstance(answer, dict) else Answer()


def put(url, content, headers):
    request = urllib.request.Request(url, content, headers, method="PUT")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return answer.status


def event(kind, **body):
    return {"id": f"{kind}-{body['id']}", "type": f"{kind}-create", "timestamp": NOON, "body": body}


def tell(walk):
    """What the rest is about: two traces with an observation, by whatever way this client has."""
    facts = [
        event("trace", id=TRACE, name=f"every-{RUN}", sessionId=SESSION, userId=f"user-{RUN}", timestamp=NOON),
        event("trace", id=OTHER_TRACE, name=f"every-{RUN}", timestamp=NOON),
        event("generation", id=OBSERVATION, traceId=TRACE, name="model", model="gpt-4o", startTime=NOON),
    ]
    send("ingestion", {"batch": facts})
    walk.do("POST /ingestion", body={"batch": facts})
    span = {"traceId": "ab" * 16, "spanId": "cd" * 8, "name": "span", "kind": 1}
    span.update(
        startTimeUnixNano="1768478400000000000", endTimeUnixNano="1768478401000000000", attributes=[], status={}
    )
    walk.do("POST /otel/v1/traces", body={"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})


def read(walk):
    walk.do("GET /health")
    walk.do("GET /projects")
    walk.do("GET /traces", query={**PAGE, "name": f"every-{RUN}"})
    walk.do("GET /traces/{}", TRACE)
    walk.do("GET /observations", query={**PAGE, "traceId": TRACE})
    walk.do("GET /observations/{}", OBSERVATION)
    walk.do("GET /v2/observations", query={"traceId": TRACE, "fields": "core,basic,usage"})
    walk.do("GET /sessions", query=PAGE)
    walk.do("GET /sessions/{}", SESSION)


def price(walk):
    draft = {"modelName": f"model-{RUN}", "matchPattern": f"^model-{RUN}$", "unit": "TOKENS", "inputPrice": 1e-6}
    made = walk.do("POST /models", body=draft)
    walk.do("GET /models", query=PAGE)
    walk.do("GET /models/{}", made["id"])
    walk.do("PUT /models/{}", made["id"], body={**draft, "inputPrice": 2e-6})
    walk.do("DELETE /models/{}", made["id"])


def score(walk):
    """Returns the id of a score config that later steps need."""
    config = walk.do("POST /score-configs", body={"name": f"quality {RUN}"[:35], "dataType": "NUMERIC", "maxValue": 1})
    walk.do("GET /score-configs", query=PAGE)
    walk.do("GET /score-configs/{}", config["id"])
    walk.do("PATCH /score-configs/{}", config["id"], body={"description": "how good it is"})
    draft = {"id": f"score-{RUN}", "traceId": TRACE, "name": "fit", "value": 0.5}
    walk.do("POST /scores", body=[draft] if TAKES_LISTS_OF_SCORES else draft)
    for version in ("", "/v2"):
        walk.do(f"GET {version}/scores", query=PAGE)
        walk.do(f"GET {version}/scores/{{}}", draft["id"])
    walk.do("GET /v3/scores", query={"traceId": TRACE, "fields": "core,details,subject"})
    walk.do("DELETE /scores/{}", draft["id"])
    return config["id"]


def prompt(walk):
    draft = {"type": "chat", "name": f"folder/prompt {RUN}", "prompt": [{"role": "user", "content": "Hi {{name}}"}]}
    made = walk.do("POST /v2/prompts", body={**draft, "labels": ["production"], "config": {"temperature": 0}})
    walk.do("GET /v2/prompts", query=PAGE)
    walk.do("GET /v2/prompts/{}", quoted(draft["name"]), query={"label": "production"})
    walk.do("PATCH /v2/prompts/{}/versions/{}", quoted(draft["name"]), made["version"], body={"newLabels": ["staging"]})
    walk.do("DELETE /v2/prompts/{}", quoted(draft["name"]))


def quoted(name):
    return urllib.request.quote(name, safe="")


def dataset(walk):
    name = f"folder/set {RUN}"
    made = walk.do("POST /v2/datasets", body={"name": name, "metadata": {"team": "zeus"}})
    walk.do("GET /v2/datasets", query=PAGE)
    walk.do("GET /v2/datasets/{}", quoted(name))
    item = walk.do("POST /dataset-items", body={"datasetName": name, "id": f"item-{RUN}", "input": {"question": 1}})
    walk.do("GET /dataset-items", query={**PAGE, "datasetName": name})
    walk.do("GET /dataset-items/{}", item["id"])
    run = {"runName": f"run {RUN}", "datasetItemId": item["id"], "traceId": TRACE}
    walk.do("POST /dataset-run-items", body=run)
    walk.do("GET /dataset-run-items", query={**PAGE, "datasetId": made["id"], "runName": run["runName"]})
    walk.do("GET /datasets/{}/runs", quoted(name), query=PAGE)
    walk.do("GET /datasets/{}/runs/{}", quoted(name), quoted(run["runName"]))
    walk.do("GET /experiments", query={"fromStartTime": SINCE})
    walk.do("GET /experiment-items", query={"fromStartTime": SINCE})
    walk.do("DELETE /datasets/{}/runs/{}", quoted(name), quoted(run["runName"]))
    walk.do("DELETE /dataset-items/{}", item["id"])


def measure(walk):
    query = {
        "view": "observations",
        "metrics": [{"measure": "totalCost", "aggregation": "sum"}, {"measure": "latency", "aggregation": "p95"}],
        "dimensions": [{"field": "providedModelName"}],
        "filters": [],
        "fromTimestamp": SINCE,
        "toTimestamp": UNTIL,
    }
    text = json.dumps(query)
    walk.do("GET /metrics", query={"query": text})
    walk.do("GET /v2/metrics", query={"query": text})
    walk.do("GET /metrics/daily", query=PAGE)


def attach(walk):
    content = f"image of {RUN}".encode()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    draft = {"contentType": "image/png", "contentLength": len(content), "sha256Hash": digest, "field": "input"}
    media = walk.do("POST /media", body={**draft, "traceId": TRACE})
    status = 404
    if media:
        status = put(media["upload_url"], content, {"Content-Type": "image/png", "x-amz-checksum-sha256": digest})
    walk.do("PATCH /media/{}", media["media_id"], body={"uploadedAt": NOON, "uploadHttpStatus": status})
    walk.do("GET /media/{}", media["media_id"])


def review(walk, config_id, project_id):
    comment = {"projectId": project_id, "objectType": "TRACE", "objectId": TRACE, "content": "Look at this."}
    made = walk.do("POST /comments", body=comment)
    walk.do("GET /comments", query={**PAGE, "objectType": "TRACE", "objectId": TRACE})
    walk.do("GET /comments/{}", made["id"])
    queue = walk.do("POST /annotation-queues", body={"name": f"queue {RUN}", "scoreConfigIds": [config_id]})
    if not queue:
        queue = Answer(outcome(lambda: send("annotation-queues", {"name": f"q {RUN}", "scoreConfigIds": [config_id]})))
    walk.do("GET /annotation-queues", query=PAGE)
    walk.do("GET /annotation-queues/{}", queue["id"])
    entry = {"objectId": TRACE, "objectType": "TRACE"}
    item = walk.do("POST /annotation-queues/{}/items", queue["id"], body=entry)
    walk.do("GET /annotation-queues/{}/items", queue["id"], query=PAGE)
    walk.do("GET /annotation-queues/{}/items/{}", queue["id"], item["id"])
    walk.do("PATCH /annotation-queues/{}/items/{}", queue["id"], item["id"], body={"status": "COMPLETED"})
    walk.do("DELETE /annotation-queues/{}/items/{}", queue["id"], item["id"])
    reviewer = {"userId": os.environ.get("REVIEWER", "nobody")}
    walk.do("POST /annotation-queues/{}/assignments", queue["id"], body=reviewer)
    walk.do("DELETE /annotation-queues/{}/assignments", queue["id"], body=reviewer)
    walk.do("POST /feedback", body={"targetType": "docs", "target": "tutorial", "feedback": "It was short."})


def connect(walk):
    draft = {"provider": f"house-{RUN}", "adapter": "openai", "secretKey": "sk-of-nobody"}
    made = walk.do("PUT /llm-connections", body=draft)
    walk.do("GET /llm-connections", query=PAGE)
    walk.do("DELETE /llm-connections/{}", made["id"])


def delete(walk):
    walk.do("DELETE /traces/{}", TRACE)
    walk.do("DELETE /traces", body={"traceIds": [OTHER_TRACE]}, query={"traceIds": [OTHER_TRACE]})


def administer(walk):
    """As an organisation's key may."""
    walk.do("GET /organizations/projects")
    walk.do("GET /organizations/apiKeys")
    draft = {"name": f"project {RUN}", "metadata": {"team": "zeus"}, "retention": 30}
    project = walk.do("POST /projects", body=draft)
    walk.do("PUT /projects/{}", project["id"], body={**draft, "name": f"renamed {RUN}"})
    key = walk.do("POST /projects/{}/apiKeys", project["id"], body={"note": "of a test"})
    walk.do("GET /projects/{}/apiKeys", project["id"])
    walk.do("DELETE /projects/{}/apiKeys/{}", project["id"], key["id"])
    user = enrol(walk)
    member = {"userId": user["id"], "role": "MEMBER"}
    for owner, ids in (("organizations", ()), ("projects/{}", (project["id"],))):
        walk.do(f"PUT /{owner}/memberships", *ids, body=member)
        walk.do(f"GET /{owner}/memberships", *ids)
    walk.do("DELETE /projects/{}/memberships", project["id"], body={"userId": user["id"]})
    walk.do("DELETE /organizations/memberships", body={"userId": user["id"]})
    walk.do("DELETE /scim/Users/{}", enrol(walk)["id"])
    walk.do("DELETE /projects/{}", project["id"])


def enrol(walk):
    """Returns a new member of the organisation, seen by all that SCIM offers."""
    for description in ("ServiceProviderConfig", "ResourceTypes", "Schemas"):
        walk.do(f"GET /scim/{description}")
    address = f"bea-{RUN}@example.com"
    user = walk.do("POST /scim/Users", body={"userName": address, "name": {"formatted": "Bea"}})
    walk.do("GET /scim/Users", query={"filter": f'userName eq "{address}"', "startIndex": 1, "count": 10})
    walk.do("GET /scim/Users/{}", user["id"])
    return user


def of_organization():
    """A second client, with the key of the organisation."""
    words = {name: os.environ[f"ORGANIZATION_{name.upper()}"] for name in ("public_key", "secret_key")}
    return Langfuse(**words).api


walk = Walk(Langfuse().api)
tell(walk)
read(walk)
price(walk)
config_id = score(walk)
prompt(walk)
dataset(walk)
measure(walk)
attach(walk)
review(walk, config_id, rest("projects")["data"][0]["id"])
connect(walk)
delete(walk)
administer(Walk(of_organization(), walk.outcomes))
report(operations=walk.outcomes)
