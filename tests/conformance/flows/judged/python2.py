"""Generation 2: configs by its own client, scores in batches, reads of the first version."""

from judged.judging import CATEGORIES, TRACE, call, judge
from langfuse import Langfuse
from langfuse.api.resources.commons.types.config_category import ConfigCategory
from langfuse.api.resources.score_configs.types.create_score_config_request import CreateScoreConfigRequest
from reporting import RUN, outcome, report

langfuse = Langfuse()
langfuse.trace(id=TRACE, name=TRACE)
api = langfuse.client


def make(**fields):
    if fields["data_type"] == "CATEGORICAL":
        fields["categories"] = [ConfigCategory(label=label, value=value) for label, value in CATEGORIES]
    return api.score_configs.create(request=CreateScoreConfigRequest(**fields))


def change(config_id):
    call("PATCH", f"/api/public/score-configs/{config_id}", {"isArchived": True})
    return api.score_configs.get_by_id(config_id)


facts = judge(
    make,
    api.score_configs.get_by_id,
    change,
    lambda score_id, **fields: langfuse.score(id=score_id, name="any", trace_id=TRACE, **fields),
    langfuse.flush,
)
listed = api.score_configs.get(limit=100)
scores = langfuse.fetch_trace(TRACE).data.scores
api.score.delete(f"beside-{RUN}")
report(
    **facts,
    listed=[config.name for config in listed.data if config.name.endswith(RUN)],
    scores=scores,
    by_config=[row.id for row in api.score.get(config_id=facts["made"]["accuracy"].id).data],
    deleted=outcome(lambda: api.score.get_by_id(f"beside-{RUN}"))["status"],
)
