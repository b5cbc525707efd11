"""One trace of 10,000 observations, sent by langfuse 5: a migration that an agent carried out file by file."""

import json

from langfuse import Langfuse, propagate_attributes

FILES = 2_499
langfuse = Langfuse(environment="production")
with (
    propagate_attributes(trace_name="migrate-repository", tags=["hephaestus"], metadata={"agent": "hephaestus"}),
    langfuse.start_as_current_observation(
        as_type="agent", name="hephaestus", input="Move every module to the new client."
    ),
):
    with langfuse.start_as_current_observation(as_type="tool", name="list_files", output={"files": FILES}):
        pass
    for number in range(FILES):
        with langfuse.start_as_current_observation(as_type="span", name=f"module_{number:04}.py"):
            langfuse.start_observation(as_type="tool", name="read_file", input={"path": f"module_{number:04}.py"}).end()
            step = langfuse.start_observation(as_type="generation", name="rewrite", model="gpt-4o-mini")
            step.update(usage_details={"input": 900, "output": 420}, output="client = Client()")
            step.end()
            last = langfuse.start_observation(as_type="tool", name="write_file")
            if number % 617 == 40:
                last.update(level="ERROR", status_message="the file is read-only")
            last.end()
        if number % 500 == 0:
            langfuse.flush()
    with langfuse.start_as_current_observation(as_type="evaluator", name="tests") as tests:
        tests.create_event(name="report", metadata={"coverage": 0.91})
        tests.update(output={"passed": 2491, "failed": 8})
langfuse.flush()
print(json.dumps({}))
