"""The few lines that send a first trace, for the start-up banner and the start page."""

import json
from typing import Final

SDK_2_VERSION: Final = "2.60.10"
"""The release of the 2.x SDK that the first snippet is tested with."""


def sdk_2_snippet(base_url: str, public_key: str | None = None, secret_key: str | None = None) -> str:
    """Python for the 2.x SDK that prints what it read back; without keys, the SDK takes them from the environment."""
    given = {"host": base_url, "public_key": public_key, "secret_key": secret_key}
    arguments = ", ".join(f"{name}={json.dumps(value)}" for name, value in given.items() if value)
    return f"""from langfuse import Langfuse
langfuse = Langfuse({arguments})
trace = langfuse.trace(name="hello", input="What is panope?")
generation = trace.generation(name="answer", model="gpt-4o", input="What is panope?")
generation.end(output="One process.", usage={{"input": 5, "output": 3}})
langfuse.flush()
print(trace.id, "cost", langfuse.fetch_trace(trace.id).data.total_cost, "USD")
"""


def sdk_3_snippet() -> str:
    """Python for the SDKs from 3.x on, which send OpenTelemetry spans; keys and address come from the environment."""
    return """from langfuse import get_client
langfuse = get_client()
with langfuse.start_as_current_observation(
    as_type="generation", name="hello", model="gpt-4o", input="What is panope?"
) as generation:
    generation.update(output="One process.", usage_details={"input": 5, "output": 3})
langfuse.flush()
"""


def otlp_environment(base_url: str) -> str:
    """Shell lines that point any OpenTelemetry exporter here."""
    return f"""export OTEL_EXPORTER_OTLP_ENDPOINT={base_url}/api/public/otel
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
KEYS=$(printf %s "$LANGFUSE_PUBLIC_KEY:$LANGFUSE_SECRET_KEY" | base64 | tr -d '\\n')
export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Basic%20$KEYS"
"""


def key_environment(base_url: str) -> str:
    """Shell lines that give the SDKs their address and keys."""
    return f"""export LANGFUSE_HOST={base_url} LANGFUSE_BASE_URL={base_url}
export LANGFUSE_PUBLIC_KEY=pk-lf-...
export LANGFUSE_SECRET_KEY=sk-lf-...
"""
