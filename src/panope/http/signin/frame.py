"""How the pages look: one card in the middle, in the colours of the web app. No script, no outside asset."""

import base64
import hashlib
from html import escape
from string import Template
from typing import Final

from msgspec import Struct
from starlette.responses import HTMLResponse

_STYLE: Final = """
:root { color-scheme: light dark; --bg: #F6F7F9; --panel: #FFFFFF; --text: #14181F; --text-2: #4A5361; --line: #E1E5EA;
  --line-strong: #7B8592; --accent: #2457C5; --accent-hover: #1D48A6; --on-accent: #FFFFFF; --danger: #B42318;
  --danger-bg: #FDE7E5; --muted-bg: #EEF0F4; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #0F1216; --panel: #171B21; --text: #E8EBF0; --text-2: #AAB4C2; --line: #2A313B; --line-strong: #6C7786;
    --accent: #86AEFF; --accent-hover: #A3C1FF; --on-accent: #0F1216; --danger: #FFB4AD; --danger-bg: #431A17;
    --muted-bg: #232A33; }
}
* { box-sizing: border-box; }
html { min-height: 100%; display: grid; background: var(--bg); }
body { margin: 0; padding: 24px 16px 48px; display: grid; grid-template-columns: minmax(0, 380px); gap: 16px;
  place-content: center; color: var(--text); font: 14px/1.45 Inter, system-ui, -apple-system, "Segoe UI", sans-serif; }
.brand { margin: 0; display: flex; align-items: center; gap: 8px; font-size: 16px; font-weight: 600;
  letter-spacing: -.01em; }
.brand svg { width: 20px; height: 20px; fill: none; stroke: var(--accent); stroke-width: 2; }
main { padding: 24px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
h1 { margin: 0 0 4px; font-size: 20px; line-height: 1.25; font-weight: 600; }
.lead { margin: 0 0 16px; color: var(--text-2); }
form { display: grid; gap: 16px; margin: 16px 0 0; }
fieldset { display: grid; gap: 16px; margin: 0; padding: 16px 0 0; border: 0; border-top: 1px solid var(--line); }
legend { float: left; padding: 0; font-weight: 600; } legend + * { clear: both; }
.field { display: grid; gap: 4px; }
label { font-size: 13px; font-weight: 500; }
.hint { color: var(--text-2); font-size: 12px; }
input { width: 100%; height: 36px; padding: 0 10px; font: inherit; color: inherit; background: var(--panel);
  border: 1px solid var(--line-strong); border-radius: 4px; }
input[aria-invalid] { border-color: var(--danger); }
button { height: 36px; padding: 0 16px; font: inherit; font-weight: 600; color: var(--on-accent);
  background: var(--accent); border: 1px solid transparent; border-radius: 4px; cursor: pointer; }
button:hover { background: var(--accent-hover); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input:focus-visible { outline-offset: -1px; border-color: var(--accent); }
.problem { margin: 16px 0 0; padding: 8px 12px; color: var(--danger); background: var(--danger-bg);
  border-radius: 4px; }
.note { margin: 16px 0 0; padding: 8px 12px; background: var(--muted-bg); border-radius: 4px; }
.more { margin: 0; color: var(--text-2); font-size: 12px; }
code { font: 12px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
"""
_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title - panope</title>
<style>$style</style>
</head>
<body>
<p class="brand"><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/>
<circle cx="12" cy="12" r="3"/></svg>panope</p>
<main>
<h1>$heading</h1>
$content
</main>
$more
</body>
</html>
""")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers would then hide the origin of the form too, by which other sites are told apart.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Field(Struct, frozen=True, kw_only=True):
    """One line of a form."""

    name: str
    label: str
    autocomplete: str
    kind: str = "text"
    """Type of the input."""
    value: str = ""
    hint: str = ""
    is_required: bool = True
    has_focus: bool = False
    most_chars: int = 200
    least_chars: int = 0


def show_field(field: Field, *, is_wrong: bool = False) -> str:
    """Write a line of a form."""
    attributes = {
        "id": field.name,
        "name": field.name,
        "type": field.kind,
        "autocomplete": field.autocomplete,
        "maxlength": str(field.most_chars),
        "value": field.value,
        "minlength": str(field.least_chars or ""),
        "aria-describedby": " ".join([f"{field.name}-hint"] * bool(field.hint) + ["problem"] * is_wrong),
        "aria-invalid": "true" if is_wrong else "",
    }
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
    flags = (" required" if field.is_required else "") + (" autofocus" if field.has_focus else "")
    plain = ' autocapitalize="none" spellcheck="false"' if field.kind in {"email", "password"} else ""
    hint = f'<span class="hint" id="{field.name}-hint">{escape(field.hint)}</span>' if field.hint else ""
    label = f'<label for="{field.name}">{escape(field.label)}</label>'
    return f'<div class="field">{label}<input{written}{flags}{plain}>{hint}</div>'


def show_problem(text: str) -> str:
    """Write what went wrong, so that it is read out; nothing for nothing."""
    return f'<p class="problem" id="problem" role="alert">{escape(text)}</p>' if text else ""


def show_page(
    title: str,
    content: str,
    *,
    status: int = 200,
    is_problem: bool = False,
    more: str = "",
    retry_after_s: int | None = None,
) -> HTMLResponse:
    """Answer with a page; `content` and `more`, what stands below the card, are HTML, `title` is text."""
    heading = escape(title)
    page = _PAGE.substitute(
        title=f"Problem: {heading}" if is_problem else heading,
        heading=heading,
        style=_STYLE,
        content=content,
        more=f'<p class="more">{more}</p>' if more else "",
    )
    retry = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return HTMLResponse(page, status, headers={**_HEADERS, **retry})
