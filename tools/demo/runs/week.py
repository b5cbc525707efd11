"""Seven days of requests to the team, sent by langfuse 2: the generation of SDK that lets one say when things were.

Prints what the next run needs to judge them: trace, agent, time, how long it took, what it cost, whether it failed.
"""

import json
import math
import os
import random
import uuid
from datetime import UTC, datetime, timedelta

from langfuse import Langfuse
from team import ANSWERS, DOCUMENTS, FOLLOW_UPS, MODELS, REQUESTS, SYSTEM, USERS, answer_of, tool_of

DAYS = int(os.environ.get("DEMO_DAYS", "7"))
PER_DAY = 70
NOW = datetime.now(UTC)
chance = random.Random(11)
langfuse = Langfuse()
told = []


def seconds(value):
    return timedelta(seconds=value)


def lasting(median, spread=0.5):
    """A duration in seconds, as services have them: most near the median, some far above."""
    return median * math.exp(chance.gauss(0, spread))


class Request:
    """One request: Zeus decides, an agent works, and everything happens one after the other."""

    def __init__(self, agent, topic, question, at, *, user, session, history=()):
        self.agent, self.topic, self.at, self.started = agent, topic, at, at
        self.failed, self.history, self.question = False, list(history), question
        deploy = NOW - at < timedelta(days=2)
        self.slow = 1.8 if agent == "apollo" and deploy else 1.0
        self.trace = langfuse.trace(
            id=str(uuid.UUID(int=chance.getrandbits(128))),
            name="user-request",
            timestamp=at,
            user_id=user,
            session_id=session,
            input={"message": question},
            metadata={
                "agent": agent,
                "source": chance.choice(("api", "web", "slack")),
                "region": chance.choice(("eu", "us")),
            },
            tags=["production", agent],
            version="2.4.0" if deploy else "2.3.1",
            release="2026-11" if deploy else "2026-10",
        )

    def pass_time(self, took):
        self.at += seconds(took)
        return self.at

    def step(self, parent, kind, name, took, **fields):
        """One observation that begins now and takes so many seconds."""
        begun = self.at
        return getattr(parent, kind)(name=name, start_time=begun, end_time=self.pass_time(took), **fields)

    def generate(self, parent, name, model, messages, output, tokens_in, tokens_out, took):
        """One call of a model, with its first token after a quarter of the time."""
        cached = tokens_in // 3 if self.history else 0
        usage = {"input": tokens_in - cached, "output": tokens_out, "total": tokens_in + tokens_out}
        self.step(
            parent,
            "generation",
            name,
            took,
            model=model,
            model_parameters={"temperature": 0.2, "max_tokens": 800},
            input=messages,
            output=output,
            completion_start_time=self.at + seconds(took / 4),
            usage_details={**usage, **({"input_cached_tokens": cached} if cached else {})},
        )

    def run(self):
        root = self.trace.span(name="process-request", start_time=self.at, input={"message": self.question})
        self.step(root, "span", "authenticate", 0.004)
        zeus = root.span(name="zeus", start_time=self.at, input=self.question, metadata={"agent": "zeus"})
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": self.question}]
        decision = {"agent": self.agent, "reason": f"The request is about {self.topic}."}
        reply = {"role": "assistant", "content": json.dumps(decision, ensure_ascii=False)}
        self.generate(
            zeus, "zeus-routing", MODELS["zeus"], messages, reply, 310 + 4 * len(self.question), 34, lasting(0.6)
        )
        zeus.end(output=decision, end_time=self.at)
        answer = self.work(root)
        root.update(output={"answer": answer}, end_time=self.at, **self.verdict())
        self.trace.update(output={"answer": answer} if answer else None)
        return answer

    def work(self, root):
        agent = root.span(name=self.agent, start_time=self.at, input=self.question, metadata={"agent": self.agent})
        name, arguments = tool_of(self.agent, self.topic)
        model = "mistral-7b-kosmos" if chance.random() < 0.06 else MODELS[self.agent]
        messages = [
            {"role": "system", "content": f"You are {self.agent.capitalize()}. Answer briefly."},
            *self.history,
            {"role": "user", "content": self.question},
        ]
        call = {
            "id": f"call_{chance.randrange(10**8)}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)},
        }
        size = 420 + sum(len(message["content"]) for message in messages) // 3
        self.generate(
            agent,
            "plan",
            model,
            messages,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            size,
            60,
            lasting(0.9) * self.slow,
        )
        found = self.use(agent, name, arguments)
        if found is None:
            self.failed = True
            agent.end(end_time=self.at, level="ERROR", status_message=f"{name} failed three times")
            return None
        answer = answer_of(self.agent, self.topic)
        messages += [
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call["id"], "content": json.dumps(found, ensure_ascii=False)},
        ]
        self.generate(
            agent,
            "answer",
            model,
            messages,
            {"role": "assistant", "content": answer},
            size + 380,
            len(answer) // 3,
            lasting(1.9) * self.slow,
        )
        agent.end(output=answer, end_time=self.at)
        return answer

    def use(self, agent, name, arguments):
        """Call the tool, again when it fails, three times at most."""
        for attempt in range(1, 4):
            took = lasting(0.35, 0.8) * self.slow
            if chance.random() > (0.75 if self.is_outage() else 0.1):
                found = [
                    {"source": source, "text": text, "score": round(chance.uniform(0.6, 0.97), 3)}
                    for source, text in DOCUMENTS
                ]
                result = (
                    {"documents": found}
                    if self.agent == "athena"
                    else {"status": "ok", "rows": chance.randrange(1, 90)}
                )
                self.step(agent, "span", name, took, input=arguments, output=result, metadata={"attempt": attempt})
                return result
            failed = agent.span(name=name, start_time=self.at, input=arguments, metadata={"attempt": attempt})
            failed.event(name="timeout", start_time=self.pass_time(took), metadata={"after_ms": round(took * 1000)})
            failed.end(
                end_time=self.at,
                level="ERROR" if attempt == 3 else "WARNING",
                status_message=f"{name} did not answer in time (attempt {attempt})",
            )
            self.pass_time(0.2 * attempt)
        return None

    def is_outage(self):
        """An hour and a half, yesterday, in which hardly any tool answered."""
        return timedelta(hours=24) < NOW - self.started < timedelta(hours=25.5)

    def verdict(self):
        return {"level": "ERROR", "status_message": "no answer"} if self.failed else {}

    def tell(self):
        told.append(
            {
                "trace": self.trace.id,
                "agent": self.agent,
                "at": self.started.isoformat(),
                "seconds": (self.at - self.started).total_seconds(),
                "failed": self.failed,
                "recent": NOW - self.started < timedelta(days=2),
            }
        )


def ask(at, user, session=None, history=(), agent=None):
    agent = agent or chance.choices(tuple(ANSWERS), (5, 2, 3, 2))[0]
    topic, question = chance.choice(REQUESTS[agent])
    if history:
        question = chance.choice(FOLLOW_UPS)
    request = Request(agent, topic, question, at, user=user, session=session, history=history)
    answer = request.run()
    request.tell()
    said = [
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer or "I could not find that out."},
    ]
    return request.at, [*history, *said], agent


def talk(at, user, session, turns):
    """A conversation: each question knows what was said before."""
    history, agent = (), None
    for _ in range(turns):
        at, history, agent = ask(at, user, session, history, agent)
        at += seconds(lasting(40, 0.9))
        if at > NOW:
            return


for day in range(DAYS):
    for number in range(PER_DAY):
        # People work by day: most requests lie between 8 and 18 o'clock.
        hour = min(23.9, max(0, chance.gauss(13, 3.5)))
        at = (NOW - timedelta(days=day)).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour)
        if at > NOW - timedelta(minutes=2):
            at -= timedelta(days=1)
        user = USERS[min(len(USERS) - 1, int(chance.expovariate(0.5)))]
        if number % 9 == 0:
            talk(at, user, f"chat-{day}-{number}", chance.randrange(3, 8))
        else:
            ask(at, user)
for number in range(14):
    ask(NOW - timedelta(hours=25, minutes=6 * number - 50), USERS[number % len(USERS)])
talk(NOW - timedelta(hours=3), USERS[0], "chat-long", 40)
langfuse.flush()
print(json.dumps(told))
