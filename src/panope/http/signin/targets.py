"""Where somebody goes once they are signed in: a path of this server, whatever the link says."""

import re
from typing import Final

from starlette.requests import Request

_PATH: Final = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")
_MAX_CHARS: Final = 4_000


def target_of(text: str, root_path: str) -> str:
    """The path that was asked for, under the prefix of the server; the start page for anything else.

    No other site, no scheme, nothing that browsers read as either.
    """
    if len(text) > _MAX_CHARS or not text.isascii() or not _PATH.fullmatch(text):
        return f"{root_path}/"
    is_prefixed = not root_path or text == root_path or text.startswith((f"{root_path}/", f"{root_path}?"))
    return text if is_prefixed else root_path + text


def root_of(request: Request) -> str:
    """The prefix under which the server is published, without a slash at the end."""
    prefix: str = request.scope.get("root_path", "")
    return prefix
