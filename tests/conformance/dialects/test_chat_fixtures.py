"""The web app's chat models are tested with what panope stores today."""

from tools.chat_fixtures import PAGE, render


def test_the_recorded_conversations_are_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run `python -m tools.chat_fixtures`"
