"""The fields of the query language: what each holds, and which field of which view that is.

In the table, `-` says that a view has no such field. `>` asks a part: of a
trace, whether one of its observations is so; of a session, whether one of its traces is; `>>` goes down twice.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from panope.query.fields import View


class Kind(StrEnum):
    """What a field holds, which decides what its values may look like."""

    EXACT = "exact"
    """Text that is compared whole: ids and names that are picked from a list."""
    UPPER = "upper"
    """The same of a closed set in capitals; written in any case."""
    TEXT = "text"
    """Text that a bare value is looked for in."""
    LIST = "list"
    """Several texts."""
    MAP = "map"
    """Texts by key."""
    SCORE = "score"
    """Scores by name."""
    NUMBER = "number"
    COUNT = "count"
    DURATION = "duration"
    MONEY = "money"
    MOMENT = "moment"
    VALUE = "value"
    """Value of a score: a number, or true or false."""


class Place(Struct, frozen=True):
    """Where a view keeps a field."""

    column: str
    depth: int = 0
    """How many times to go down to a part."""


class TextField(Struct, frozen=True):
    """One field of the language."""

    name: str
    kind: Kind
    places: dict[View, Place]


VIEWS: Final = (View.TRACES, View.OBSERVATIONS, View.SESSIONS, View.SCORES)

_TABLE: Final = """
id               exact     id                     id                     id                       id
name             text      name                   name                   >name                    name
user             exact     user_id                user_id                >user_id                 user_id
session          exact     session_id             session_id             id                       session_id
env              exact     environment            environment            environment              environment
version          exact     version                version                >version                 -
release          exact     release                release                >release                 -
tag              list      tags                   tags                   >tags                    trace_tags
level            upper     level                  level                  >level                   -
status           text      >status_message        status_message         >>status_message         -
error            exact     >error_type            error_type             >>error_type             -
type             upper     >type                  type                   >>type                   data_type
model            exact     >model                 model                  >>model                  -
model.id         exact     >model_id              model_id               >>model_id               -
prompt           exact     >prompt_name           prompt_name            >>prompt_name            -
prompt.version   number    >prompt_version        prompt_version         >>prompt_version         -
tool             exact     >tool                  tool                   >>tool                   -
tool.available   list      >tools_available       tools_available        >>tools_available        -
tool.definitions count     >tool_definition_count tool_definition_count  >>tool_definition_count  -
tool.called      list      >tools_called          tools_called           >>tools_called           -
tool.calls       count     >tool_call_count       tool_call_count        >>tool_call_count        -
agent            exact     >agent                 agent                  >>agent                  -
node             exact     >graph_node            graph_node             >>graph_node             -
thread           exact     >thread_id             thread_id              >>thread_id              -
finish           exact     >finish_reason         finish_reason          >>finish_reason          -
input            text      input                  input                  >input                   -
output           text      output                 output                 >output                  -
meta             map       metadata               metadata               >metadata                metadata
score            score     score                  score                  score                    -
latency          duration  latency                latency                latency                  -
ttft             duration  >time_to_first_token   time_to_first_token    >>time_to_first_token    -
tokens           count     total_tokens           total_tokens           total_tokens             -
tokens.input     count     input_tokens           input_tokens           input_tokens             -
tokens.output    count     output_tokens          output_tokens          output_tokens            -
tokps            number    >tokens_per_second     tokens_per_second      >>tokens_per_second      -
usage            count     usage                  usage                  usage                    -
cost             money     cost                   cost                   cost                     -
start            moment    timestamp              start_time             timestamp                timestamp
end              moment    end_time               end_time               end_time                 -
trace.id         exact     id                     trace_id               >id                      trace_id
trace.name       text      name                   trace_name             >name                    trace_name
trace.env        exact     environment            trace_environment      >environment             trace_environment
trace.session    exact     session_id             session_id             id                       trace_session_id
observation.id   exact     >id                    id                     >>id                     observation_id
parent           exact     -                      parent_id              -                        -
comment          text      comment                comment                comment                  comment
comments         count     comment_count          comment_count          comment_count            -
dataset          exact     >experiment_dataset_id experiment_dataset_id  >>experiment_dataset_id  -
experiment       exact     >experiment_name       experiment_name        >>experiment_name        -
experiment.id    exact     >experiment_id         experiment_id          >>experiment_id          dataset_run_id
observations     count     observation_count      -                      observation_count        -
errors           count     error_count            -                      error_count              -
warnings         count     warning_count          -                      warning_count            -
defaults         count     default_count          -                      default_count            -
debugs           count     debug_count            -                      debug_count              -
traces           count     -                      -                      trace_count              -
value            value     -                      -                      -                        value
label            exact     -                      -                      -                        string_value
source           upper     -                      -                      -                        source
author           exact     -                      -                      -                        author_user_id
config           exact     -                      -                      -                        config_id
queue            exact     -                      -                      -                        queue_id
evaluator        exact     -                      -                      -                        evaluator_id
"""

_FLAGS: Final = """
root             flag      -                      is_root                -                        -
running          flag      running                running                >running                 -
public           flag      public                 -                      >public                  -
bookmarked       flag      bookmarked             -                      >bookmarked              -
item             flag      -                      is_experiment_item_root -                        -
"""


def _places(columns: list[str]) -> dict[View, Place]:
    return {
        view: Place(column.lstrip(">"), len(column) - len(column.lstrip(">")))
        for view, column in zip(VIEWS, columns, strict=True)
        if column != "-"
    }


def _read_fields(text: str) -> dict[str, TextField]:
    rows = (line.split() for line in text.strip().splitlines())
    return {name: TextField(name, Kind(kind), _places(columns)) for name, kind, *columns in rows}


def _read_flags(text: str) -> dict[str, dict[View, Place]]:
    rows = (line.split() for line in text.strip().splitlines())
    return {name: _places(columns) for name, _, *columns in rows}


TEXT_FIELDS: Final[dict[str, TextField]] = _read_fields(_TABLE)
FLAGS: Final = _read_flags(_FLAGS)
"""What `is:` takes, and where."""
KEYED: Final = frozenset({"meta", "score", "usage"})
"""Fields that stand with a key only."""
MAY_HAVE_KEY: Final = KEYED | {"cost"}
BY_USAGE: Final[dict[str, dict[str | None, str]]] = {
    "usage": {"total": "total_tokens"},
    "cost": {None: "total_cost", "input": "input_cost", "output": "output_cost", "total": "total_cost"},
}
"""Columns that keep a key of usage and cost on their own.

The columns of input and output add up all kinds of tokens on that side, which `usage.input` would not.
"""
