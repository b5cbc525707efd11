"""What the doctor says of an index of texts."""

from panope.domain.ids import ProjectId
from panope.features.diagnosis.finding import Severity
from panope.features.diagnosis.texts import check_text_index
from panope.ports.texts.index import TextIndexState

_S = 1_000_000
PROJECT = ProjectId("p")


def _state(waiting_rows: int, lag_us: int) -> TextIndexState:
    return TextIndexState(
        project_id=PROJECT, waiting_rows=waiting_rows, lag_us=lag_us, rows=2_000, segments=3, bytes=4_096
    )


def test_a_project_without_an_index_is_nothing_to_speak_of() -> None:
    assert list(check_text_index(PROJECT, None)) == []


def test_an_index_is_shown_with_what_waits() -> None:
    (settled,) = check_text_index(PROJECT, _state(0, 0))
    assert (settled.code, settled.severity, settled.project) == ("text_index", Severity.OK, PROJECT)
    assert "wait" not in settled.seen
    (following,) = check_text_index(PROJECT, _state(5, 20 * _S))
    assert following.severity is Severity.OK
    assert "5 rows at most wait, for 20.0 s at most" in following.seen


def test_an_index_that_is_late_is_a_warning() -> None:
    (late,) = check_text_index(PROJECT, _state(5, 700 * _S))
    assert (late.code, late.severity) == ("text_index_late", Severity.WARNING)
    assert late.advice
