"""The operations of an SDK's generated client, found in its source, and called whatever their names are there.

An operation is `METHOD /path` with `{}` for each parameter of the path: that is what generations agree on, while
resources, methods and arguments change their names between them.
"""

import ast
import inspect
import types
import typing
from pathlib import Path

import pydantic


def find_operations(api):
    """Each operation of the client `api`, with the bound method that calls it."""
    root = Path(inspect.getfile(type(api))).parent
    found = {}
    for source in sorted({*root.rglob("client.py"), *root.rglob("raw_client.py")}):
        place = [part for part in source.relative_to(root).parts[:-1] if part != "resources"]
        for method, operation in _requests(ast.parse(source.read_text())):
            resource = api
            for part in place:
                resource = getattr(resource, part, None)
            if resource is not None and hasattr(resource, method):
                found[operation] = getattr(resource, method)
    return found


def _requests(module):
    """Name of the method and operation of every request that a class of this module makes."""
    for owner in module.body:
        if not isinstance(owner, ast.ClassDef) or owner.name.startswith("Async"):
            continue
        for function in owner.body:
            for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "request":
                    verb = next(word.value.value for word in node.keywords if word.arg == "method")
                    yield function.name, f"{verb} /{_template(node.args[0])}"


def _template(path):
    if isinstance(path, ast.Constant):
        return path.value
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in path.values)


def call(method, path, query, body):
    """Call a method of the generated client with what the request shall carry, in the types that it asks for."""
    hints = typing.get_type_hints(method)
    names = [name for name in inspect.signature(method).parameters if name != "request_options"]
    values = dict(zip((name for name in names if name != "request"), path, strict=False))
    if "request" in names and body is not None:
        values["request"] = body
        body = None
    by_word = {name.replace("_", ""): name for name in names}
    for word, value in {**query, **(body or {})}.items():
        name = by_word.get(word.replace("_", "").lower())
        if name is not None:  # else this generation does not know it yet
            values[name] = value
    return method(**{name: _typed(hints.get(name), value) for name, value in values.items()})


def _typed(hint, value):
    """The value as the hint wants it: a model of either pydantic, an enumeration, or what it is."""
    if hint is None:
        return value
    if hasattr(pydantic, "TypeAdapter") and not _is_of_pydantic_1(hint):
        return pydantic.TypeAdapter(hint).validate_python(value)
    return _as_pydantic_1(hint, value)


def _is_of_pydantic_1(hint):
    v1 = getattr(pydantic, "v1", None)
    kinds = [hint, *typing.get_args(hint)]
    kinds += [part for kind in kinds for part in typing.get_args(kind)]
    return v1 is not None and any(isinstance(kind, type) and issubclass(kind, v1.BaseModel) for kind in kinds)


def _as_pydantic_1(hint, value):
    v1 = getattr(pydantic, "v1", pydantic)
    return v1.parse_obj_as(hint, value) if not isinstance(hint, types.NoneType) else value
