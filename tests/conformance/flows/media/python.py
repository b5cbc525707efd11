"""Generations 3 to 5: media in a span, sent twice, and resolved again."""

from langfuse import Langfuse
from langfuse.media import LangfuseMedia
from media.content import IMAGE, announced_again, data_uri, document_path, is_equal
from reporting import RUN, report, rest

langfuse = Langfuse()


def send(name):
    """As bytes, as a data URI that the client finds by itself, and as a file."""
    start = getattr(langfuse, "start_as_current_observation", None) or langfuse.start_as_current_span
    with start(
        name=f"{name}-{RUN}",
        input={
            "image": LangfuseMedia(content_bytes=IMAGE, content_type="image/png"),
            "sound": data_uri("sound"),
            "document": LangfuseMedia(file_path=document_path(), content_type="application/pdf"),
        },
    ) as span:
        return span.trace_id


first = send("first")
langfuse.flush()
second = send("second")
langfuse.flush()
stored = rest(f"traces/{first}")["observations"][0]["input"]
media = langfuse.api.media.get(LangfuseMedia.parse_reference_string(stored["image"])["media_id"])
report(
    stored=stored,
    again=rest(f"traces/{second}")["observations"][0]["input"],
    media=media,
    is_equal=is_equal(langfuse.resolve_media_references(obj=stored, resolve_with="base64_data_uri")),
    announced_again=announced_again("image", second),
)
