"""Traceloop's OpenLLMetry and MLflow, which both put a whole call into one attribute each way."""

from panope.wire.semconv.dialects.rules import IoRule, TypeRule

IO = IoRule(inputs=("traceloop.entity.input",), outputs=("traceloop.entity.output",))
MLFLOW_IO = IoRule(inputs=("mlflow.spanInputs",), outputs=("mlflow.spanOutputs",))
BARE_IO = IoRule(inputs=("input",), outputs=("output",))
"""Names without any prefix: Pipecat, Pydantic, code by hand."""

KIND_TYPE = TypeRule("traceloop.span.kind", types={"agent": "AGENT", "tool": "TOOL"})
