"""What the documentation tells people to do works when they do it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from panope.http.snippets import otlp_environment, sdk_2_snippet
from tests.docs.examples import PLAIN, ROOT, RUNNABLE, Example, examples_of, matches, pages
from tests.docs.session import Session
from tests.support.postgres import URL_VARIABLE, Clusters, find_installations

RUNNERS = {"not-run", "dev", *(path.stem for path in (ROOT / "tests/conformance/requirements").glob("*.txt"))}
IMPORT_FOR_SECONDS = ("docs/howto/tracing/langchain.md", "docs/howto/tracing/langgraph.md")
EXAMPLES = {page.relative_to(ROOT).as_posix(): examples_of(page) for page in pages()}
RUN = {page: [example for example in found if example.is_run] for page, found in EXAMPLES.items()}


@pytest.fixture
def make_database(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Make a new database on Postgres, which is started only for the page that needs it."""
    made = []

    def make() -> str:
        if not (os.environ.get(URL_VARIABLE) or find_installations()):
            pytest.skip(f"no Postgres: set {URL_VARIABLE}")
        clusters: Clusters = request.getfixturevalue("postgres_clusters")
        databases = clusters.databases()
        url = databases.create()
        made.append((databases, url))
        return url

    yield make
    for databases, url in made:
        databases.drop(url)


PAGES = [
    pytest.param(page, marks=[pytest.mark.long] if page in IMPORT_FOR_SECONDS else [])
    for page, found in RUN.items()
    if found
]


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_work_in_their_order(
    page: str, tmp_path: Path, make_database: Callable[[], str]
) -> None:
    session = Session(tmp_path, make_database)
    try:
        for example in RUN[page]:
            session.run(example)
    finally:
        session.close()


def test_every_example_says_how_it_is_run() -> None:
    found = [example for examples in EXAMPLES.values() for example in examples]
    assert len(found) > 30
    wrong = [str(example) for example in found if not is_understood(example)]
    assert not wrong


def is_understood(example: Example) -> bool:
    if example.language not in RUNNABLE:
        return example.language in PLAIN
    return example.runner in (RUNNERS if example.language == "python" else {"run", "serve", "not-run"})


def test_readme_shows_the_snippet_that_the_first_start_prints() -> None:
    texts = [example.text for example in EXAMPLES["README.md"]]
    assert sdk_2_snippet("http://127.0.0.1:3001") in texts
    assert otlp_environment("http://127.0.0.1:3001") in texts


@pytest.mark.parametrize(
    ("shown", "printed", "is_end", "expected"),
    [
        ("a … c", "a b c\n", False, True),
        ("a … c", "a b d\n", False, False),
        ("a", "a\nb\n", False, False),
        ("b", "a\nb\n", True, True),
        ("b", "ab\n", True, False),
        ("1.5", "1x5", False, False),
    ],
)
def test_dots_in_a_shown_output_stand_for_anything(shown: str, printed: str, is_end: bool, expected: bool) -> None:  # noqa: FBT001
    assert matches(shown, printed, is_end=is_end) is expected
