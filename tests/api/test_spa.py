"""The web app's files and its one page, beside an API that stays what it is."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from panope.assembly import AppOptions
from panope.http.spa import find_web_app
from tests.api.conftest import staged

INDEX = '<!doctype html><base href="/" /><script src="./theme.js"></script>'
SCRIPT = b"console.log('panope')"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build leaves behind, in small."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text("{}")
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "theme.js").write_bytes(SCRIPT)
    for suffix, content in (("", SCRIPT), (".gz", gzip.compress(SCRIPT)), (".br", b"packed")):
        (tmp_path / "assets" / f"index-abc.js{suffix}").write_bytes(content)
    return tmp_path


@pytest.fixture
async def client(built: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with staged(AppOptions(web_app=find_web_app(built))) as stage:
        yield stage.client


@pytest.mark.parametrize(
    "path",
    ["/", "/project/p/traces", "/project/p/traces/a%2Fb", "/trace/x?y=1", "/nowhere", "/index.html", "/project/p/..."],
)
async def test_every_address_of_a_person_gets_the_page(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert (response.status_code, response.text) == (200, INDEX)
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["content-type"].startswith("text/html")
    again = await client.get(path, headers={"If-None-Match": f'"other", W/{response.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_runs_nothing_but_files_of_the_server(client: httpx2.AsyncClient) -> None:
    policy = (await client.get("/")).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"unsafe|https?:|\*", policy)


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api", "/api/ui/x", "/assets/old-123.js", "/assets", "/auth/nothing"]
)
async def test_what_programs_ask_for_stays_a_plain_404(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/json")


async def test_only_reading_gets_the_page(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/project/p")).status_code == 404
    assert (await client.head("/project/p")).status_code == 200


async def test_the_api_and_the_start_page_are_where_they_were(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/public/health")).json()["status"] == "OK"
    assert (await client.get("/api/public/traces")).status_code == 401
    assert "panope is running" in (await client.get("/start")).text


@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [
        ("gzip, deflate, br", "br", b"packed"),
        ("gzip", "gzip", SCRIPT),
        ("br;q=0, gzip;q=0.5", "gzip", SCRIPT),
        ("identity", None, SCRIPT),
    ],
)
async def test_a_hashed_file_is_kept_for_ever_and_packed_beforehand(
    client: httpx2.AsyncClient, accepted: str, encoding: str | None, content: bytes
) -> None:
    async with client.stream("GET", "/assets/index-abc.js", headers={"Accept-Encoding": accepted}) as response:
        raw = b"".join([part async for part in response.aiter_raw()])
    assert response.headers.get("content-encoding") == encoding
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-type"].startswith("text/javascript")
    assert (gzip.decompress(raw) if encoding == "gzip" else raw) == content


async def test_a_file_without_a_hash_is_asked_for_again(client: httpx2.AsyncClient) -> None:
    response = await client.get("/theme.js")
    assert response.headers["cache-control"] == "no-cache"
    assert (await client.get("/theme.js", headers={"If-None-Match": response.headers["etag"]})).status_code == 304


@pytest.mark.parametrize("path", ["/.vite/manifest.json", "/assets/../index.html", "/%2e%2e/etc/passwd", "/assets//"])
async def test_nothing_beside_the_built_files_is_served(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404 or response.text == INDEX


async def test_the_page_knows_its_prefix_whether_the_proxy_strips_it_or_not(built: Path) -> None:
    async with staged(AppOptions(root_path="/tools", web_app=find_web_app(built))) as stage:
        for path in ("/project/p", "/tools/project/p", "/tools"):
            assert '<base href="/tools/" />' in (await stage.client.get(path)).text
        assert (await stage.client.get("/tools/assets/index-abc.js")).status_code == 200
        other = await stage.client.get("/project/p", headers={"X-Forwarded-Prefix": "/other"})
        assert '<base href="/other/" />' in other.text
        hostile = await stage.client.get("/project/p", headers={"X-Forwarded-Prefix": '/"><script>'})
        assert '<base href="/tools/" />' in hostile.text


def test_no_build_is_no_app(tmp_path: Path) -> None:
    assert find_web_app(tmp_path) is None
    assert find_web_app(tmp_path / "none") is None
