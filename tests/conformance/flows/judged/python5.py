"""Generation 5: scores as an array, reads of the third version, and feedback about the server."""

from judged.judging import CATEGORIES, TRACE, judge
from langfuse import Langfuse
from langfuse.api import ConfigCategory
from langfuse.api.scores import CreateScoreRequest
from observed.walking import EVERY_SCORE_FIELD
from reporting import RUN, outcome, report

langfuse = Langfuse()
api = langfuse.api


def make(**fields):
    if fields["data_type"] == "CATEGORICAL":
        fields["categories"] = [ConfigCategory(label=label, value=value) for label, value in CATEGORIES]
    return api.score_configs.create(**fields)


def request(**fields):
    return CreateScoreRequest(name="any", trace_id=TRACE, **fields)


facts = judge(
    make,
    api.score_configs.get_by_id,
    lambda config_id: api.score_configs.update(config_id, is_archived=True, description="no more"),
    lambda score_id, **fields: langfuse.create_score(score_id=score_id, name="any", trace_id=TRACE, **fields),
    langfuse.flush,
)
listed = api.score_configs.get(limit=100)
scores = api.scores.get_many(trace_id=TRACE, fields=EVERY_SCORE_FIELD).data
api.scores.delete(f"beside-{RUN}")
config_id = facts["made"]["accuracy"].id
report(
    **facts,
    listed=[config.name for config in listed.data if config.name.endswith(RUN)],
    scores=scores,
    by_config=[row.id for row in api.scores.get_many(config_id=config_id).data],
    refused=outcome(lambda: api.scores.create(request=request(value=7, config_id=facts["made"]["safe"].id))),
    missing=outcome(lambda: api.scores.create(request=request(value=7, config_id="none"))),
    some_refused=api.scores.create(
        request=[request(value=7, config_id=config_id), request(id=f"array-{RUN}", value=1)]
    ),
    unknown=outcome(lambda: api.score_configs.get_by_id("none")),
    unlawful=outcome(lambda: api.score_configs.create(name="a/b", data_type="NUMERIC")),
    deleted=api.scores.get_many(id=f"beside-{RUN}").data,
    feedback=api.feedback.submit(target_type="docs", target="scores", feedback="clear", goal="to score"),
)
langfuse.shutdown()
