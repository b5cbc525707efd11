"""Rewrites `operations.json`: calls every operation of every generated client and keeps how each call ended."""

import json
import tempfile
from pathlib import Path

from tests.conformance.harness import make_organization_key, make_reviewer, run_python
from tests.support.server import running_server
from tools.compatibility import OUTCOMES, SDKS

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "data") as server:
        environment = {"REVIEWER": make_reviewer(server), **make_organization_key(server)}
        ended = {
            sdk: run_python(sdk, "operations/every", server, f"every-{sdk}", environment)["operations"] for sdk in SDKS
        }
    OUTCOMES.write_text(json.dumps(ended, indent=1, sort_keys=True) + "\n", encoding="utf-8")
