/** What stands in an empty list: how to make its first row. */
import type { NothingYet } from "./levels";

export const NO_TRACES: NothingYet = {
  title: "No traces yet",
  text: "Point an SDK of Langfuse, or any OpenTelemetry exporter, at this address with a key pair of this project.",
};

export const NO_SESSIONS: NothingYet = {
  title: "No sessions yet",
  text: "Traces that carry the same session id are one session: a conversation, a ticket, a run of a job.",
  snippet: [
    "from langfuse import observe, propagate_attributes",
    "",
    "@observe()",
    "def answer(question: str, chat_id: str) -> str:",
    "    with propagate_attributes(session_id=chat_id):",
    "        return ask_the_model(question)",
  ].join("\n"),
};

export const NO_USERS: NothingYet = {
  title: "No users yet",
  text: "Traces that carry a user id say who was served: what each person costs, and where it goes wrong for them.",
  snippet: [
    "from langfuse import observe, propagate_attributes",
    "",
    "@observe()",
    "def answer(question: str, customer: str) -> str:",
    "    with propagate_attributes(user_id=customer):",
    "        return ask_the_model(question)",
  ].join("\n"),
};

export const NO_SCORES: NothingYet = {
  title: "No scores yet",
  text: "A score says how good something was: a trace, one step of it, or a session. Code, people and evaluators give them.",
  snippet: [
    "from langfuse import get_client",
    "",
    'get_client().create_score(trace_id=trace_id, name="helpful", value=1, data_type="BOOLEAN", comment="👍")',
  ].join("\n"),
};
