"""Datasets and items over HTTP, on every engine: what clients write, read back, and get wrong."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = ["plain", "a folder/with/more", "../up", "100%", "100%25", "a%2Fb", "🏛 capitals", "+plus&?=#", "x" * 800]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with opened_scene(request.param, request, tmp_path_factory.mktemp("scene")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def edge(scene: Scene) -> Edge:
    return await scene.new_project()


async def post(edge: Edge, path: str, body: Any, status: int = 200) -> Any:
    response = await edge.send(path, json.dumps(body).encode())
    assert response.status_code == status, response.text
    return response.json()


async def get(edge: Edge, path: str, status: int = 200) -> Any:
    answered, body = await edge.get(path)
    assert answered == status, body
    return body


async def make(edge: Edge, name: str = "capitals", **fields: Any) -> Any:
    return await post(edge, "/v2/datasets", {"name": name, **fields})


async def put(edge: Edge, name: str = "capitals", status: int = 200, **fields: Any) -> Any:
    return await post(edge, "/dataset-items", {"datasetName": name, "input": 1, **fields}, status)


async def items(edge: Edge, name: str = "capitals", more: str = "") -> list[Any]:
    rows: list[Any] = (await get(edge, f"/dataset-items?datasetName={quote(name, safe='')}{more}"))["data"]
    return rows


async def test_a_dataset_is_shown_whole_by_every_route(edge: Edge) -> None:
    schema = {"type": "object", "properties": {"q": {"type": "string"}}}
    made = await make(edge, description="d", metadata={"v": [1, None]}, inputSchema=schema)
    assert made.keys() == set(
        "id projectId name description metadata inputSchema expectedOutputSchema createdAt updatedAt".split()
    )
    assert (made["name"], made["description"], made["metadata"]) == ("capitals", "d", {"v": [1, None]})
    assert (made["inputSchema"], made["expectedOutputSchema"], made["projectId"]) == (schema, None, edge.project_id)
    assert await get(edge, "/v2/datasets/capitals") == made
    listed = await get(edge, "/v2/datasets")
    assert listed == {"data": [made], "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}}
    assert await post(edge, "/datasets", {"name": "capitals"}) == made | {"items": [], "runs": []}


async def test_an_upsert_keeps_what_is_left_out_and_takes_a_schema_of_null_away(edge: Edge) -> None:
    made = await make(edge, description="d", metadata="m", inputSchema={}, expectedOutputSchema={})
    assert await make(edge, description=None, metadata=None) == made
    changed = await make(edge, description="", inputSchema=None)
    assert changed == made | {"description": "", "inputSchema": None}


@pytest.mark.parametrize("encoded", [1, 2])
@pytest.mark.parametrize("name", NAMES)
async def test_names_survive_paths_and_queries_encoded_once_or_twice(edge: Edge, name: str, encoded: int) -> None:
    made = await make(edge, name)
    item = await put(edge, name, id=name)
    sent = name
    for _ in range(encoded):
        sent = quote(sent, safe="")
    assert (await get(edge, f"/v2/datasets/{sent}"))["id"] == made["id"]
    assert [row["id"] for row in (await get(edge, f"/dataset-items?datasetName={sent}"))["data"]] == [name]
    assert await get(edge, f"/dataset-items/{sent}") == item
    assert (await get(edge, f"/datasets/{sent}"))["items"] == [item]


async def test_an_item_is_shown_whole_by_every_route(edge: Edge) -> None:
    dataset = await make(edge)
    written = await put(
        edge,
        input={"q": "France"},
        expectedOutput={"a": "Paris"},
        metadata={"n": 1},
        sourceTraceId="t",
        sourceObservationId="o",
    )
    assert written == {
        "id": written["id"],
        "status": "ACTIVE",
        "input": {"q": "France"},
        "expectedOutput": {"a": "Paris"},
        "metadata": {"n": 1},
        "sourceTraceId": "t",
        "sourceObservationId": "o",
        "datasetId": dataset["id"],
        "datasetName": "capitals",
        "createdAt": written["createdAt"],
        "updatedAt": written["createdAt"],
        "mediaReferences": [],
    }
    assert await get(edge, f"/dataset-items/{written['id']}") == written
    assert await items(edge) == [written]
    assert await get(edge, "/dataset-items?sourceTraceId=t") == await get(edge, "/dataset-items?sourceObservationId=o")
    whole = await get(edge, "/datasets/capitals")
    assert (whole["items"], whole["runs"]) == ([written], [])
    assert [row["items"] for row in (await get(edge, "/datasets"))["data"]] == [[written["id"]]]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Spain", "Spain"),
        ('{"a": 1}', {"a": 1}),
        ("[1", "[1"),
        ("12", 12),
        ("true", True),
        (" ", " "),
        ("nan", "nan"),
        (0, 0),
        (False, False),
        ([], []),
        ("a\x00b\x07c\x1fd\te\nf\r", "abcd\te\nf\r"),
        ({"k\x01": ["\x08x\x0cy\\u0001"]}, {"k": ["xy\\u0001"]}),
        (2**53 + 1, 2**53 + 1),
        (10**30, 10**30),
        (1.0, 1.0),
        ("[" * 5000, "[" * 5000),
        ("[" * 300 + "]" * 300, "[" * 300 + "]" * 300),
    ],
)
async def test_a_payload_is_kept_as_the_value_that_it_is(edge: Edge, sent: Any, kept: Any) -> None:
    await make(edge)
    item = await put(edge, id="i", input=sent, expectedOutput=sent, metadata=sent)
    assert (item["input"], item["expectedOutput"], item["metadata"]) == (kept, kept, kept)


async def test_null_in_a_text_is_nothing(edge: Edge) -> None:
    await make(edge)
    item = await put(edge, expectedOutput="null", metadata="")
    assert (item["expectedOutput"], item["metadata"]) == (None, None)
    for nothing in ("null", "", None):
        await put(edge, status=400, id="new", input=nothing)


async def test_an_upsert_of_an_item_keeps_what_is_left_out_null_or_blank(edge: Edge) -> None:
    await make(edge)
    first = await put(edge, id="i", input={"q": 1}, expectedOutput="e", metadata={"m": 1}, sourceTraceId="t")
    archived = await post(
        edge, "/dataset-items", {"datasetName": "capitals", "id": "i", "status": "ARCHIVED", "input": ""}
    )
    assert archived | {"updatedAt": 0} == first | {"status": "ARCHIVED", "updatedAt": 0}
    assert await items(edge) == []
    assert (await get(edge, "/dataset-items/i"))["status"] == "ARCHIVED"
    await post(edge, "/dataset-items", {"datasetName": "capitals", "id": "i", "status": "ACTIVE", "input": None})
    assert [row["input"] for row in await items(edge)] == [{"q": 1}]


async def test_a_blank_source_is_none(edge: Edge) -> None:
    await make(edge)
    made = await put(edge, id="i", sourceTraceId="", sourceObservationId="")
    assert (made["sourceTraceId"], made["sourceObservationId"]) == (None, None)
    await put(edge, id="i", sourceTraceId="t")
    assert (await put(edge, id="i", sourceTraceId=""))["sourceTraceId"] == "t"


async def test_items_are_listed_newest_first_and_every_page_fits_the_next(edge: Edge) -> None:
    await make(edge)
    for number in range(7):
        await put(edge, id=f"i{number}")
    pages = [await get(edge, f"/dataset-items?datasetName=capitals&limit=3&page={page}") for page in (1, 2, 3, 4)]
    assert [row["id"] for page in pages for row in page["data"]] == [f"i{number}" for number in reversed(range(7))]
    assert pages[3] == {"data": [], "meta": {"page": 4, "limit": 3, "totalItems": 7, "totalPages": 3}}
    await put(edge, id="newer")
    again = await get(edge, "/dataset-items?datasetName=capitals&limit=3&page=2")
    assert [row["id"] for row in again["data"]] == ["i4", "i3", "i2"], "what was remembered of the pages is void"


async def test_a_version_is_the_dataset_as_it_was_then(edge: Edge) -> None:
    await make(edge)
    first = await put(edge, id="first")
    assert await items(edge, more=f"&version={first['createdAt']}") == [first]
    assert await items(edge, more="&version=2020-01-01T00:00:00Z") == []
    assert await get(edge, "/dataset-items?version=2020-01-01T00:00:00Z", 400)


async def test_a_deleted_item_is_gone_and_its_id_is_free(edge: Edge) -> None:
    await make(edge)
    await make(edge, "other")
    await put(edge, id="i")
    refused = await put(edge, "other", 409, id="i")
    assert refused["error"] == "LangfuseConflictError"
    response = await edge.send("/dataset-items/i", b"", method="DELETE")
    assert (response.status_code, response.json()) == (200, {"message": "Dataset item successfully deleted"})
    assert (await edge.send("/dataset-items/i", b"", method="DELETE")).status_code == 404
    await get(edge, "/dataset-items/i", 404)
    await put(edge, "other", id="i")


async def test_what_another_project_has_is_not_there(scene: Scene, edge: Edge) -> None:
    stranger = await scene.new_project()
    await make(edge, "theirs")
    await put(edge, "theirs", id="i", sourceTraceId="t")
    for path in ("/v2/datasets/theirs", "/datasets/theirs", "/dataset-items/i", "/dataset-items?datasetName=theirs"):
        body = await get(stranger, path, 404)
        assert body["error"] == "LangfuseNotFoundError"
    assert (await get(stranger, "/dataset-items?sourceTraceId=t"))["data"] == []
    assert (await get(stranger, "/v2/datasets"))["data"] == []
    await put(stranger, "theirs", 404)
    assert (await stranger.send("/dataset-items/i", b"", method="DELETE")).status_code == 404
    await make(stranger, "theirs")
    await put(stranger, "theirs", id="i", input="mine")
    assert (await get(edge, "/dataset-items/i"))["input"] == 1


async def test_items_keep_to_the_schemas_of_their_dataset(edge: Edge) -> None:
    await make(
        edge, inputSchema={"type": "object", "properties": {"n": {"type": "array", "items": {"type": "integer"}}}}
    )
    await put(edge, id="good", input={"n": [1]})
    refused = await put(edge, status=400, id="good", input={"n": [1, "my secret"]})
    assert refused["error"] == [
        {"code": "schema_violation", "path": ["input", "n", 1], "message": 'the value is not of type "integer"'}
    ]
    assert (await get(edge, "/dataset-items/good"))["input"] == {"n": [1]}
    refused = await post(edge, "/v2/datasets", {"name": "capitals", "inputSchema": {"required": ["m"]}}, 400)
    assert refused["error"][0]["path"] == ["good", "input"]
    await make(edge, inputSchema={"required": ["n"]})
    assert (await get(edge, "/v2/datasets/capitals"))["inputSchema"] == {"required": ["n"]}


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(depth):
        schema = {"properties": {"a": schema}}
    return schema


BOMB = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]} for n in range(30)}
BAD_SCHEMAS: list[tuple[Any, str]] = [
    ("object", "Expected `object | null`"),
    (["x"], "Expected `object | null`"),
    ({"type": "nonsense"}, "no JSON Schema"),
    ({"type": 12}, "no JSON Schema"),
    ({"pattern": "(?=x)"}, "no JSON Schema"),
    ({"pattern": "["}, "no JSON Schema"),
    ({"$ref": "http://127.0.0.1:9/x.json"}, "nothing is fetched"),
    ({"$ref": "file:///etc/hostname"}, "nothing is fetched"),
    ({"$schema": "http://127.0.0.1:9/x.json"}, "no JSON Schema"),
    ({"properties": {"a": {"$ref": "#/$defs/ghost"}}}, "not in the schema"),
    ({"properties": {"a": {"$id": "other.json"}}}, "root of a schema"),
    ({"$schema": "http://json-schema.org/draft-04/schema#", "items": {"id": "a"}}, "root of a schema"),
    ({"$defs": {**BOMB, "d30": {}}, "$ref": "#/$defs/d0"}, "unfold to more than"),
    (nested(190), "nests"),
    ({"description": "x" * 300_000}, "at most"),
]


@pytest.mark.parametrize(("schema", "says"), BAD_SCHEMAS, ids=range(len(BAD_SCHEMAS)))
async def test_what_is_no_schema_is_refused(edge: Edge, schema: Any, says: str) -> None:
    refused = await post(edge, "/v2/datasets", {"name": "x", "inputSchema": schema}, 400)
    assert says in str(refused)
    await get(edge, "/v2/datasets/x", 404)


async def test_a_hostile_schema_takes_no_time(edge: Edge) -> None:
    await make(edge, inputSchema={"properties": {"a": {"pattern": "^(a+)+$"}}})
    refused = await put(edge, status=400, input={"a": "a" * 40_000 + "b"})
    assert "a" * 100 not in str(refused)
    branch = {"type": "object", "properties": {"c": {"$ref": "#/$defs/n"}}, "required": ["c"]}
    await make(edge, "tree", inputSchema={"$defs": {"n": {"anyOf": [branch, branch]}}, "$ref": "#/$defs/n"})
    value: Any = 1
    for _ in range(90):
        value = {"c": value}
    assert "does not keep to the schema" in str(await put(edge, "tree", 400, input=value))


BAD_BODIES: list[tuple[str, Any, int, str]] = [
    ("/v2/datasets", {}, 400, "name"),
    ("/v2/datasets", {"name": ""}, 400, "blank"),
    ("/v2/datasets", {"name": "  "}, 400, "blank"),
    ("/v2/datasets", {"name": 5}, 400, "name"),
    ("/v2/datasets", {"name": "x" * 801}, 400, "800 bytes"),
    ("/v2/datasets", {"name": "a\nb"}, 400, "control"),
    ("/v2/datasets", {"name": "a\x00b"}, 400, "NUL"),
    ("/v2/datasets", {"name": "<b>x</b>"}, 400, "HTML"),
    ("/v2/datasets", {"name": "x", "description": 1}, 400, "description"),
    ("/v2/datasets", [], 400, ""),
    ("/datasets", {"name": ""}, 400, "blank"),
    ("/dataset-items", {"input": 1}, 400, "datasetName"),
    ("/dataset-items", {"datasetName": "capitals"}, 400, "input cannot be null"),
    ("/dataset-items", {"datasetName": "capitals", "input": ""}, 400, "input cannot be null"),
    ("/dataset-items", {"datasetName": "none", "input": 1}, 404, "Dataset not found"),
    ("/dataset-items", {"datasetName": "", "input": 1}, 404, "Dataset not found"),
    ("/dataset-items", {"datasetName": "a\x00b", "input": 1}, 404, "Dataset not found"),
    ("/dataset-items", {"datasetName": "x" * 900, "input": 1}, 404, "Dataset not found"),
    ("/dataset-items", {"datasetName": "capitals", "input": 1, "id": ""}, 400, "id"),
    ("/dataset-items", {"datasetName": "capitals", "input": 1, "id": "x" * 801}, 400, "id"),
    ("/dataset-items", {"datasetName": "capitals", "input": 1, "id": "a\x00"}, 400, "id"),
    ("/dataset-items", {"datasetName": "capitals", "input": 1, "id": 7}, 400, "id"),
    ("/dataset-items", {"datasetName": "capitals", "input": 1, "status": "GONE"}, 400, "status"),
    ("/dataset-items", {"datasetName": "capitals", "input": 1, "sourceTraceId": "x" * 900}, 400, "sourceTraceId"),
    ("/dataset-items", {"datasetName": "capitals", "input": nested(120)}, 400, "nests"),
]


@pytest.mark.parametrize(("path", "body", "status", "says"), BAD_BODIES, ids=range(len(BAD_BODIES)))
async def test_a_bad_body_is_refused_by_its_place(edge: Edge, path: str, body: Any, status: int, says: str) -> None:
    await make(edge)
    refused = await post(edge, path, body, status)
    assert says in str(refused)
    assert await items(edge) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff", b'{"datasetName":"capitals","input":"\\ud800"}', b'{"datasetName":"capitals","input":1e999}'],
)
async def test_what_is_no_json_is_refused(edge: Edge, raw: bytes) -> None:
    await make(edge)
    assert (await edge.send("/dataset-items", raw)).status_code == 400
    assert (await edge.send("/v2/datasets", raw)).status_code == 400


@pytest.mark.parametrize(
    "query", ["limit=101", "limit=0", "page=0", "page=x", "version=yesterday&datasetName=capitals"]
)
async def test_a_bad_query_is_refused(edge: Edge, query: str) -> None:
    await make(edge)
    await get(edge, f"/dataset-items?{query}", 400)
