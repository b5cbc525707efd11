"""Prompts by every call that a generation's client has for them. One script for all generations."""

import inspect
import json
import logging

from langfuse import Langfuse
from reporting import RUN, outcome, report, rest

client = Langfuse()
is_second = hasattr(client, "client")
api = client.client if is_second else client.api
NAME, CHAT, FOLDER = f"prompt-{RUN}", f"chat-{RUN}", f"team/über {RUN} 100%/🦊"


def shown(prompt):
    fields = ("name", "version", "prompt", "config", "labels", "tags", "is_fallback", "commit_message")
    return {field: getattr(prompt, field, None) for field in fields}


def get(name, **asked):
    return client.get_prompt(name, cache_ttl_seconds=0, max_retries=1, **asked)


def listed_by_filter():
    if "filter" not in inspect.signature(api.prompts.list).parameters:
        return None
    conditions = [
        {"type": "string", "column": "name", "operator": "=", "value": NAME},
        {"type": "arrayOptions", "column": "labels", "operator": "none of", "value": ["latest"]},
    ]
    return [row.versions for row in api.prompts.list(filter=json.dumps(conditions), name="none").data]


first = client.create_prompt(
    name=NAME,
    prompt="Hello {{who}}",
    labels=["production"],
    tags=["greeting"],
    config={"model": "gpt-4o", "temperature": 0.3},
    commit_message="first",
)
second = client.create_prompt(name=NAME, prompt="Hi {{who}}, {{what}}!", labels=["staging"])
before = {label or "none": get(NAME, label=label).version for label in (None, "production", "staging", "latest")}
by_version = [shown(get(NAME, version=version)) for version in (1, 2)]
client.update_prompt(name=NAME, version=2, new_labels=["production", "tested"])
after = [shown(get(NAME, version=version)) for version in (1, 2)]

messages = [{"role": "system", "content": "You are {{role}}"}, {"role": "user", "content": "{{q}}"}]
client.create_prompt(name=CHAT, type="chat", prompt=messages, labels=["production"])
chat = get(CHAT, type="chat")
with_placeholder = None
if not is_second:
    placed = [messages[0], {"type": "placeholder", "name": "history"}, messages[1]]
    client.create_prompt(name=f"{CHAT}-placed", type="chat", prompt=placed, labels=["production"])
    history = [{"role": "user", "content": "before"}]
    with_placeholder = get(f"{CHAT}-placed", type="chat").compile(role="kind", q="hi", history=history)

client.create_prompt(name=FOLDER, prompt="in a folder", labels=["production"])
client.create_prompt(
    name=f"whole-{RUN}",
    prompt=f"<@@@langfusePrompt:name={NAME}|label=production@@@> <@@@langfusePrompt:name={FOLDER}|version=1@@@>",
    labels=["production"],
)
cached = client.get_prompt(FOLDER)
client.create_prompt(name=FOLDER, prompt="newer", labels=["production"])
logging.disable()  # it complains, rightly
fallback = get(f"none-{RUN}", fallback="fall back, {{who}}")
logging.disable(logging.NOTSET)

linked = get(NAME)
if is_second:
    generation = client.generation(name="linked", prompt=linked, model="gpt-4o", input="Hi", output="ok")
    generation.end()
    trace_id = generation.trace_id
else:
    start = getattr(client, "start_observation", None)
    generation = (
        start(name="linked", as_type="generation", prompt=linked, model="gpt-4o")
        if start is not None
        else client.start_generation(name="linked", prompt=linked, model="gpt-4o")
    )
    generation.end()
    trace_id = generation.trace_id
client.flush()

deleted = None
if not is_second:
    client.create_prompt(name=f"gone-{RUN}", prompt="1", labels=["a"])
    client.create_prompt(name=f"gone-{RUN}", prompt="2", labels=["b"])
    deleted = [
        outcome(lambda: api.prompts.delete(NAME, version=2)),
        outcome(lambda: api.prompts.delete(f"gone-{RUN}", label="b")),
        get(f"gone-{RUN}", label="latest").version,
        outcome(lambda: api.prompts.delete(f"gone-{RUN}")),
        outcome(lambda: get(f"gone-{RUN}", label="latest")),
    ]

report(
    first=shown(first),
    second=shown(second),
    before=before,
    by_version=by_version,
    after=after,
    compiled=get(NAME).compile(who="Ann", what="welcome"),
    chat=shown(chat),
    compiled_chat=chat.compile(role="kind", q="hi"),
    with_placeholder=with_placeholder,
    folder=shown(get(FOLDER)),
    whole=get(f"whole-{RUN}").prompt,
    cached=[cached.prompt, client.get_prompt(FOLDER).prompt],
    fallback=[shown(fallback), fallback.compile(who="Ann")],
    unknown=outcome(lambda: get(f"none-{RUN}")),
    refused=outcome(lambda: client.create_prompt(name="a|b", prompt="x")),
    listed=api.prompts.list(name=NAME),
    listed_by_tag=[row.name for row in api.prompts.list(tag="greeting", label="tested", limit=100).data],
    listed_by_filter=listed_by_filter(),
    by_client=api.prompts.get(FOLDER),
    observations=rest(f"observations?traceId={trace_id}")["data"],
    observations_v2=rest(f"v2/observations?traceId={trace_id}&fields=core,prompt")["data"],
    linked_id=rest(f"v2/prompts/{NAME}?version=2")["id"],
    deleted=deleted,
)
