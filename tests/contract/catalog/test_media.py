"""The contract of the media's catalog store, unchanged for every engine."""

import asyncio
import base64
import hashlib

import pytest
from msgspec.structs import replace

from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ProjectId
from panope.domain.media.media import Media, MediaId, MediaLink, MediaPlace, OwnedMedia, UploadReport, media_id_of
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP, catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]
LONG = "ü" * 400


def make_media(content: bytes = b"png", created_us: int = 10, content_type: str = "image/png") -> Media:
    sha256 = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return Media(
        id=media_id_of(sha256),
        sha256=sha256,
        content_type=content_type,
        content_length=len(content),
        created_us=created_us,
    )


def link(media: Media, trace_id: str = "t", observation_id: str = "", field: str = "input") -> MediaLink:
    return MediaLink(media_id=media.id, field=field, trace_id=trace_id, observation_id=observation_id)


def item_link(media: Media, item_id: str = "i", field: str = "expectedOutput") -> MediaLink:
    return MediaLink(media_id=media.id, field=field, dataset_id="d", dataset_item_id=item_id)


PNG = make_media()


async def test_an_announced_media_is_read_back_by_everybody_and_by_its_project_alone(
    furnished: Catalog, other: Catalog
) -> None:
    assert await furnished.media.announce(CHAT, PNG, link(PNG)) == PNG
    assert await other.media.get(CHAT, [PNG.id, MediaId("none")]) == {PNG.id: PNG}
    assert await other.media.get(SHOP, [PNG.id]) == {}
    assert await other.media.get(CHAT, []) == {}
    assert await other.media.list_links(CHAT, MediaPlace(trace_id="t")) == [link(PNG)]
    assert await other.media.list_links(SHOP, MediaPlace(trace_id="t")) == []
    with pytest.raises(NotFoundError, match="ghost"):
        await furnished.media.announce(ProjectId("ghost"), PNG, link(PNG))


async def test_media_of_a_project_are_listed_by_id_a_page_at_a_time(furnished: Catalog, other: Catalog) -> None:
    made = sorted((make_media(f"png {number}".encode()) for number in range(7)), key=lambda media: media.id)
    for media in made:
        await furnished.media.announce(CHAT, media, link(media))
    await furnished.media.announce(SHOP, PNG, link(PNG))
    assert await other.media.list(CHAT, MediaId(""), 4) == made[:4]
    assert await other.media.list(CHAT, made[3].id, 4) == made[4:]
    assert await other.media.list(CHAT, made[-1].id, 4) == []


async def test_who_announces_again_meets_what_is_there(furnished: Catalog) -> None:
    await furnished.media.announce(CHAT, PNG, link(PNG))
    again = replace(PNG, created_us=99, content_length=7, content_type="image/webp")
    met = await furnished.media.announce(CHAT, again, link(PNG, "t2"))
    assert met == replace(PNG, content_length=7, content_type="image/webp")
    assert await furnished.media.mark_stored(CHAT, met, 50)
    assert not await furnished.media.mark_stored(SHOP, met, 50)
    assert await furnished.media.mark_stored(CHAT, met, 60)
    stored = replace(met, stored_us=50)
    assert await furnished.media.get(CHAT, [PNG.id]) == {PNG.id: stored}
    assert await furnished.media.announce(CHAT, again, link(PNG, "t2")) == stored
    for other_bytes in (replace(again, content_length=8), replace(again, sha256=again.sha256[:40] + "AAA=")):
        with pytest.raises(ConflictError):
            await furnished.media.announce(CHAT, other_bytes, link(PNG, "t3"))
    assert await furnished.media.list_links(CHAT, MediaPlace(trace_id="t3")) == []
    assert len(await furnished.media.list_links(CHAT, MediaPlace(trace_id="t2"))) == 1


async def test_an_announcement_that_never_came_true_gives_way_to_another_hash(furnished: Catalog) -> None:
    lie = replace(PNG, sha256=PNG.sha256[:40] + "AAA=", created_us=1)
    await furnished.media.announce(CHAT, lie, link(lie))
    assert await furnished.media.announce(CHAT, PNG, link(PNG)) == PNG
    assert not await furnished.media.mark_stored(CHAT, lie, 5)
    assert await furnished.media.get(CHAT, [PNG.id]) == {PNG.id: PNG}


async def test_what_a_client_says_of_its_upload_is_kept(furnished: Catalog) -> None:
    await furnished.media.announce(CHAT, PNG, link(PNG))
    for report in (UploadReport(uploaded_us=7, status=500, error="so so"), UploadReport(uploaded_us=8, status=200)):
        assert await furnished.media.report_upload(CHAT, PNG.id, report)
        told = {"uploaded_us": report.uploaded_us, "upload_status": report.status, "upload_error": report.error}
        assert await furnished.media.get(CHAT, [PNG.id]) == {PNG.id: replace(PNG, **told)}
    assert not await furnished.media.report_upload(SHOP, PNG.id, UploadReport(uploaded_us=7, status=200))


async def test_links_are_kept_once_in_order_and_only_to_what_is_there(furnished: Catalog) -> None:
    sound = make_media(b"sound", content_type="audio/wav")
    await furnished.media.announce(CHAT, PNG, link(PNG, observation_id="o"))
    await furnished.media.announce(CHAT, sound, link(sound))
    added = [link(PNG), link(PNG), link(PNG, field="output"), link(PNG, observation_id="o"), item_link(PNG)]
    assert await furnished.media.add_links(CHAT, [*added, link(make_media(b"unknown"))]) == 3
    assert await furnished.media.add_links(SHOP, added) == 0
    assert await furnished.media.add_links(CHAT, []) == 0
    expected = sorted([link(PNG), link(PNG, field="output"), link(PNG, observation_id="o"), link(sound)])
    assert await furnished.media.list_links(CHAT, MediaPlace(trace_id="t")) == expected
    assert await furnished.media.list_links(CHAT, MediaPlace(dataset_item_id="i")) == [item_link(PNG)]
    assert await furnished.media.list_links(CHAT, MediaPlace()) == []


async def test_a_media_goes_with_the_last_place_that_refers_to_it(furnished: Catalog, other: Catalog) -> None:
    await furnished.media.announce(CHAT, PNG, link(PNG, "t1"))
    await furnished.media.announce(CHAT, PNG, link(PNG, "t2", "o"))
    await furnished.media.announce(CHAT, PNG, item_link(PNG))
    await furnished.media.announce(SHOP, PNG, link(PNG, "t1"))
    assert await furnished.media.unlink(CHAT, [MediaPlace(trace_id="t1"), MediaPlace(trace_id="none")]) == []
    assert await furnished.media.unlink(CHAT, [MediaPlace()]) == []
    assert await furnished.media.unlink(CHAT, []) == []
    assert await furnished.media.unlink(CHAT, [MediaPlace(trace_id="t2")]) == []
    assert await furnished.media.unlink(CHAT, [MediaPlace(dataset_item_id="i")]) == [PNG]
    assert await other.media.get(CHAT, [PNG.id]) == {}
    assert await other.media.get(SHOP, [PNG.id]) == {PNG.id: PNG}
    assert not await furnished.media.mark_stored(CHAT, PNG, 5)


async def test_many_places_are_unlinked_at_once(furnished: Catalog) -> None:
    media = sorted((make_media(f"{number}".encode()) for number in range(3)), key=lambda each: each.id)
    for number, each in enumerate(media):
        await furnished.media.announce(CHAT, each, link(each, f"t{number * 600}"))
    places = [MediaPlace(trace_id=f"t{number}") for number in range(1_300)]
    assert await furnished.media.unlink(CHAT, places) == media


async def test_unfinished_media_are_listed_oldest_first_and_removed_unless_their_bytes_came(furnished: Catalog) -> None:
    old, older, done = make_media(b"old", 5), make_media(b"older", 4), make_media(b"done", 3)
    for each in (old, older, done, make_media(b"new", 90)):
        await furnished.media.announce(CHAT, each, link(each))
    await furnished.media.announce(SHOP, old, link(old))
    await furnished.media.mark_stored(CHAT, done, 9)
    expected = [OwnedMedia(CHAT, older), OwnedMedia(CHAT, old), OwnedMedia(SHOP, old)]
    assert await furnished.media.list_unfinished(50, 10) == expected
    assert await furnished.media.list_unfinished(50, 2) == expected[:2]
    assert await furnished.media.list_unfinished(5, 10) == expected[:1]
    assert await furnished.media.remove_unfinished(CHAT, old)
    assert not await furnished.media.remove_unfinished(CHAT, old)
    assert not await furnished.media.remove_unfinished(CHAT, done)
    assert not await furnished.media.remove_unfinished(SHOP, replace(old, created_us=6))
    assert set(await furnished.media.get(CHAT, [old.id, older.id, done.id])) == {older.id, done.id}
    assert link(old) not in await furnished.media.list_links(CHAT, MediaPlace(trace_id="t"))


async def test_ids_as_long_as_they_may_be_are_kept(furnished: Catalog) -> None:
    longest = link(PNG, LONG, LONG)
    await furnished.media.announce(CHAT, PNG, longest)
    assert await furnished.media.list_links(CHAT, MediaPlace(trace_id=LONG)) == [longest]
    assert await furnished.media.unlink(CHAT, [MediaPlace(trace_id=LONG)]) == [PNG]


async def test_two_processes_that_announce_and_delete_at_once_never_leave_a_link_to_nothing(
    furnished: Catalog, other: Catalog
) -> None:
    """Look-then-write on both sides: without the one writer a link outlives its media, or a media its links."""

    async def announce(number: int) -> None:
        await furnished.media.announce(CHAT, replace(PNG, created_us=number), link(PNG, f"t{number}"))

    async def delete(number: int) -> None:
        await other.media.unlink(CHAT, [MediaPlace(trace_id=f"t{number}")])

    for start in range(0, 40, 10):
        numbers = range(start, start + 10)
        await asyncio.gather(*(work(number) for number in numbers for work in (announce, delete)))
    left = [number for number in range(40) if await other.media.list_links(CHAT, MediaPlace(trace_id=f"t{number}"))]
    assert bool(await other.media.get(CHAT, [PNG.id])) is bool(left)
    removed = await other.media.unlink(CHAT, [MediaPlace(trace_id=f"t{number}") for number in range(40)])
    assert len(removed) == (1 if left else 0)
    assert await furnished.media.get(CHAT, [PNG.id]) == {}
