"""A server of its own for traces, so that no list elsewhere counts what is sent here, in whichever order files run."""

from collections.abc import Iterator

import pytest

from tests.browser.servers import MEMBER, VIEWER, Servers
from tests.conformance.harness import Facts, run_python
from tests.support.server import RunningServer


@pytest.fixture(scope="session")
def server(servers: Servers) -> Iterator[RunningServer]:
    """The server of the traces."""
    with servers.open("traces", people={VIEWER: "viewer", MEMBER: "member"}) as started:
        yield started


@pytest.fixture(scope="session")
def sent(server: RunningServer) -> Facts:
    """What the SDK sent: 30 traces of three names, every tenth failed."""
    return run_python("langfuse-5", "browsed/traces", server, "browsed")
