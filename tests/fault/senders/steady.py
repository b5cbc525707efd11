"""Makes one trace after another until standard input ends, then says which; what an SDK complains of is counted."""

import json
import logging
import sys
import threading

RUN = sys.argv[1]
EVERY_S = 0.2


class Complaints(logging.Handler):
    """Counts warnings and errors by the logger's package."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.counts = {}

    def emit(self, record):
        package = record.name.split(".")[0]
        self.counts[package] = self.counts.get(package, 0) + 1


def send_steadily(make_trace, flush):
    """Call `make_trace` with a new name each time."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    is_over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
    made = []
    while not is_over.wait(EVERY_S):
        made.append(f"{RUN}-{len(made)}")
        make_trace(made[-1])
    flush()
    print(json.dumps({"made": made, "complaints": complaints.counts}))
