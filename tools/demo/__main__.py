"""`python -m tools.demo`: starts a server on a data directory of its own, fills it once, says how to sign in, serves.

Everything in it was sent by published SDKs from processes of their own: a week of requests to a team of agents, scores
on them, runs of today through LangGraph, a picture, a trace of 10,000 observations, a prompt and a golden set. The
folder can be deleted at any time; with the folder there, the demo starts as it was left.
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from tests.conformance.harness import python_of

RUNS: Final = Path(__file__).parent / "runs"
PANOPE: Final = Path(sys.executable).with_name("panope")
EMAIL: Final = "demo@example.com"
_ORGANIZATION: Final = "kosmos"
_START_TIMEOUT_S: Final = 60
_POLL_S: Final = 0.1
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Access(Struct, frozen=True):
    """How SDKs and people get in; made once and kept in the folder, readable by its owner only."""

    public_key: str
    secret_key: str
    password: str
    is_filled: bool = False


class DemoError(Exception):
    """The demo could not be made; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the demo until it is interrupted."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=3001)
    parser.add_argument("--folder", type=Path, default=Path("panope-demo"), help="of the demo's data")
    parser.add_argument("--fill-only", action="store_true", help="end when everything is sent")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server goes with it
    options.folder.mkdir(parents=True, exist_ok=True)
    access = _access_of(options.folder)
    server = _start(options.folder, options.port, access)
    try:
        _wait_until_healthy(server, options.port)
        if not access.is_filled:
            _make_person(options.folder, access)
            fill(f"http://127.0.0.1:{options.port}", access.public_key, access.secret_key)
            _keep(options.folder, Access(access.public_key, access.secret_key, access.password, is_filled=True))
        print(f"\nThe demo is at http://127.0.0.1:{options.port} · {EMAIL} · {access.password}\n", flush=True)
        return 0 if options.fill_only else server.wait()
    except KeyboardInterrupt:
        return 0
    except DemoError as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def fill(base_url: str, public_key: str, secret_key: str, days: int = 7) -> None:
    """Send everything to a server, one run after the other; each says how long it took. Raises `DemoError`."""
    access = {
        "LANGFUSE_HOST": base_url,
        "LANGFUSE_BASE_URL": base_url,
        "LANGFUSE_PUBLIC_KEY": public_key,
        "LANGFUSE_SECRET_KEY": secret_key,
        "DEMO_DAYS": str(days),
    }
    _run("prompts", "langfuse-5", access, "a prompt in three versions, a golden set")
    told = _run("week", "langfuse-2", access, f"{days} days of requests to five agents")
    _run("judge", "langfuse-5", access, "scores on them", told)
    _run("graph", "langfuse-5", access, "runs of today through LangGraph")
    _run("large", "langfuse-5", access, "a trace of 10,000 observations")


def _run(name: str, sdk: str, access: dict[str, str], what: str, told: Any = None) -> Any:
    """Run one program with its SDK; what it prints last is JSON."""
    print(f"{what} …", end=" ", flush=True)
    began = time.monotonic()
    bare = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [str(python_of(sdk)), str(RUNS / f"{name}.py")],
        input=json.dumps(told),
        env={**bare, "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONWARNINGS": "ignore", **access},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DemoError(f"{RUNS / name}.py failed:\n{done.stderr[-2000:]}")
    print(f"{time.monotonic() - began:.1f} s", flush=True)
    return json.loads(done.stdout.splitlines()[-1])


def _start(folder: Path, port: int, access: Access) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "LANGFUSE_INIT_ORG_ID": _ORGANIZATION,
        "LANGFUSE_INIT_ORG_NAME": "Kosmos",
        "LANGFUSE_INIT_PROJECT_ID": "demo",
        "LANGFUSE_INIT_PROJECT_NAME": "Agents of Kosmos",
        "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": access.public_key,
        "LANGFUSE_INIT_PROJECT_SECRET_KEY": access.secret_key,
    }
    command = [str(PANOPE), "serve", "--port", str(port), "--data-dir", str(folder / "data")]
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def _wait_until_healthy(server: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(int(_START_TIMEOUT_S / _POLL_S)):
        try:
            with _DIRECT.open(f"http://127.0.0.1:{port}/api/public/health", timeout=5):
                return
        except OSError:
            if server.poll() is not None:
                raise DemoError("the server did not start: see server.log in the demo's folder") from None
            time.sleep(_POLL_S)
    raise DemoError("the server did not become healthy in time: see server.log in the demo's folder")


def _make_person(folder: Path, access: Access) -> None:
    command = [str(PANOPE), "users", "create", EMAIL, "--role", "owner", "--organization", _ORGANIZATION]
    command += ["--password-stdin", "--data-dir", str(folder / "data")]
    done = subprocess.run(command, input=f"{access.password}\n", capture_output=True, text=True, check=False)
    if done.returncode and "already" not in done.stderr:
        raise DemoError(done.stderr)


def _access_of(folder: Path) -> Access:
    kept = folder / "access.json"
    if kept.is_file():
        return Access(**json.loads(kept.read_text()))
    made = Access(f"pk-lf-{secrets.token_hex(8)}", f"sk-lf-{secrets.token_hex(16)}", secrets.token_urlsafe(12))
    _keep(folder, made)
    return made


def _keep(folder: Path, access: Access) -> None:
    kept = folder / "access.json"
    kept.touch(mode=0o600)
    kept.write_text(json.dumps({name: getattr(access, name) for name in Access.__struct_fields__}))


if __name__ == "__main__":
    sys.exit(main())
