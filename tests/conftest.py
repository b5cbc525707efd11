"""What holds for every test: how much work it does, and where Postgres comes from.

Warnings are errors, markers are strict and coroutines run by themselves: see `[tool.pytest]` in `pyproject.toml`.
"""

import pytest
from hypothesis import HealthCheck, settings

from tests.support.load import Load

pytest_plugins = ["tests.support.postgres"]

settings.register_profile(
    "explore",
    deadline=None,  # time on a shared machine says nothing of the code
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("repeat", settings.get_profile("explore"), derandomize=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--load`."""
    parser.addoption("--load", type=Load, default=Load.SMALL, help="small, bounded or full: how much each test does")


def pytest_configure(config: pytest.Config) -> None:
    """`make test` draws the same examples every time, so that a change is judged by itself; `make ci` explores."""
    settings.load_profile("repeat" if config.getoption("--load") is Load.SMALL else "explore")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their length: what packed them may have put the time in, and workers must agree on every name."""
    return f"{argname}-{len(val)}B" if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def load(request: pytest.FixtureRequest) -> Load:
    """How much work the tests of this run do: `load.choose(small=200, bounded=2_000, full=20_000)`."""
    chosen: Load = request.config.getoption("--load")
    return chosen
