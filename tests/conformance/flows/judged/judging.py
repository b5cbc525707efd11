"""What every generation does with score configs: agrees on some, scores by them, breaks them, and changes them."""

import json
import os
import time
import urllib.request
from base64 import b64encode

from reporting import RUN, outcome

CATEGORIES = (("good", 2), ("bad", -1))
CONFIGS = {
    "accuracy": {"data_type": "NUMERIC", "min_value": 0, "max_value": 1, "description": "how right"},
    "mood": {"data_type": "CATEGORICAL"},
    "safe": {"data_type": "BOOLEAN"},
}
TRACE = f"judged-{RUN}"


def call(method, path, body):
    """What the API answers to a call that the client has no way for."""
    pair = os.environ["LANGFUSE_PUBLIC_KEY"] + ":" + os.environ["LANGFUSE_SECRET_KEY"]
    headers = {"Authorization": "Basic " + b64encode(pair.encode()).decode(), "Content-Type": "application/json"}
    url = os.environ["LANGFUSE_BASE_URL"] + path
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)


def judge(make, find, change, score, flush):
    """Facts of a generation whose calls are given; `score` takes an id first, and the name is the one of no config."""
    made = {name: make(name=f"{name}-{RUN}", **fields) for name, fields in CONFIGS.items()}
    ids = {name: config.id for name, config in made.items()}
    ids["note"] = call("POST", "/api/public/score-configs", {"name": f"note-{RUN}", "dataType": "TEXT"})["id"]
    score(f"kept-{RUN}", value=0.5, config_id=ids["accuracy"], comment="first")
    score(f"kept-mood-{RUN}", value="good", config_id=ids["mood"])
    score(f"kept-safe-{RUN}", value=1, data_type="BOOLEAN", config_id=ids["safe"])
    flush()
    score(f"kept-{RUN}", value=1, config_id=ids["accuracy"])
    flush()

    def break_configs():
        score(f"broken-{RUN}", value=7, config_id=ids["accuracy"])
        score(f"broken-mood-{RUN}", value="fair", config_id=ids["mood"])
        score(f"broken-none-{RUN}", value=1, config_id="none")
        score(f"beside-{RUN}", value=1)
        began = time.monotonic()
        flush()
        return time.monotonic() - began

    flush_s = outcome(break_configs)
    changed = change(ids["accuracy"])
    score(f"late-{RUN}", value=1, config_id=ids["accuracy"])
    outcome(flush)
    return {"made": made, "flush_s": flush_s, "changed": changed, "found": {name: find(ids[name]) for name in ids}}
