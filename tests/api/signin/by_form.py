"""A person in front of a real server, by the form that the page has."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

EMAIL, PASSWORD = "ann@example.com", "correct horse battery"  # of a server that lives for one test


def make_person(data_dir: Path, organization: str, environment: Mapping[str, str] = {}) -> None:
    """Make somebody who owns the organisation."""
    command = [str(Path(sys.executable).with_name("panope")), "users", "create", EMAIL, "--role", "owner"]
    command += ["--organization", organization, "--password-stdin", "--data-dir", str(data_dir)]
    done = subprocess.run(
        command,
        input=f"{PASSWORD}\n",
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def signed_in(base_url: str) -> Iterator[httpx2.Client]:
    """A client that carries the cookie of somebody who is signed in."""
    with httpx2.Client(base_url=base_url, trust_env=False, timeout=30) as client:
        form = client.get("/auth/sign-in").text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        answer = client.post("/auth/sign-in", data={**hidden, "email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield client
