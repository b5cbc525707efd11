"""The telemetry ports over dictionaries."""

from collections import defaultdict

from panope.adapters.memory.diagnosis import MemoryDiagnosis
from panope.adapters.memory.experiments import MemoryItemLinks
from panope.adapters.memory.exploration import MemoryExploration
from panope.adapters.memory.metrics import MemoryMetrics
from panope.adapters.memory.operations import MemoryOperations
from panope.adapters.memory.reader import MemoryReader
from panope.adapters.memory.reports import MemoryReports
from panope.adapters.memory.rows import ProjectRows
from panope.adapters.memory.text_index import MemoryTextIndex
from panope.adapters.memory.writer import MemoryWriter
from panope.domain.ids import ProjectId
from panope.ports.bounds import ReadBound


class MemoryTelemetry(
    MemoryWriter, MemoryReader, MemoryExploration, MemoryReports, MemoryDiagnosis, MemoryItemLinks, MemoryOperations
):
    """Every telemetry port. Nothing outlives the process: durable here means readable."""

    def __init__(self, *, bound: ReadBound | None = None) -> None:
        self._projects = defaultdict(ProjectRows)
        self._operations = {}
        self._bound = bound or ReadBound()
        self.texts = MemoryTextIndex()
        self.metrics = MemoryMetrics(self._projects, self._bound)

    async def erase_records(self, project_id: ProjectId, limit: int) -> int:
        """See the port of the writer: operations are among them."""
        rows = self._projects[project_id]
        operations = [key for key in self._operations if key[0] == project_id][:limit]
        for key in operations:
            del self._operations[key]
        sets = list(rows.attribute_sets)[: limit - len(operations)]
        for set_id in sets:
            del rows.attribute_sets[set_id]
        cuts = list(rows.cuts)[: limit - len(operations) - len(sets)]
        for cut in cuts:
            del rows.cuts[cut]
        receipts = rows.receipts[: limit - len(operations) - len(sets) - len(cuts)]
        del rows.receipts[: len(receipts)]
        return len(operations) + len(sets) + len(cuts) + len(receipts)
