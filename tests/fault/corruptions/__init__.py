"""What is planted into a store, one at a time, and what must be said of it."""

from tests.fault.corruptions.ledger import LEDGER, SEQUENCE
from tests.fault.corruptions.links import LINKS
from tests.fault.corruptions.rollups import ROLLUPS, TRACES
from tests.fault.corruptions.rows import ROWS, SCORES
from tests.fault.corruptions.states import STATES

CORRUPTIONS = [*ROWS, *STATES, *LINKS, *TRACES, *ROLLUPS, *SCORES, *LEDGER, *SEQUENCE]
