"""Names in paths and queries; Python clients percent-encode them twice: themselves, and in their HTTP library."""

from urllib.parse import unquote


def possible_names(sent: str) -> tuple[str, ...]:
    """What a name that was decoded once may mean, the likeliest first: itself, then itself decoded again.

    Look up the first; only when nothing has that name, the second. A name without a percent sign has one meaning.
    """
    again = unquote(sent)
    return (sent,) if again == sent else (sent, again)
