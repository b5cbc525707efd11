"""What keeps media and what refers to them together."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from panope.adapters.blobs.memory import MemoryBlobStore
from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.domain.accounts import Organization, Project
from panope.domain.errors import InvalidError, NotFoundError, UnavailableError
from panope.domain.ids import OrganizationId, ProjectId
from panope.domain.media.media import BlobKey, Media, MediaId, MediaLink, MediaPlace, UploadReport, blob_key
from panope.features.media.access import MediaAccess, MediaOptions
from panope.features.media.links import LinkSigner
from panope.features.media.reading import MediaReading
from panope.features.media.upkeep import UNFINISHED_S, MediaUpkeep, kept_clean
from panope.features.media.uploads import MediaUploads, UploadHeaders
from panope.kit.ids import new_id
from tests.support.media.content import PNG, chunks_of, id_of, sha256_of

PROJECT = ProjectId("project")
OTHER = ProjectId("other")
URL = "http://panope.test/api/public/media-content"
START_US = 1_800_000_000_000_000


class Clock(Struct):
    """A clock that a test moves."""

    now_us: int = START_US

    def __call__(self) -> int:
        return self.now_us


class FlakyBlobs(MemoryBlobStore):
    """A store that cannot delete when told so."""

    can_delete = True

    async def delete(self, key: BlobKey) -> None:
        if not self.can_delete:
            raise UnavailableError("away", code="bucket_unavailable")
        await super().delete(key)


class Scene(Struct):
    """The use cases over memory."""

    catalog: MemoryCatalog
    blobs: FlakyBlobs
    clock: Clock
    uploads: MediaUploads
    reading: MediaReading
    upkeep: MediaUpkeep

    async def announce(self, content: bytes = PNG, project_id: ProjectId = PROJECT, **place: str) -> tuple[Media, Any]:
        sha256 = sha256_of(content)
        media = Media(
            id=MediaId(id_of(content)),
            sha256=sha256,
            content_type="image/png",
            content_length=len(content),
            created_us=0,
        )
        link = MediaLink(media_id=media.id, field="input", **(place or {"trace_id": "t"}))
        return await self.uploads.announce(project_id, media, link, URL)

    async def upload(self, content: bytes = PNG, project_id: ProjectId = PROJECT, **place: str) -> Media:
        media, address = await self.announce(content, project_id, **place)
        token = address.url.rpartition("/")[2]
        await self.uploads.receive(token, UploadHeaders(content_type="image/png"), chunks_of(content))
        return media


@pytest.fixture
async def scene() -> Scene:
    catalog, blobs, clock = MemoryCatalog(), FlakyBlobs(), Clock()
    await catalog.organizations.add(Organization(id=OrganizationId("o"), name="O"))
    for project_id in (PROJECT, OTHER):
        await catalog.projects.add(Project(id=project_id, organization_id=OrganizationId("o"), name=project_id))
    access = MediaAccess(blobs, LinkSigner(catalog.settings, clock, new_id), MediaOptions(), clock)
    uploads = MediaUploads(catalog.media, access, clock)
    reading = MediaReading(catalog.media, access)
    return Scene(catalog, blobs, clock, uploads, reading, MediaUpkeep(catalog.media, blobs, clock))


def reference(content: bytes) -> str:
    return f"@@@langfuseMedia:type=image/png|id={id_of(content)}|source=bytes@@@"


async def test_references_are_described_by_field_and_place_with_addresses_that_work(scene: Scene) -> None:
    await scene.upload()
    await scene.upload(b"of the other", OTHER)
    await scene.announce(b"never uploaded")
    values = {
        "input": {"images": [reference(PNG), reference(b"of the other"), reference(b"never uploaded")]},
        "expectedOutput": f"like {reference(PNG)}",
        "metadata": None,
    }
    described = await scene.reading.describe_references(PROJECT, values, URL)
    shown = [(each.field, each.json_path, each.media.media_id) for each in described]
    assert shown == [("input", "$['images'][0]", id_of(PNG)), ("expectedOutput", "$", id_of(PNG))]
    assert described[0].reference_string == reference(PNG)
    assert (described[0].media.content_type, described[0].media.content_length) == ("image/png", len(PNG))
    assert described[0].media.url_expiry == "2027-01-15T09:00:00.000Z"
    content = await scene.reading.open(described[0].media.url.rpartition("/")[2])
    assert content.size == len(PNG)
    many = await scene.reading.describe_many(PROJECT, [values, {}, {"input": 1}], URL)
    assert [len(each) for each in many] == [2, 0, 0]


async def test_what_a_trace_refers_to_is_listed(scene: Scene) -> None:
    await scene.upload(trace_id="t", observation_id="o")
    await scene.announce(b"later", trace_id="t")
    placed = await scene.reading.list_at(PROJECT, MediaPlace(trace_id="t"))
    assert {(each.media.id, each.link.observation_id, each.media.stored_us is None) for each in placed} == {
        (id_of(PNG), "o", False),
        (id_of(b"later"), "", True),
    }
    assert await scene.reading.list_at(OTHER, MediaPlace(trace_id="t")) == []


async def test_a_dataset_item_keeps_what_it_refers_to_when_the_trace_goes(scene: Scene) -> None:
    media = await scene.upload()
    await scene.upkeep.link_item(PROJECT, "d", "i", {"input": [reference(PNG), reference(b"unknown")], "metadata": 1})
    await scene.upkeep.forget_traces(PROJECT, ["t"])
    assert await scene.reading.get(PROJECT, media.id, URL)
    await scene.upkeep.forget_items(PROJECT, ["i"])
    with pytest.raises(NotFoundError):
        await scene.reading.get(PROJECT, media.id, URL)
    assert scene.blobs._blobs == {}


async def test_bytes_that_cannot_be_deleted_are_nobodys(scene: Scene) -> None:
    media = await scene.upload()
    scene.blobs.can_delete = False
    await scene.upkeep.forget_traces(PROJECT, ["t"])
    with pytest.raises(NotFoundError):
        await scene.reading.get(PROJECT, media.id, URL)
    scene.clock.now_us += 1
    again = await scene.upload()  # under another name, so that a late deletion cannot hit it
    scene.blobs.can_delete = True
    await scene.blobs.delete(blob_key(PROJECT, media))
    assert await scene.reading.get(PROJECT, again.id, URL)
    assert len(scene.blobs._blobs) == 1


async def test_a_deletion_during_an_upload_leaves_nothing(scene: Scene) -> None:
    _, address = await scene.announce()

    async def interrupted() -> AsyncIterator[bytes]:
        yield PNG[:10]
        await scene.upkeep.forget_traces(PROJECT, ["t"])
        yield PNG[10:]

    with pytest.raises(NotFoundError):
        await scene.uploads.receive(
            address.url.rpartition("/")[2], UploadHeaders(content_type="image/png"), interrupted()
        )
    assert scene.blobs._blobs == {}


async def test_too_much_is_refused_before_all_of_it_came(scene: Scene) -> None:
    _, address = await scene.announce()
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1_000

    with pytest.raises(InvalidError):
        await scene.uploads.receive(address.url.rpartition("/")[2], UploadHeaders(content_type="image/png"), endless())
    assert taken <= len(PNG) // 1_000 + 1


async def test_uploads_that_never_ended_are_given_up_after_a_day(scene: Scene) -> None:
    media, _ = await scene.announce(b"lost")
    kept = await scene.upload()
    assert await scene.upkeep.sweep() == 0
    scene.clock.now_us += UNFINISHED_S * 1_000_000
    await scene.announce(b"young")
    assert await scene.upkeep.sweep() == 0
    scene.clock.now_us += 1
    assert await scene.upkeep.sweep() == 1
    known = await scene.catalog.media.get(PROJECT, [media.id, kept.id, MediaId(id_of(b"young"))])
    assert set(known) == {kept.id, id_of(b"young")}


async def test_bytes_that_came_without_a_word_are_kept_by_the_sweep_and_believed_when_reported(scene: Scene) -> None:
    for content, is_reported in ((b"swept", False), (b"reported", True)):
        media, _ = await scene.announce(content)
        # As a bucket has them when a client uploads there by itself.
        key = blob_key(PROJECT, media)
        await scene.blobs.put(key, chunks_of(content), content_type="image/png", length=len(content))
        if is_reported:
            await scene.uploads.report(PROJECT, media.id, UploadReport(uploaded_us=7, status=200))
        else:
            scene.clock.now_us += UNFINISHED_S * 1_000_000 + 1
            assert await scene.upkeep.sweep() == 0
        shown, _ = await scene.reading.get(PROJECT, media.id, URL)
        assert shown.stored_us == scene.clock.now_us


async def test_a_failed_or_false_report_makes_nothing_readable(scene: Scene) -> None:
    media, _ = await scene.announce()
    key = blob_key(PROJECT, media)
    await scene.blobs.put(key, chunks_of(PNG[:5]), content_type="image/png", length=5)
    await scene.uploads.report(PROJECT, media.id, UploadReport(uploaded_us=7, status=200))
    await scene.blobs.put(key, chunks_of(PNG), content_type="image/png", length=len(PNG))
    await scene.uploads.report(PROJECT, media.id, UploadReport(uploaded_us=7, status=500, error="no"))
    with pytest.raises(NotFoundError):
        await scene.reading.get(PROJECT, media.id, URL)


async def test_two_clients_that_upload_the_same_at_once_both_succeed(scene: Scene) -> None:
    addresses = [(await scene.announce())[1] for _ in range(5)]
    headers = UploadHeaders(content_type="image/png", content_length=len(PNG), sha256=sha256_of(PNG))
    uploads = (
        scene.uploads.receive(address.url.rpartition("/")[2], headers, chunks_of(PNG, 100)) for address in addresses
    )
    await asyncio.gather(*uploads)
    assert len(scene.blobs._blobs) == 1
    assert (await scene.announce())[1] is None


async def test_the_sweep_goes_on_after_a_failure(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    swept = asyncio.Event()
    outcomes: list[Exception] = [UnavailableError("away"), RuntimeError("unforeseen")]

    async def sweep() -> int:
        if outcomes:
            raise outcomes.pop()
        swept.set()
        return 0

    monkeypatch.setattr(scene.upkeep, "sweep", sweep)
    monkeypatch.setattr("panope.features.media.upkeep._SWEEP_S", 0)
    async with kept_clean(scene.upkeep):
        await asyncio.wait_for(swept.wait(), 5)


async def test_nothing_shares_a_key() -> None:
    media = Media(id=MediaId("x"), sha256=sha256_of(PNG), content_type="a/b", content_length=1, created_us=1)
    keys = {
        blob_key(project, each)
        for project in (PROJECT, OTHER, ProjectId("../.."))
        for each in (media, replace(media, created_us=2), replace(media, sha256=sha256_of(b"x")))
    }
    assert len(keys) == 9
    assert not any(".." in key for key in keys)
