"""Writes `docs/reference/configuration.md` from the settings themselves: `python -m tools.settings_page`."""

from pathlib import Path
from typing import Final

from pydantic.fields import FieldInfo

from panope.config.area import is_secret, variable_of
from panope.config.load import AREAS

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "configuration.md"

_INTRODUCTION: Final = """# Configuration

Nothing has to be set. A flag of `panope serve` beats an environment variable, which beats `panope.toml` in the working
directory (or the file that `PANOPE_CONFIG` names), which beats the default. A secret can be given as a file: the
variable with `_FILE` appended names it. A variable or a name in the file that no setting has is warned of at the start.

This page is made from the code: `make docs`.
"""


def render() -> str:
    """The page as it ought to be."""
    sections = [_INTRODUCTION]
    for area in AREAS:
        lines = [
            f"## `[{area.area_name()}]`",
            "",
            "| Setting | Variables | Flag | Default | |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(name, info) for name, info in area.model_fields.items()]
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def _row(name: str, info: FieldInfo) -> str:
    variable = variable_of(info)
    names = ", ".join(f"`{known}`" for known in variable.names)
    flag = f"`{variable.flag}`" if variable.flag else ""
    secret = " A secret." if is_secret(info) else ""
    cells = (f"`{name}`", names, flag, _default(info), f"{info.description or ''}{secret}".replace("|", "\\|"))
    return f"| {' | '.join(cells)} |"


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=False)
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "" if value is None or value in ((), "") else f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
