"""Writes `docs/reference/query-language.md` from the table of its fields; part of `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from panope.query.fields import View
from panope.query.text.fields import FLAGS, TEXT_FIELDS, VIEWS, Kind, Place
from panope.query.text.parse import MAX_CHARS, MAX_TERMS
from panope.query.text.units import DURATION

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "query-language.md"

_INTRODUCTION: Final = """# Query language

`q` is one line of text that says which traces, observations, sessions or scores are wanted. The lists of the public API
take it beside their other parameters, all of which have to hold:

    GET /api/public/traces?q=env:prod latency:>2s -tag:internal

Terms stand side by side and all have to hold. A `-` before a term excludes what matches it. There are up to {terms}
terms in up to {chars:,} characters. A text that cannot be used is refused with status 400, and the answer says where
the mistake is: `path` is `["q", 12]` when it begins at the thirteenth character.

    term   = [ "-" ] ( field ":" value | "has:" field | "is:" flag | word | quoted )
    value  = scalar | comparison scalar | scalar ".." scalar | list
             comparison: > >= < <= =
    list   = "(" scalar {{ " OR " scalar }} ")" | "(" scalar {{ " AND " scalar }} ")"
    field  = name | "meta." key | "score." name | "usage." key | "cost." key
    scalar = characters without spaces, quotes and parentheses, or quoted
    quoted = text between double quotes; \\" and \\\\ stand for a quote and a backslash

* **Words** beside each other are one phrase, looked for in id, name, user, input and output; of scores
  in id, name, user, label and comment; of sessions in the id and in names and users of the traces. Quotes keep phrases
  apart: `"refund failed" timeout`. Capitals do not matter.
* `name:check*`, `name:*out`, `name:*eck*`: begins with, ends with, contains (capitals or not). `*` in quotes is itself.
* `name:=checkout`: exactly this.
* `env:(prod OR dev)`: one of these, each as a whole. `tag:(a AND b)`: all of these.
* `cost:0.1..1`: from, to, both included.
* `name:""`: none, or an empty one. `has:name`: any.
* `OR` and `AND` join values of one field; groups across fields are not possible. To look for one of these words, for
  text with a colon or for one that begins with `-`, quote it.
* A key or a name with spaces, colons or parentheses is quoted: `score."Rouge L":>0.3`, `meta."user id":7`. Dots belong
  to the key: `meta.a.b` is the entry `a.b`.

## Values

| Kind | `field:value` | Also |
|---|---|---|
| text | contains it, in capitals or not | `*`, `=`, `(a OR b)` |
| exact | is it | `*`, `=`, `(a OR b)` |
| closed set | is it, in capitals or not | `*`, `=`, `(a OR b)` |
| list | holds it | `(a OR b)`, `(a AND b)` |
| number | is it | comparisons, ranges |
| count | is it; `10k`, `1.5M` | comparisons, ranges |
| duration | is it; {durations}; seconds without a unit | comparisons, ranges |
| money | is it; US dollars, `$0.05` or `0.05` | comparisons, ranges |
| time | within that day, `2026-06-01`, or millisecond | comparisons, ranges |

Times are `2026-06-01`, `2026-06-01T10:30`, `2026-06-01T10:30:15.250+02:00`, in UTC without an offset, or count from
now: `-30m`, `-1h`, `-7d`, `-2w`, `now`. A day is a day as a whole: `start:>2026-06-01` begins on the second of June,
`start:<=2026-06-01` ends with the first. Spaces need quotes: `start:>="2026-06-01 10:30"`.

`score.NAME` takes what its scores are: a comparison or a range of numbers, `true` or `false`, a label or a list of
labels. Where the type is not known, the form of the value decides, and a list is always one of labels:
`score.grade:(5)`. Several numbers of one name count by their mean.

`meta.KEY` compares text: a value that is an object or an array is its compact JSON.

`meta.KEY` of a text that was sent as JSON, quotes and all, is what it says.

`usage.KEY` and `cost.KEY` are the units and the cost of one type of usage, such as `usage.input_cached_tokens`; of a
trace or a session those of all its observations that have it. `cost.input`, `cost.output` and `tokens.input` add up all
types of usage on that side.

`comment` is what people wrote about the row itself, and `comments` how often; up to 5,000 rows may match either.
`tool.available` are the tools that a call of a model was offered, `tool.called` those that it called, as its input and
its output tell; `tool` is the tool whose run the observation is.

## Fields

In the table, *an observation* means that one observation of the trace at least is so, *a trace* that one trace of the
session is. Each term looks for one of its own: `type:TOOL status:timeout` finds traces with a tool call and a timeout,
not only those whose tool call timed out. With a `-`, none may be so.

| Field | Kind | traces | observations | sessions | scores |
|---|---|---|---|---|---|
"""
_FLAGS: Final = """
`level` of a trace is the worst of its observations; `latency`, `tokens` and `cost` of a trace or a session are its
totals, and it ends with its last observation. `start` is a trace's or a score's own time, and that of the earliest
trace of a session. Scores of a session are those that were given to itself.

## Flags and presence

| Term | traces | observations | sessions | scores |
|---|---|---|---|---|
"""
_END: Final = """
`is:running` means without an end, events aside; a trace runs as long as one of its observations does or none of them is
a root. `is:item` is what stands for an item of an experiment.

`has:FIELD` works with every field that a view can be asked for. `has:error` finds the level `ERROR`, `has:score` a
score of any name, `has:score.NAME` and `has:meta.KEY` one entry.
"""
_KINDS: Final = {
    Kind.EXACT: "exact",
    Kind.UPPER: "closed set",
    Kind.TEXT: "text",
    Kind.LIST: "list",
    Kind.MAP: "text",
    Kind.SCORE: "score",
    Kind.NUMBER: "number",
    Kind.COUNT: "count",
    Kind.DURATION: "duration",
    Kind.MONEY: "money",
    Kind.MOMENT: "time",
    Kind.VALUE: "number, true, false",
}
_SUFFIXES: Final = {"meta": ".KEY", "score": ".NAME", "usage": ".KEY", "cost": ", cost.KEY"}


def render() -> str:
    """The page as it ought to be."""
    durations = ", ".join(f"`{unit}`" for unit in DURATION if unit and unit != "µs")
    head = _INTRODUCTION.format(terms=MAX_TERMS, chars=MAX_CHARS, durations=durations)
    return head + "".join(_field_rows()) + _FLAGS + "".join(_flag_rows()) + _END


def _field_rows() -> Iterator[str]:
    for field in TEXT_FIELDS.values():
        name = f"`{field.name}{_SUFFIXES.get(field.name, '')}`".replace(", ", "`, `")
        yield f"| {name} | {_KINDS[field.kind]} | {_cells(field.places)} |\n"


def _flag_rows() -> Iterator[str]:
    for name, places in FLAGS.items():
        yield f"| `is:{name}` | {_cells(places)} |\n"


def _cells(places: dict[View, Place]) -> str:
    return " | ".join(_cell(view, places.get(view)) for view in VIEWS)


def _cell(view: View, place: Place | None) -> str:
    if place is None:
        return ""
    if not place.depth:
        return "yes"
    return "a trace" if view is View.SESSIONS and place.depth == 1 else "an observation"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
