"""What the public API and its web client call a column, and which field of ours that is."""

from panope.query.fields import View

SCALES = {
    "latency": 10**6,
    "time_to_first_token": 10**6,
    "input_cost": 10**12,
    "output_cost": 10**12,
    "total_cost": 10**12,
}
"""Storage units in one unit of the wire: µs in a second, 10⁻¹² USD in a dollar."""

SCORES_BY_TYPE = {
    "numberObject": "scores_avg",
    "categoryOptions": "score_categories",
    "booleanObject": "score_booleans",
}
"""Where the old column `scores` leads, by the type of its condition."""

_SHARED = """
latency: latency, Latency (s)
metadata: metadata, Metadata
version: version, Version
environment: environment, Environment
level: level, Level
input_tokens: inputTokens, Input Tokens
output_tokens: outputTokens, Output Tokens
total_tokens: totalTokens, tokens, Total Tokens, Tokens
input_cost: inputCost, Input Cost ($)
output_cost: outputCost, Output Cost ($)
total_cost: totalCost, Total Cost ($)
scores_avg: scores_avg, Scores (numeric)
score_categories: score_categories, Scores (categorical)
score_booleans: score_booleans, Scores (boolean)
user_id: userId, User ID
session_id: sessionId, Session ID
release: release, Release
"""

_TRACES = """
id: id, traceId, ID, Trace ID
timestamp: timestamp, Timestamp
name: name, traceName, Name, Trace Name
tags: tags, traceTags, Tags, Trace Tags
bookmarked: bookmarked, ⭐️
public: public
error_count: errorCount, Error Level Count
warning_count: warningCount, Warning Level Count
default_count: defaultCount, Default Level Count
debug_count: debugCount, Debug Level Count
"""

_OBSERVATIONS = """
id: id, ID
type: type, Type
name: name, Name
trace_id: traceId, Trace ID
parent_id: parentObservationId, Parent Observation ID
start_time: startTime, Start Time
end_time: endTime, End Time
status_message: statusMessage, Status Message
model: model, providedModelName, Model, Provided Model Name
model_id: modelId, Model ID
prompt_name: promptName, Prompt Name
prompt_version: promptVersion, Prompt Version
input: input, Input
output: output, Output
time_to_first_token: timeToFirstToken, Time To First Token (s)
tokens_per_second: tokensPerSecond, Tokens per second
is_root: isRootObservation
has_parent: hasParentObservation
trace_name: traceName, Trace Name
trace_environment: traceEnvironment, Trace Environment
tags: tags, traceTags, Tags, Trace Tags
agent: agent
tool: tool
tools_available: toolNames, Available Tools
tools_called: calledToolNames, Called Tools
tool_definition_count: toolDefinitions, Tools Available
tool_call_count: toolCalls, Tool Calls
graph_node: graphNode
thread_id: threadId
finish_reason: finishReason
error_type: errorType
experiment_id: experimentId
experiment_name: experimentName
experiment_dataset_id: experimentDatasetId
is_experiment_item_root: isExperimentItemRootSpan
comment: commentContent
comment_count: commentCount
"""

_SCORES = """
id: id, ID
timestamp: timestamp, Timestamp
environment: environment, Environment
trace_id: traceId, Trace ID
observation_id: observationId, Observation ID
session_id: sessionId, Session ID
dataset_run_id: datasetRunId, experimentId
name: name, Name
value: value, Value
boolean_value: booleanValue
string_value: stringValue
source: source, Source
data_type: dataType, Data Type
comment: comment, Comment
config_id: configId
queue_id: queueId
author_user_id: authorUserId, Author
metadata: metadata, Metadata
trace_name: traceName, Trace Name
user_id: userId, User ID
trace_tags: trace_tags, traceTags, tags, Trace Tags
trace_environment: traceEnvironment
trace_session_id: traceSessionId
evaluator_id: evaluatorId
"""


def _columns(*tables: str) -> dict[str, str]:
    columns = {}
    for table in tables:
        for line in table.strip().splitlines():
            field, _, names = line.partition(": ")
            columns.update(dict.fromkeys(names.split(", "), field))
    return columns


COLUMNS: dict[View, dict[str, str]] = {
    View.TRACES: _columns(_SHARED, _TRACES),
    View.OBSERVATIONS: _columns(_SHARED, _OBSERVATIONS),
    View.SCORES: _columns(_SCORES),
    View.SESSIONS: {},
}
"""Field by column name, for each view that takes filters."""
