"""What a sender can do about each code of the ledger."""

from typing import Final

REJECTED: Final = {
    "access_denied": "It sends a public key alone, which may only write scores: give the SDK the secret key too.",
    "all_spans_rejected": "Every span of some requests was refused; the other codes say why.",
    "archived_score_config": "It names an archived score config: name one in use, or bring this one back by PATCH.",
    "bad_event_id": "Give every event an id of 1 to 800 bytes without line breaks; a UUID does.",
    "bad_level": "level is DEBUG, DEFAULT, WARNING or ERROR.",
    "bad_prompt_link": "Send promptName and promptVersion together, the version as a whole number from 1.",
    "bad_score": "A score has a name, a value that fits its dataType, and one target: trace, session or dataset run.",
    "bad_time": "Send times as ISO 8601 with Z or an offset: datetime.now(timezone.utc).isoformat().",
    "body_too_large": "Send smaller batches (flush_at of the SDK), or raise PANOPE_MAX_BODY_BYTES.",
    "broken_gzip": "Something on the way cuts or repacks bodies: look at proxies, or send without compression.",
    "id_too_long": "Ids have at most 800 bytes: send a hash of the long one.",
    "malformed": "The body is no JSON in UTF-8: encode it with a JSON library, not by joining strings.",
    "malformed_otlp": "Send OTLP traces, protobuf or JSON, by HTTP; turn the exporters of logs and metrics elsewhere.",
    "malformed_span": "The exporter writes spans that are not OTLP: upgrade it.",
    "missing_id": "Spans need a trace id and a span id, updates the id of what they update.",
    "name_too_long": "Shorten the name; what varies belongs into metadata.",
    "score_breaks_categories": "Send a label of the score config, or add the label to the config.",
    "score_breaks_range": "Send a value between minValue and maxValue of the score config, or widen the config.",
    "score_breaks_type": "Send a value of the dataType of the score config; a config's type never changes.",
    "time_out_of_range": "The sender's clock is wrong, or its times are in another unit: set the clock by NTP.",
    "too_deep": "Flatten the value, or send it as one string of JSON.",
    "too_deeply_nested": "Flatten the attribute, or send it as one string of JSON.",
    "too_large_to_repair": "Clean the text before it is sent: it holds NUL or bytes that are not UTF-8.",
    "too_many_events": "Send fewer events at once (flush_at of the SDK).",
    "too_many_members": "Pack each body as one stream of gzip or deflate, not as thousands behind one another.",
    "too_many_objects": "Send fewer spans or attributes at once (max_export_batch_size of the exporter).",
    "too_many_spans": "Send fewer spans at once (max_export_batch_size of the exporter).",
    "unknown_score_config": "configId names no score config of the project: GET /api/public/score-configs lists them.",
    "unknown_type": "The SDK sends a type of event that is not ingested here: see the compatibility page.",
    "unsupported_content_type": "OTLP is application/x-protobuf or application/json.",
    "unsupported_encoding": "Compress with gzip or deflate, or not at all.",
    "unsupported_ingestion_version": "The SDK asks for a newer ingestion: use one from the compatibility page.",
    "wrong_time_unit": "Times are nanoseconds since 1970 in OTLP; the sender has seconds, milli- or microseconds.",
    "wrong_type": "A field holds another JSON type than the API reference says: send it as that.",
}
"""Whole requests and single events that were refused."""

REPAIRED: Final = {
    "dropped_completion_start_time": "Send the time of the first token as an ISO 8601 time.",
    "dropped_cost": "Send costs as numbers from 0, in USD; those that were dropped are in no sum, whatever else came.",
    "dropped_prompt_link": "Send the prompt's version as a whole number.",
    "dropped_usage": "Send usage as numbers from 0; the amounts that were dropped are in no sum and in no cost.",
    "end_before_start": "Take both times from one clock; these have no latency that means anything.",
    "repaired_number": "NaN, infinity and integers beyond 64 bits became text: leave such values out, or send text.",
    "repaired_text": "NUL or broken UTF-8 became U+FFFD: decode texts before they are sent.",
    "text_cut": "Names, versions, tags and models have at most 1,000 characters; put the rest into metadata.",
    "too_many_tags": "A trace has at most 200 tags; put what varies into metadata.",
    "unknown_keys": "Harmless: the SDK knows fields that this API does not.",
}
"""What was stored after it was changed."""

LOSSY_REPAIRS: Final = frozenset(
    {"dropped_cost", "dropped_usage", "dropped_prompt_link", "text_cut", "too_many_tags", "end_before_start"}
)
"""Those after which something is missing that somebody may look for."""

UNKNOWN: Final = "See the page of errors in the reference."
