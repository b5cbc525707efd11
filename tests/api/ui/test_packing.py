"""Large answers travel packed."""

import gzip

from tests.api.conftest import PROJECT
from tests.api.ui.conftest import Web
from tests.support.told import trace

PATH = f"/api/ui/projects/{PROJECT}"


async def test_a_large_answer_is_packed_for_who_takes_that(web: Web) -> None:
    await web.tell(*(trace(f"t{at}", at, input="word " * 60_000) for at in range(20)))
    for path, least in (("/traces", 5_000), ("/traces/t1/io?field=input&range=0-", 300_000)):
        plain = await web.stage.client.get(PATH + path, headers={**web.headers, "Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert len(plain.content) >= least
        sent = {**web.headers, "Accept-Encoding": "br, gzip"}
        async with web.stage.client.stream("GET", PATH + path, headers=sent) as packed:
            raw = b"".join([piece async for piece in packed.aiter_raw()])
        assert packed.headers["content-encoding"] == "gzip"
        assert "accept-encoding" in packed.headers["vary"].lower()
        assert int(packed.headers["content-length"]) == len(raw) < least / 4
        assert gzip.decompress(raw) == plain.content
        assert packed.headers.get("x-panope-size") == plain.headers.get("x-panope-size")


async def test_a_small_answer_and_a_stream_are_not(web: Web) -> None:
    await web.tell(trace("t", 0, input="needle"))
    for path in ("/traces/count", "/traces/t/search?text=needle", "/traces/export?format=csv"):
        response = await web.stage.client.get(PATH + path, headers={**web.headers, "Accept-Encoding": "gzip"})
        assert "content-encoding" not in response.headers
