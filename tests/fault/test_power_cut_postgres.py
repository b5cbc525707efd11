"""The power goes under Postgres at any moment: what was acknowledged is there, once, and every sum is right."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tests.support.faults.image import Before
from tests.support.faults.journal import trim_journal
from tests.support.faults.power import SERVER_EVERY, PowerCuts, Recording, make_recording, run_load
from tests.support.faults.preload import Faults, build_library
from tests.support.load import Load
from tests.support.postgres import Databases, Server, find_installations
from tests.support.server import start_server
from tests.support.tally import RecordProperty

CHECKPOINT_EVERY_S = 0.2


@contextmanager
def durable_postgres() -> Iterator[Server]:
    """A Postgres of the test's own that syncs as a real one does."""
    installations = find_installations()
    if not installations:
        pytest.skip("no Postgres binaries on this machine")
    server = Server(installations[0], is_durable=True)
    try:
        yield server
    finally:
        server.remove()


@contextmanager
def checkpoints(url: str) -> Iterator[None]:
    """Checkpoint after checkpoint meanwhile, so that the power goes during some of them."""
    is_over = threading.Event()

    def run() -> None:
        with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            while not is_over.wait(CHECKPOINT_EVERY_S):
                connection.execute("CHECKPOINT")

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def record_life(postgres: Server, folder: Path, name: str, enough: int) -> tuple[Recording, str]:
    """Watch a Postgres from the first start of a server on an empty database to its end by a kill under load."""
    library = build_library(folder)
    postgres.start()
    database_url = Databases(postgres.url).create()
    postgres.stop(signal.SIGINT)
    before = Before(postgres.data_dir, folder / "before")
    faults, answers = Faults(library, postgres.data_dir), Faults(library)
    try:
        postgres.environment = faults.environment(is_recorded=True)
        postgres.start()
        environment = {**answers.environment(), "FAULT_LOG": str(faults.log)}
        server = start_server(folder / "home", database_url=database_url, more=environment)
        with checkpoints(postgres.url):
            load = run_load(server, name, enough)
            postgres.stop(signal.SIGKILL)
        trim_journal(faults.log)
        recording = make_recording(before, faults, [load])
        recording.is_lenient = True
        return recording, database_url
    finally:
        postgres.environment = {}
        faults.remove()
        answers.remove()


async def test_whatever_was_acknowledged_before_the_power_went_is_there_once(
    tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    chance, cuts = random.Random("power"), PowerCuts("postgres, power cut")
    lives = load.choose(small=1, bounded=2, full=4)
    for number in range(lives):
        folder = tmp_path / f"life-{number}"
        folder.mkdir()
        with durable_postgres() as postgres:
            enough = load.choose(small=60, bounded=200, full=400)
            recording, database_url = record_life(postgres, folder, f"{number}", enough)
            moments = recording.choose_moments(load.choose(small=3, bounded=10, full=200) // lives, chance)
            for cut in recording.images(moments, postgres.data_dir, chance):
                postgres.adopt_data_dir()
                began_s = time.monotonic()
                postgres.start()
                if cuts.cuts % SERVER_EVERY == SERVER_EVERY - 1:
                    cuts.check_server(recording, cut, folder / "home", database_url)
                await cuts.check(recording, cut, {"database_url": database_url}, began_s=began_s)
                postgres.stop()
    cuts.report(record_property)
