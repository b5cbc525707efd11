"""Sends what lists of sessions, users and scores are made of: two chats of two people, judged by code and by people."""

from langfuse import Langfuse, propagate_attributes
from reporting import RUN, report

CHAT = "chat/1 #2?%25"
PERSON = "ann/1?x#y%2F"
HOSTILE = '<img src=x onerror="alert(1)"> [click](javascript:alert(2)) **bold**'
QUESTIONS = ("How do I reset my password?", "And on the phone?", "That failed. Why?", HOSTILE)
langfuse = Langfuse(environment="production")


def say(number: int, question: str, history: list[dict[str, str]], *, user: str, chat: str) -> str:
    """One turn: the model is sent all that was said before."""
    asked = [*history, {"role": "user", "content": question}]
    answer = {"role": "assistant", "content": f"Answer {number}: so it is."}
    with (
        propagate_attributes(trace_name="chat turn", user_id=user, session_id=chat, tags=["support"]),
        langfuse.start_as_current_observation(as_type="agent", name="chat turn", input=asked) as root,
    ):
        with langfuse.start_as_current_observation(as_type="generation", name="answer", model="gpt-4o-mini") as step:
            failed = {"level": "ERROR", "status_message": "no answer"} if number == 2 else {}
            step.update(input=asked, output=answer, usage_details={"input": 100, "output": 10}, **failed)
        root.update(output=answer)
    history += [asked[-1], answer]
    return str(root.trace_id)


said: list[dict[str, str]] = []
turns = [say(number, question, said, user=PERSON, chat=CHAT) for number, question in enumerate(QUESTIONS)]
other = say(9, "Where is my parcel?", [], user="bob", chat="chat-2")
for number, trace_id in enumerate(turns):
    langfuse.create_score(name="helpful", value=float(number != 2), data_type="BOOLEAN", trace_id=trace_id)
langfuse.create_score(name="tone", value="polite", data_type="CATEGORICAL", trace_id=other, comment="well said")
langfuse.create_score(name="solved", value=0.25, session_id=CHAT, comment="only half", metadata={"by": "survey"})
langfuse.flush()
report(chat=CHAT, person=PERSON, turns=turns, other=other, run=RUN)
