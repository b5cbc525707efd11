"""The pages themselves: what each says, as HTML."""

from html import escape

from msgspec import Struct
from starlette.responses import HTMLResponse

from panope.features.accounts.passwords import MAX_CHARS, MIN_CHARS
from panope.features.accounts.setup import SetupNames
from panope.http.signin.forms import TICKET
from panope.http.signin.frame import Field, show_field, show_page, show_problem

WRONG = 422
"""Status of a form whose fields are wrong."""
_MAX_EMAIL_CHARS = 254
_FORGOTTEN = (
    "Forgotten your password? Whoever runs this server sets another with <code>panope users set-password</code>."
)


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a form that is shown again."""

    text: str = ""
    """What went wrong; "" for a form that is new."""
    status: int = 200
    retry_after_s: int | None = None


NEW = Outcome()


def _form(action: str, ticket: str, rows: str, button: str) -> str:
    return (
        f'<form method="post" action="{escape(action)}">'
        f'<input type="hidden" name="{TICKET}" value="{escape(ticket)}">'
        f'{rows}<button type="submit">{escape(button)}</button></form>'
    )


def sign_in_page(action: str, ticket: str, email: str = "", outcome: Outcome = NEW) -> HTMLResponse:
    """The form to sign in with."""
    is_wrong = outcome.status == WRONG
    rows = (
        Field(
            name="email",
            label="E-mail",
            kind="email",
            autocomplete="username",
            value=email,
            has_focus=not email,
            most_chars=_MAX_EMAIL_CHARS,
        ),
        Field(
            name="password",
            label="Password",
            kind="password",
            autocomplete="current-password",
            has_focus=bool(email),
            most_chars=MAX_CHARS,
        ),
    )
    shown = "".join(show_field(row, is_wrong=is_wrong) for row in rows)
    return show_page(
        "Sign in",
        show_problem(outcome.text) + _form(action, ticket, shown, "Sign in"),
        status=outcome.status,
        is_problem=bool(outcome.text),
        more=_FORGOTTEN,
        retry_after_s=outcome.retry_after_s,
    )


def sign_out_page(action: str, ticket: str, email: str) -> HTMLResponse:
    """The question whether to sign out."""
    lead = f'<p class="lead">You are signed in as {escape(email)}.</p>'
    return show_page("Sign out", lead + _form(action, ticket, "", "Sign out"))


def setup_page(
    action: str, ticket: str, names: SetupNames, sent: dict[str, str], outcome: Outcome = NEW
) -> HTMLResponse:
    """The form that makes the first user."""
    person = (
        Field(
            name="email",
            label="E-mail",
            kind="email",
            autocomplete="username",
            value=sent.get("email", ""),
            has_focus=not outcome.text,
            most_chars=_MAX_EMAIL_CHARS,
        ),
        Field(
            name="password",
            label="Password",
            kind="password",
            autocomplete="new-password",
            hint=f"At least {MIN_CHARS} characters",
            has_focus=bool(outcome.text),
            most_chars=MAX_CHARS,
            least_chars=MIN_CHARS,
        ),
        Field(
            name="name",
            label="Your name (optional)",
            autocomplete="name",
            value=sent.get("name", ""),
            is_required=False,
        ),
    )
    places = [
        Field(name=name, label=label, autocomplete="off", value=sent.get(name, kept))
        for name, label, kept in (
            ("organization", "Organisation", names.organization),
            ("project", "Project", names.project),
        )
        if kept is not None
    ]
    rows = "".join(map(show_field, person))
    if places:
        rows += f"<fieldset><legend>Names</legend>{''.join(map(show_field, places))}</fieldset>"
    lead = '<p class="lead">This server has no users yet. The first one owns everything on it.</p>'
    return show_page(
        "Set up panope",
        lead + show_problem(outcome.text) + _form(action, ticket, rows, "Create"),
        status=outcome.status,
        is_problem=bool(outcome.text),
        retry_after_s=outcome.retry_after_s,
    )


def trouble_page(outcome: Outcome, back: str) -> HTMLResponse:
    """What is shown when a page cannot be."""
    content = show_problem(outcome.text) + f'<p><a href="{escape(back)}">Try again</a></p>'
    return show_page(
        "Signing in is not possible now",
        content,
        status=outcome.status,
        is_problem=True,
        retry_after_s=outcome.retry_after_s,
    )
