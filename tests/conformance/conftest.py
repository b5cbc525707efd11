"""The server that the SDKs talk to: one process for all tests of a worker, on the engine that the environment names."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.harness import Facts, FactsOnce, PythonFacts, make_organization_key, make_reviewer, run_python
from tests.support.postgres import Clusters
from tests.support.server import RunningServer, running_server

ENGINE_VARIABLE = "PANOPE_TEST_ENGINE"
"""`sqlite`, which is the default, or `postgres`."""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of this folder."""
    config.addinivalue_line("markers", "conformance: published SDKs against a server process")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for test in items:
        if test.path.is_relative_to(Path(__file__).parent):
            test.add_marker(pytest.mark.conformance)


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Address of a new database, or None for SQLite."""
    if os.environ.get(ENGINE_VARIABLE, "sqlite") == "sqlite":
        yield None
        return
    clusters: Clusters = request.getfixturevalue("postgres_clusters")
    databases = clusters.databases()
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, database_url: str | None) -> Iterator[RunningServer]:
    """A server with a project; at the end it has neither failed nor complained, and ends when asked to."""
    data_dir = tmp_path_factory.mktemp("server") / "data"
    with running_server(data_dir, database_url=database_url) as running:
        assert ("SQLite in" in running.output()) is (database_url is None)
        yield running
        status, output = running.stop(), running.output()
    assert status == 0, output[-4000:]
    assert '"level":"error"' not in output.replace(" ", ""), output[-4000:]
    assert "Traceback" not in output, output[-4000:]


@pytest.fixture(scope="session")
def reviewer(server: RunningServer, database_url: str | None) -> str:
    """Id of a member of the organisation."""
    return make_reviewer(server, database_url)


@pytest.fixture(scope="session")
def organization_key(server: RunningServer, database_url: str | None) -> dict[str, str]:
    """Variables with a key pair of the organisation itself."""
    return make_organization_key(server, database_url)


@pytest.fixture(scope="session")
def python_facts(shared_facts: FactsOnce, server: RunningServer, request: pytest.FixtureRequest) -> PythonFacts:
    """What a flow read back: runs it with the SDK's requirements, and with the last part of its name as its run."""

    def run_once(sdk: str, flow: str) -> Facts:
        run = f"{flow.rpartition('/')[2]}-{sdk.rpartition('-')[2]}"

        def run_now() -> Facts:
            variables = {
                "REVIEWER": request.getfixturevalue("reviewer"),
                **request.getfixturevalue("organization_key"),
            }
            return run_python(sdk, flow, server, run, variables)

        return shared_facts.of(f"{sdk}-{flow}", run_now)

    return run_once


@pytest.fixture(scope="session")
def shared_facts(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> FactsOnce:
    """Runs each flow once, however many workers share its tests."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return FactsOnce(folder / f"facts-{testrun_uid}")
