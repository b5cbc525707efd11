"""What the web app knows of its lane is what the server says of it."""

import pytest

from tools import web_schema
from tools.build_web import has_node


def test_the_types_of_the_web_app_are_those_of_the_server() -> None:
    if not has_node() or not web_schema.GENERATOR.is_file():
        pytest.skip("the packages of web/ are not installed: run `make web`")
    assert web_schema.PAGE.read_text(encoding="utf-8") == web_schema.render(), "run `make docs`"


def test_bodies_with_a_title_get_their_name_and_the_rest_of_the_api_is_left_out() -> None:
    body = {"type": "object", "title": "RowBody", "properties": {"inner": {"type": "object", "title": "InnerBody"}}}
    paths = {"/api/ui/rows": {"get": {"schema": {"type": "array", "items": body}}}, "/api/public/rows": {"get": {}}}
    narrowed = web_schema.narrowed({"openapi": "3.1.0", "paths": paths})
    assert list(narrowed["paths"]) == ["/api/ui/rows"]
    assert narrowed["paths"]["/api/ui/rows"]["get"]["schema"]["items"] == {"$ref": "#/components/schemas/RowBody"}
    assert narrowed["components"]["schemas"]["RowBody"]["properties"]["inner"] == {
        "$ref": "#/components/schemas/InnerBody"
    }
