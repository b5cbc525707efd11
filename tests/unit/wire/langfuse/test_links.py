"""Filters of links as query text."""

import pytest

from panope.query.fields import View
from panope.wire.langfuse.columns import COLUMNS
from panope.wire.langfuse.querytext.links import Converted, convert_link


@pytest.mark.parametrize(
    ("view", "clause", "q"),
    [
        (View.TRACES, "userId;stringOptions;;any of;ann|bob", "user:(ann OR bob)"),
        (View.TRACES, "userId;stringOptions;;any%20of;a%5C%7Cb%5C%5C|c", r"user:(a|b\ OR c)"),
        (View.TRACES, "Name;string;;=;check%20out", 'name:="check out"'),
        (View.TRACES, "name;string;;does not contain;%2C%3B", "-name:,;"),
        (View.TRACES, "name;stringOptions;;none of;x", "-name:=x"),
        (View.TRACES, "latency;number;;>=;1.5", "latency:>=1.5"),
        (View.TRACES, "totalCost;number;;<;0.0000001", "cost:<0.0000001"),
        (View.TRACES, "timestamp;datetime;;>=;2026-06-01T00%3A00%3A00.000Z", "start:>=2026-06-01T00:00:00.000Z"),
        (View.TRACES, "timestamp;datetime;;<;2026-06-01", "start:<2026-06-01T00:00:00.000Z"),
        (View.TRACES, "metadata;stringObject;a%20b;contains;x", 'meta."a b":x'),
        (View.TRACES, "scores_avg;numberObject;accuracy;>;0.8", "score.accuracy:>0.8"),
        (View.TRACES, "scores;categoryOptions;tone;any of;good|5", "score.tone:(good OR 5)"),
        (View.TRACES, "score_booleans;booleanObject;safe;<>;true", "-score.safe:true"),
        (View.TRACES, "tags;arrayOptions;;all of;a|b", "tag:(a AND b)"),
        (View.TRACES, "bookmarked;boolean;;=;false", "-is:bookmarked"),
        (View.TRACES, "userId;null;;is null;", "-has:user"),
        (View.OBSERVATIONS, "isRootObservation;boolean;;<>;false", "is:root"),
        (View.OBSERVATIONS, "hasParentObservation;boolean;;=;true", "has:parent"),
        (View.OBSERVATIONS, "hasInput;boolean;;=;false", "-has:input"),
        (View.OBSERVATIONS, "input;string;;matches;two words", "input:two input:words"),
        (View.OBSERVATIONS, "position;positionInTrace;root;=;", "is:root"),
        (View.SESSIONS, "userIds;arrayOptions;;any of;ann", "user:ann"),
        (View.SCORES, "booleanValue;boolean;;=;true", "value:true"),
    ],
)
def test_a_clause_becomes_a_term(view: View, clause: str, q: str) -> None:
    assert convert_link(view, clause) == Converted(q)


def test_what_cannot_be_told_is_named() -> None:
    clauses = "name;string;;=;a,foo;string;;=;b,latency;number;;>;fast,level,position;positionInTrace;first;=;"
    assert convert_link(View.TRACES, clauses) == Converted("name:=a", ("foo", "latency", "level", "position"))


@pytest.mark.parametrize(
    ("types", "q"),
    [
        ((), '"refund now"'),
        (("id", "content"), '"refund now"'),
        (("input",), 'input:"refund now"'),
        (("output",), 'output:"refund now"'),
    ],
)
def test_a_search_becomes_a_phrase(types: tuple[str, ...], q: str) -> None:
    assert convert_link(View.OBSERVATIONS, "", "refund now", types) == Converted(q)


@pytest.mark.parametrize("view", [View.TRACES, View.OBSERVATIONS, View.SCORES])
def test_every_column_of_the_filter_has_a_form(view: View) -> None:
    told = {
        column: convert_link(view, f"{column};null;{'k' if '_' in column else ''};is null;") for column in COLUMNS[view]
    }
    flags = {"public", "bookmarked", "⭐️", "isRootObservation", "hasParentObservation", "isExperimentItemRootSpan"}
    unkeyed = {"metadata", "Metadata"}
    untold = {column for column, found in told.items() if found.ignored}
    assert untold <= flags | unkeyed | {"Scores (numeric)", "Scores (categorical)", "Scores (boolean)"}
