"""`python -m bench.instructions`: instructions per span and per event, ours and the floor's; needs valgrind.

Counted in the process that decodes and writes, without HTTP and without the kernel. A count does not depend on who else
uses the machine, so it shows a change of one per cent where seconds of a shared machine hide one of thirty.
"""

import argparse
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import floor
from bench.traffic import EVENTS_PER_BATCH, SPANS_PER_BATCH, Traffic
from panope.adapters.sqlite.connection import create_schema, open_writer
from panope.adapters.sqlite.writer import SqliteCommitter
from panope.domain.accounts import Access
from panope.domain.events import DecodedBatch
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.features.pricing.managed import load_managed
from panope.ports.telemetry import IngestBatch
from panope.wire.langfuse.ingestion import decode_ingestion
from panope.wire.otlp.decode import decode_otlp

_PROJECT = ProjectId("bench")
_NOW_US = 1_760_100_000_000_000
_COUNTED, _WARM_UP = 20, 6
_SIZES = {"otlp": SPANS_PER_BATCH, "langfuse": EVENTS_PER_BATCH}


def decode(kind: str, body: bytes) -> DecodedBatch:
    """What the server makes of a body."""
    if kind == "otlp":
        return decode_otlp(body, content_type="protobuf", received_us=_NOW_US, project_id=_PROJECT)
    return decode_ingestion(body, received_us=_NOW_US, project_id=_PROJECT, access=Access.PROJECT)


def work(side: str, kind: str, folder: Path) -> Callable[[list[bytes]], None]:
    """What takes bodies in: the floor, or panope's codec, projection and SQLite writer."""
    if side == "floor":
        encode = getattr(floor.Encoder(), kind)
        paths = (folder / f"{number}.db" for number in range(99))
        return lambda bodies: floor.run_sqlite(next(paths), map(encode, bodies))
    path = folder / "telemetry.db"
    connection = open_writer(path)
    create_schema(connection)
    connection.close()
    committer, prices = SqliteCommitter(path), PriceBook((), load_managed())

    def commit(bodies: list[bytes]) -> None:
        for body in bodies:
            batch = decode(kind, body)
            receipt = Receipt(request_id="r", received_us=_NOW_US, protocol=kind)
            committer.commit(
                [IngestBatch(project_id=_PROJECT, events=batch.events, receipt=receipt, prices=prices)],
            )

    return commit


def count(side: str, kind: str) -> None:
    """Do the work, with counting switched on after the warm-up; this process runs under valgrind."""
    gc.set_threshold(50_000, 20, 100)
    traffic = Traffic(1)
    make = traffic.otlp_batches if kind == "otlp" else traffic.langfuse_batches
    bodies = make(_WARM_UP + _COUNTED)
    control = [shutil.which("callgrind_control") or "", str(os.getpid()), "-i"]  # without the pid: all that run
    with tempfile.TemporaryDirectory() as folder:
        take_in = work(side, kind, Path(folder))
        take_in(bodies[:_WARM_UP])
        subprocess.run([*control, "on"], stdout=subprocess.DEVNULL, check=False)
        take_in(bodies[_WARM_UP:])
        subprocess.run([*control, "off"], stdout=subprocess.DEVNULL, check=False)


def _run(side: str, kind: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        out = f"--callgrind-out-file={folder}/out"
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", out]
        command += [sys.executable, "-m", "bench.instructions", "--side", side, "--kind", kind]
        environment = {**os.environ, "PYTHONHASHSEED": "0"}  # hashes of texts decide how often maps have to look twice
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found[1]) / (_COUNTED * _SIZES[kind]) if found else 0.0


def main() -> None:
    """Count all four and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=("floor", "panope"))
    parser.add_argument("--kind", choices=tuple(_SIZES))
    options = parser.parse_args()
    if options.side:
        count(options.side, options.kind)
        return
    if not shutil.which("valgrind"):
        sys.exit("valgrind is not installed: it does the counting")
    for kind in _SIZES:
        bare, ours = _run("floor", kind), _run("panope", kind)
        share = 100 * bare / ours
        print(f"{kind:9} floor {bare:9,.0f}, panope {ours:9,.0f} instructions: {share:.1f} % of the floor")


if __name__ == "__main__":
    main()
