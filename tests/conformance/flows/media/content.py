"""A picture, a sound and a document of this run alone, and what to ask about them after they were sent."""

import base64
import hashlib
import tempfile
from pathlib import Path

from reporting import RUN, send

IMAGE = b"\x89PNG\r\n\x1a\n" + RUN.encode() + bytes(range(256)) * 2_000
SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt " + RUN.encode()
DOCUMENT = b"%PDF-1.4\n" + RUN.encode()
TYPES = {"image": "image/png", "sound": "audio/wav", "document": "application/pdf"}
CONTENTS = {"image": IMAGE, "sound": SOUND, "document": DOCUMENT}


def data_uri(name):
    """The content as clients give it back."""
    return f"data:{TYPES[name]};base64,{base64.b64encode(CONTENTS[name]).decode()}"


def document_path():
    """A file with the document."""
    path = Path(tempfile.mkdtemp(), "document.pdf")
    path.write_bytes(DOCUMENT)
    return str(path)


def announced_again(name, trace_id):
    """What the server answers to whoever announces a content that it has."""
    content = CONTENTS[name]
    body = {
        "contentType": TYPES[name],
        "contentLength": len(content),
        "sha256Hash": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        "field": "input",
        "traceId": trace_id,
    }
    return send("media", body)


def is_equal(resolved):
    """Whether the client gave back what was sent."""
    return {name: resolved.get(name) == data_uri(name) for name in CONTENTS}
