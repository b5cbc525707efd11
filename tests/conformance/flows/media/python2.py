"""Generation 2: media in a trace, sent twice, and resolved again."""

from langfuse import Langfuse
from langfuse.media import LangfuseMedia
from media.content import IMAGE, SOUND, announced_again, document_path, is_equal
from reporting import RUN, report

langfuse = Langfuse()


def send(name):
    return langfuse.trace(
        name=f"{name}-{RUN}",
        input={
            "image": LangfuseMedia(content_bytes=IMAGE, content_type="image/png"),
            "sound": LangfuseMedia(content_bytes=SOUND, content_type="audio/wav"),
            "document": LangfuseMedia(file_path=document_path(), content_type="application/pdf"),
        },
    ).id


first = send("first")
langfuse.flush()
second = send("second")
langfuse.flush()
stored = langfuse.fetch_trace(first).data.input
again = langfuse.fetch_trace(second).data.input
media = langfuse.fetch_media(LangfuseMedia.parse_reference_string(stored["image"])["media_id"]).data
report(
    stored=stored,
    again=again,
    media=media,
    is_equal=is_equal(langfuse.resolve_media_references(obj=stored, resolve_with="base64_data_uri")),
    announced_again=announced_again("image", second),
)
