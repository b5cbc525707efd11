"""Which pages may call."""

import pytest

from panope.config.load import load_settings
from panope.domain.errors import InvalidError


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("*", "*"),
        ("https://app.example.com", "https://app.example.com"),
        (" https://App.example.com/ , http://localhost:3000", "https://app.example.com,http://localhost:3000"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(value: str, kept: str) -> None:
    assert load_settings(environ={"PANOPE_BROWSER_ORIGINS": value}).server.browser_origins == kept


@pytest.mark.parametrize(
    "value", ["app.example.com", "https://a.example/path", "*,https://a.example", "https://*.a.b", "https://"]
)
def test_what_is_no_origin_is_refused(value: str) -> None:
    with pytest.raises(InvalidError, match="origin"):
        load_settings(environ={"PANOPE_BROWSER_ORIGINS": value})
