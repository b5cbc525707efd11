"""What the doctor asks of a project, all of it, so that plans and costs of its statements can be looked at."""

from panope.domain.ids import ProjectId
from panope.ports.diagnosis import TelemetryDiagnosis

FAR_FUTURE_US = 4_000_000_000_000_000


async def ask_as_the_doctor(reader: TelemetryDiagnosis, project_id: ProjectId, since_us: int = 0) -> None:
    """Ask everything, bounds so tight that each question also looks whether there is more."""
    await reader.summarize_ledger(project_id, since_us, 1)
    await reader.find_rootless_traces(project_id, since_us, FAR_FUTURE_US, 1)
    await reader.sample_client_times(project_id, 10)
    await reader.count_generations(project_id, since_us)
    await reader.measure_project(project_id)
