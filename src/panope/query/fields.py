"""The fields of each view: their type, and which operators a type takes."""

from enum import StrEnum

from msgspec import Struct

from panope.query.ast import Op


class FieldType(StrEnum):
    """What a field holds, which decides the operators that make sense on it."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    STRING_LIST = "string list"
    STRING_MAP = "string map"
    """`key` → text: metadata. The value at a top-level key; an object or array as its compact JSON, and of a text in
    quotes what it says (`domain.text.quoting`)."""
    NUMBER_MAP = "number map"
    """`key` → number: the mean of the numeric scores of that name; units or cost of a type of usage, in all."""
    CATEGORY_MAP = "category map"
    """`key` → set of text: labels of the categorical scores of that name."""
    BOOLEAN_MAP = "boolean map"
    """`key` → set of booleans: boolean scores of that name."""


_TEXT = frozenset(
    {Op.EQ, Op.NE, Op.CONTAINS, Op.NOT_CONTAINS, Op.MATCHES, Op.NOT_MATCHES, Op.STARTS_WITH, Op.ENDS_WITH}
)
_ORDER = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})
_NULL = frozenset({Op.IS_NULL, Op.IS_NOT_NULL})

OPERATORS: dict[FieldType, frozenset[Op]] = {
    FieldType.STRING: _TEXT | {Op.ANY_OF, Op.NONE_OF, Op.LT, Op.LE, Op.GT, Op.GE} | _NULL,
    FieldType.NUMBER: _ORDER | _NULL,
    FieldType.DATETIME: _ORDER | _NULL,
    FieldType.BOOLEAN: frozenset({Op.EQ, Op.NE}) | _NULL,
    FieldType.STRING_LIST: frozenset({Op.ANY_OF, Op.NONE_OF, Op.ALL_OF}) | _NULL,
    FieldType.STRING_MAP: _TEXT | _NULL,
    FieldType.NUMBER_MAP: _ORDER | _NULL,
    FieldType.CATEGORY_MAP: frozenset({Op.ANY_OF, Op.NONE_OF}) | _NULL,
    FieldType.BOOLEAN_MAP: frozenset({Op.EQ, Op.NE}) | _NULL,
}


class View(StrEnum):
    """What is listed."""

    TRACES = "traces"
    OBSERVATIONS = "observations"
    SCORES = "scores"
    SESSIONS = "sessions"


class Field(Struct, frozen=True):
    """One field of a view."""

    name: str
    type: FieldType
    sortable: bool = False


def _fields(text: str) -> dict[str, Field]:
    """Read `name type [sort]` lines."""
    fields = {}
    for line in text.strip().splitlines():
        name, kind, *rest = line.strip().split(" ")
        fields[name] = Field(name, FieldType(kind.replace("_", " ")), "sort" in rest)
    return fields


_TRACES = """
id string sort
timestamp datetime sort
name string sort
user_id string sort
session_id string sort
environment string sort
release string sort
version string sort
public boolean sort
bookmarked boolean sort
tags string_list
level string
metadata string_map
input string
output string
end_time datetime
latency number sort
observation_count number sort
input_tokens number sort
output_tokens number sort
total_tokens number sort
input_cost number sort
output_cost number sort
total_cost number sort
usage number_map
cost number_map
error_count number sort
warning_count number sort
default_count number sort
debug_count number sort
unpriced_count number sort
open_count number sort
updated_at datetime
incomplete boolean
has_score boolean
scores_avg number_map
score_categories category_map
score_booleans boolean_map
"""

_OBSERVATIONS = """
id string sort
type string sort
name string sort
trace_id string sort
parent_id string sort
start_time datetime sort
end_time datetime sort
environment string sort
level string sort
status_message string
version string sort
model string sort
model_id string sort
prompt_name string sort
prompt_version number sort
metadata string_map
input string
output string
latency number sort
time_to_first_token number sort
tokens_per_second number sort
input_tokens number sort
output_tokens number sort
total_tokens number sort
input_cost number sort
output_cost number sort
total_cost number sort
usage number_map
cost number_map
agent string
tool string
tools_available string_list
tools_called string_list
tool_definition_count number
tool_call_count number
graph_node string
thread_id string
finish_reason string
error_type string
experiment_id string
experiment_name string
experiment_dataset_id string
is_experiment_item_root boolean
is_root boolean
has_parent boolean
updated_at datetime
user_id string
session_id string
trace_name string
trace_environment string
tags string_list
release string
has_score boolean
scores_avg number_map
score_categories category_map
score_booleans boolean_map
"""

_SCORES = """
id string sort
timestamp datetime sort
environment string sort
trace_id string sort
observation_id string sort
session_id string sort
dataset_run_id string sort
name string sort
value number sort
string_value string sort
boolean_value boolean
source string sort
data_type string sort
comment string
config_id string
queue_id string
author_user_id string
metadata string_map
trace_name string
user_id string
trace_tags string_list
trace_environment string
trace_session_id string
evaluator_id string
updated_at datetime
"""

_SESSIONS = """
id string sort
created_at datetime sort
timestamp datetime sort
end_time datetime
last_activity datetime sort
environment string sort
trace_count number sort
latency number sort
observation_count number
input_tokens number
output_tokens number
total_tokens number sort
input_cost number
output_cost number
total_cost number sort
usage number_map
cost number_map
error_count number
warning_count number
default_count number
debug_count number
has_score boolean
scores_avg number_map
score_categories category_map
score_booleans boolean_map
"""

FIELDS: dict[View, dict[str, Field]] = {
    View.TRACES: _fields(_TRACES),
    View.OBSERVATIONS: _fields(_OBSERVATIONS),
    View.SCORES: _fields(_SCORES),
    View.SESSIONS: _fields(_SESSIONS),
}
"""Latency and time to first token are in µs, money in 10⁻¹² USD. `level` of a trace is its observations' worst.

Times and numbers of a session are over all of its traces, `timestamp` being that of the earliest and `last_activity`
when the last of them ended, as far as is known; its scores are those given to itself.
"""

_REMARKS: dict[str, Field] = _fields("""
comment string
comment_count number
""")
APART: dict[View, dict[str, Field]] = {
    View.TRACES: _REMARKS,
    View.OBSERVATIONS: _REMARKS,
    View.SCORES: {},
    View.SESSIONS: _REMARKS,
}
"""Fields that the catalog plane keeps: what was remarked on a row, as one text of several, and how often.

No engine of telemetry knows them: what asks for them is replaced by the ids of the rows that have it, before the query
is validated.
"""

PARTS: dict[str, View] = {View.TRACES: View.OBSERVATIONS, View.SESSIONS: View.TRACES}
"""What the rows of a view consist of, which `Some` asks."""
