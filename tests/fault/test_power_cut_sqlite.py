"""The power goes at any moment of a server on SQLite: what was acknowledged is there once, every sum is right."""

import random
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from panope.adapters.sqlite.checkpoints import is_possible
from panope.adapters.sqlite.driver import connect, sqlite_version
from tests.support.faults.checkpoints import sometimes
from tests.support.faults.image import Before
from tests.support.faults.journal import Op, trim_journal
from tests.support.faults.power import SERVER_EVERY, PowerCuts, Recording, make_recording, run_load
from tests.support.faults.preload import Faults, build_library
from tests.support.load import Load
from tests.support.server import start_server
from tests.support.tally import RecordProperty


def record_life(folder: Path, library: Path, name: str, enough: int, more: Mapping[str, str]) -> Recording:
    """Start a server on nothing, let clients send, kill it; start it again, let others send, kill it.

    `more` is what else its environment has.
    """
    folder.mkdir()
    before, faults, loads = Before(folder), Faults(library, folder), []
    try:
        for part in range(2):
            environment = {**faults.environment(is_recorded=True), **more}
            server = start_server(folder / "data", more=environment, log=folder.with_suffix(".log"))
            loads.append(run_load(server, f"{name}-{part}", enough // 2))
            trim_journal(faults.log)
        return make_recording(before, faults, loads)
    finally:
        faults.remove()


def check_files(data_dir: Path) -> None:
    """SQLite itself finds nothing wrong."""
    for file in data_dir.glob("*.db"):
        with closing(connect(file, read_only=True)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], file.name


def syncs(recording: Recording, name: str) -> list[int]:
    """Where in the recording a file of that name was synced."""
    files = {entry.file for entry in recording.entries if entry.path.endswith(name)}
    return [at for at, entry in enumerate(recording.entries) if entry.op is Op.SYNC_END and entry.file in files]


async def test_whatever_was_acknowledged_before_the_power_went_is_there_once(
    tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    library, image = build_library(tmp_path), tmp_path / "image"
    chance, cuts = random.Random("power"), PowerCuts("sqlite, power cut")
    lives = load.choose(small=1, bounded=2, full=5)
    for number in range(lives):
        enough = chance.randrange(60, load.choose(small=80, bounded=300, full=600))
        recording = record_life(tmp_path / f"life-{number}", library, f"{number}", enough, sometimes(number))
        if sometimes(number) and is_possible(sqlite_version()):
            assert len(syncs(recording, "telemetry.db")) > 4  # so often at least the log began anew
        moments = recording.choose_moments(load.choose(small=6, bounded=20, full=200) // lives, chance)
        for cut in recording.images(moments, image, chance):
            if cuts.cuts % SERVER_EVERY == SERVER_EVERY - 1:
                cuts.check_server(recording, cut, image / "data")
            await cuts.check(recording, cut, {"data_dir": image / "data"})
            check_files(image / "data")
    cuts.report(record_property)


async def test_a_disk_that_does_not_keep_what_it_syncs_is_noticed(tmp_path: Path) -> None:
    recording = record_life(tmp_path / "life", build_library(tmp_path), "lying", 20, {})
    end = recording.acknowledged[-1][0]
    for moment in syncs(recording, "telemetry.db-wal"):
        recording.entries[moment] = recording.entries[moment]._replace(op=Op.ANSWER)
    for cut in recording.images([end], tmp_path / "image", random.Random(0)):
        with pytest.raises(AssertionError, match=f"cut at {cut}"):
            await PowerCuts("lying").check(recording, cut, {"data_dir": tmp_path / "image" / "data"})
