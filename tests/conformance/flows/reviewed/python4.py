"""Comments and annotation queues by the generated client of generations 4 and 5, which takes plain arguments."""

import os
from urllib.parse import quote

from langfuse import Langfuse, propagate_attributes
from langfuse.api.annotation_queues.types import AnnotationQueueObjectType, AnnotationQueueStatus
from langfuse.api.commons.types import ScoreConfigDataType
from reporting import RUN, outcome, report

REVIEWER = os.environ["REVIEWER"]
langfuse = Langfuse()
with (
    propagate_attributes(session_id=f"session-{RUN}"),
    langfuse.start_as_current_observation(name="root") as root,
):
    pass
langfuse.flush()
api = langfuse.api
project_id = api.projects.get().data[0].id


def comment(object_type, object_id, **more):
    request = {"project_id": project_id, "object_type": object_type, "object_id": object_id, "content": f"on {RUN}"}
    return api.comments.create(**request, **more).id


langfuse.create_prompt(name=f"prompts/{RUN}", prompt="Sum up", labels=["production"])
prompt_id = api.prompts.get(quote(f"prompts/{RUN}", safe="")).id
targets = {"TRACE": root.trace_id, "OBSERVATION": root.id, "SESSION": f"session-{RUN}", "PROMPT": prompt_id}
comments = {kind: api.comments.get_by_id(comment(kind, name)) for kind, name in targets.items()}
by_reviewer = api.comments.get_by_id(comment("TRACE", root.trace_id, author_user_id=REVIEWER))
listed = api.comments.get(object_type="TRACE", object_id=root.trace_id, limit=1)

config = api.score_configs.create(name=f"quality-{RUN}", data_type=ScoreConfigDataType.NUMERIC)
queues = api.annotation_queues
draft = {"name": f"queue-{RUN}", "description": "odd ones", "score_config_ids": [config.id]}
queue = queues.create_queue(**draft)
item = queues.create_queue_item(queue.id, object_id=root.trace_id, object_type=AnnotationQueueObjectType.TRACE)
pending = queues.list_queue_items(queue.id, status=AnnotationQueueStatus.PENDING)
report(
    reviewer=REVIEWER,
    targets=targets,
    comments=comments,
    by_reviewer=by_reviewer,
    listed=listed,
    no_object=outcome(lambda: comment("TRACE", "none")),
    no_author=outcome(lambda: comment("TRACE", root.trace_id, author_user_id="nobody")),
    config_id=config.id,
    queue=queue,
    found=queues.get_queue(queue.id),
    names=[row.name for row in queues.list_queues(limit=100).data],
    name_taken=outcome(lambda: queues.create_queue(**draft)),
    item=item,
    found_item=queues.get_queue_item(queue.id, item.id),
    pending=pending,
    completed=queues.update_queue_item(queue.id, item.id, status=AnnotationQueueStatus.COMPLETED),
    still_pending=queues.list_queue_items(queue.id, status=AnnotationQueueStatus.PENDING),
    deletion=queues.delete_queue_item(queue.id, item.id),
    deleted=outcome(lambda: queues.get_queue_item(queue.id, item.id)),
    assigned=queues.create_queue_assignment(queue.id, user_id=REVIEWER),
    unassigned=queues.delete_queue_assignment(queue.id, user_id=REVIEWER),
)
langfuse.shutdown()
