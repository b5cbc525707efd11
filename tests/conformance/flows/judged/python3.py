"""Generation 3: configs by its own client, scores in batches, reads of the second version."""

from judged.judging import CATEGORIES, TRACE, judge
from langfuse import Langfuse
from langfuse.api.resources.commons.types.config_category import ConfigCategory
from langfuse.api.resources.score_configs.types.create_score_config_request import CreateScoreConfigRequest
from langfuse.api.resources.score_configs.types.update_score_config_request import UpdateScoreConfigRequest
from reporting import RUN, outcome, report

langfuse = Langfuse()
api = langfuse.api


def make(**fields):
    if fields["data_type"] == "CATEGORICAL":
        fields["categories"] = [ConfigCategory(label=label, value=value) for label, value in CATEGORIES]
    return api.score_configs.create(request=CreateScoreConfigRequest(**fields))


facts = judge(
    make,
    api.score_configs.get_by_id,
    lambda config_id: api.score_configs.update(config_id, request=UpdateScoreConfigRequest(is_archived=True)),
    lambda score_id, **fields: langfuse.create_score(score_id=score_id, name="any", trace_id=TRACE, **fields),
    langfuse.flush,
)
listed = api.score_configs.get(limit=100)
scores = api.score_v_2.get(trace_id=TRACE).data
api.score.delete(f"beside-{RUN}")
report(
    **facts,
    listed=[config.name for config in listed.data if config.name.endswith(RUN)],
    scores=scores,
    by_config=[row.id for row in api.score_v_2.get(config_id=facts["made"]["accuracy"].id).data],
    deleted=outcome(lambda: api.score_v_2.get_by_id(f"beside-{RUN}"))["status"],
)
langfuse.shutdown()
