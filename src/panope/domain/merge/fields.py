"""The merge rule of every field, in one table: what an event's `values` and `derived` may hold.

A sent value beats a derived one for every rule. Within the same rank the stamp decides: (time, create before update,
event id, content hash).
"""

from enum import StrEnum

from msgspec import Struct

from panope.domain.events import EntityKind


class Rule(StrEnum):
    """How two values of one field become one."""

    FIRST = "first"
    """The earliest stamp wins; null does not count."""
    LAST = "last"
    """The latest stamp wins; null does not count."""
    LAST_OR_NULL = "last or null"
    """The latest stamp wins, and null clears."""
    LAST_FILLED = "last filled"
    """The latest stamp wins; null, "", [] and {} do not count, 0 and false do. Maps are replaced whole."""


class FieldRule(Struct, frozen=True):
    """One field's rule."""

    name: str
    rule: Rule


def _table(text: str) -> dict[str, FieldRule]:
    table = {}
    for line in text.strip().splitlines():
        rule, names = line.strip().split(": ")
        table.update({name: FieldRule(name, Rule(rule)) for name in names.split()})
    return table


FIELDS: dict[EntityKind, dict[str, FieldRule]] = {
    EntityKind.TRACE: _table("""
        first: timestamp environment
        last or null: name user_id session_id release version
        last: public bookmarked resource scope
        last filled: input output
    """),
    EntityKind.OBSERVATION: _table("""
        first: trace_id start_time environment
        last or null: name model level
        last: type end_time completion_start_time parent_id status_message version usage_unit is_app_root
        last: agent tool graph_node thread_id finish_reason error_type retry_number resource scope mapper
        last filled: input output model_parameters usage cost usage_sent cost_sent prompt span_events links
        last filled: experiment
    """),
    EntityKind.SCORE: _table("""
        first: timestamp trace_id environment
        last: name number text data_type source observation_id session_id dataset_run_id
        last: config_id queue_id author_user_id execution_trace_id
        last or null: comment
    """),
}
"""Value types.

Times (`timestamp`, `start_time`, `end_time`, `completion_start_time`): int µs. `public`, `bookmarked`, `is_app_root`:
bool. `input`, `output`: text. `model_parameters`: dict. `usage`: dict of int with `total`; `cost`: dict of int
10⁻¹² USD. `usage_sent`, `cost_sent`: JSON text as sent. `prompt`: [name, version]. `span_events`, `links`: lists of
dicts. `experiment`: dict, see `domain.experiments.links`. `retry_number`: int. `mapper`: text, the codec and version
that made the event. `resource`, `scope`: an `AttributeSet.id`. `number`: float, `text`: str, a score's value as sent;
which of them counts `data_type` says, and without it text means CATEGORICAL and number NUMERIC. Everything else: text.
"""


def fields_of(kind: EntityKind, rule: Rule) -> frozenset[str]:
    """Names of the fields of a kind that follow a rule."""
    return frozenset(name for name, field in FIELDS[kind].items() if field.rule is rule)
