"""Every way of breaking the world is found, by its name and with something to do; a healthy one has no problem."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from panope.domain.key_failures import KeyFailureReason
from panope.domain.pricing import ManagedModels, PriceBook
from panope.features import diagnosis
from panope.features.diagnosis.advice import REJECTED, REPAIRED
from panope.features.diagnosis.finding import Finding, Severity
from panope.features.diagnosis.prices import find_nearest, how_to_price
from tests.unit.diagnosis.worlds import (
    BROKEN,
    HEALTHY,
    LOST,
    OFF,
    UNPRICED,
    USE,
    Case,
    clients,
    directory,
    file,
    keys,
    model,
    prices,
    server,
    settings,
    traces,
)
from tools.errors_page import PAGE

ROOT = Path(str(diagnosis.__file__)).parent
OF_THE_DOCTOR = {"database_failed", "unchecked", "unknown_project", "wrong_salt"}
"""Those that need a whole patient: see `test_doctor.py`."""


def told(found: list[Finding], code: str) -> Finding:
    return next(finding for finding in found if finding.code == code)


def test_a_healthy_world_has_neither_a_problem_nor_a_warning_nor_a_note() -> None:
    assert [finding for finding in HEALTHY if finding.severity is not Severity.OK] == []
    assert len(HEALTHY) > 20


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_broken_world_is_told_by_its_name(case: Case) -> None:
    finding = told(case.found, case.code)
    assert finding.severity == case.severity
    assert finding.subject
    assert finding.seen
    if finding.severity in {Severity.WARNING, Severity.PROBLEM} and finding.code != "more_clients":
        assert finding.advice


def codes_in_source() -> Iterator[str]:
    for path in ROOT.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
            is_maker = isinstance(call.func, ast.Name) and call.func.id in {"_finding", "_problem"}
            for argument in named or (call.args if is_maker else ()):
                if isinstance(argument, ast.Constant) and str(argument.value).isidentifier():
                    yield str(argument.value)
                    break


def test_every_finding_in_the_source_has_a_world() -> None:
    shown = {finding.code for finding in HEALTHY} | {case.code for case in BROKEN} | OF_THE_DOCTOR
    assert set(codes_in_source()) == shown


def test_every_code_of_the_ledger_says_what_to_do() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")

    def codes(title: str) -> set[str]:
        section = next(section for section in sections if section.startswith(title))
        return {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}

    assert codes("One event of many") <= REJECTED.keys()
    assert codes("Repairs") == REPAIRED.keys()
    assert {"body_too_large", "malformed_otlp", "too_many_spans"} <= codes("Whole requests") & REJECTED.keys()


def test_advice_about_what_was_dropped_says_nothing_of_what_was_left() -> None:
    for code in ("dropped_usage", "dropped_cost"):
        assert "dropped are in no sum" in REPAIRED[code]
    assert "beyond 64 bits" in REPAIRED["repaired_number"]


def test_codes_of_a_client_are_explained_the_most_frequent_first() -> None:
    use = replace(USE, rejected=30, reasons={"bad_time": 10, "wrong_type": 19, "of_a_newer_panope": 1})
    lines = told(clients(use), "client_rejected").advice.splitlines()
    assert [line.split(":")[0] for line in lines] == ["wrong_type (19)", "bad_time (10)", "of_a_newer_panope (1)"]


def test_clients_that_are_refused_come_before_busier_ones() -> None:
    found = clients(replace(USE, requests=9_000), replace(USE, sdk_name="js", rejected=2, reasons={"bad_time": 2}))
    assert [finding.subject for finding in found] == ["js 4.0.1", "python 4.0.1"]
    assert told(found, "client_rejected").seen == "100 requests, 1,000 events stored, 2 rejected (less than 1 %)"


def test_names_that_clients_made_up_cannot_write_on_the_terminal() -> None:
    evil = "\x1b[2J\x1b]0;x\x07" + "a" * 500
    found = [
        *clients(replace(USE, sdk_name=evil)),
        *prices(replace(UNPRICED, model=evil)),
        *traces(count=1, newest=[replace(LOST, id=evil, scope={"name": evil})]),
        *keys((evil, KeyFailureReason.UNKNOWN_KEY, 1)),
    ]
    for finding in found:
        text = f"{finding.subject}{finding.seen}{finding.advice}{finding.command}"
        assert text.replace("\n", "").isprintable()
        assert "a" * 200 not in finding.subject + finding.seen


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("GPT_4o", "gpt-4o"),
        ("openrouter/openai/gpt-4o-2024-08-06", "gpt-4o"),
        ("anthropic.claude-3.5-sonnet", "claude-3-5-sonnet"),
        ("house-7b", None),
        ("", None),
        ("🙂" * 1_000, None),
    ],
)
def test_the_nearest_model_is_found_in_spite_of_its_spelling(name: str, near: str | None) -> None:
    assert find_nearest(name, ["gpt-4o", "claude-3-5-sonnet", "mistral-large"]) == near


def test_the_call_that_adds_a_price_survives_any_name() -> None:
    call = how_to_price('it\'s $(a) "model" v1.5', "http://localhost:3001")
    assert call.startswith("curl -u PUBLIC_KEY:SECRET_KEY http://localhost:3001/api/public/models ")
    assert r"^(it'" in call
    assert "\n" not in call


def test_the_call_is_told_once_and_the_others_refer_to_it() -> None:
    first, second = prices(UNPRICED, replace(UNPRICED, model="GPT_4o"))
    assert "house-7b" in first.command
    assert (second.command, second.advice) == (
        "",
        "If it is gpt-4o under another name, take the prices of that. Add its price as above.",
    )


def test_a_model_that_a_project_priced_meanwhile_is_repriced_or_used_otherwise() -> None:
    book = PriceBook([model("mine", "^house-7b$", is_managed=False)], ManagedModels([]))
    found = told(prices(UNPRICED, book=book), "priced_since")
    assert (found.severity, found.command) == (Severity.NOTE, "panope reprice --since 30d --project agents")
    assert "has no price for, or came with costs without a total" in found.advice


def test_tokens_that_are_not_known_are_left_out() -> None:
    assert told(prices(UNPRICED), "no_price").seen == "12 observations, 3,400 tokens, no cost"
    found = prices(replace(UNPRICED, total_tokens=None))
    assert told(found, "no_price").seen == "12 observations, no cost"


def test_only_lossy_settings_are_said_not_to_be_durable() -> None:
    found = [finding for finding in server(durability=OFF) if finding.code == "not_durable"]
    assert [finding.subject for finding in found] == ["fsync"]
    assert found[0].command == "ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();"
    local = server(durability={**OFF, "fsync": "on", "synchronous_commit": "local"})
    assert told(local, "durable").severity is Severity.OK


def test_senders_without_a_root_are_named() -> None:
    seen = told(traces(count=2, newest=[LOST, replace(LOST, scope=None, has_state=True)]), "rootless_traces").seen
    assert "my.app 1 1, no OpenTelemetry scope 1" in seen
    assert "1 of those are named by their observations alone" in seen


def test_a_directory_says_who_serves_it() -> None:
    assert "process 42 serves it" in told(directory(holder=42), "data_directory").seen


def test_no_secret_is_advised_to_be_changed_without_a_word_about_keys() -> None:
    unset = told(settings(secrets=()), "settings_understood")
    assert unset.severity is Severity.OK
    assert file()[0].seen == "2.0 GB, first read in 900 µs"
