"""Rewrites every reference page that is made from the code: `make docs`."""

from typing import Final

from tools import (
    api_page,
    cli_page,
    compatibility,
    dialects,
    errors_page,
    findings_page,
    metrics_page,
    query_language_page,
    settings_page,
)

PAGES: Final = (
    settings_page,
    cli_page,
    api_page,
    errors_page,
    findings_page,
    metrics_page,
    query_language_page,
    dialects,
    compatibility,
)
"""Each has a `PAGE`, the path, and `render`, its text."""

if __name__ == "__main__":
    for page in PAGES:
        page.PAGE.write_text(page.render(), encoding="utf-8")
