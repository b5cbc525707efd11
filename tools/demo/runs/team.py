"""The team of agents: what each is asked, what it looks up, what it answers."""

SYSTEM = (
    "You are Zeus, the orchestrator of a team of agents. Read the request, decide who answers it, and reply with JSON: "
    '{"agent": "...", "reason": "..."}.\n\n'
    "Agents:\n- athena: knowledge and documents\n- hermes: messages\n- apollo: analytics and reports\n"
    "- hephaestus: code\n\nIf a request needs more than one of them, name the one that has to begin."
)
MODELS = {
    "zeus": "gpt-4o-mini",
    "athena": "claude-3-5-sonnet-20241022",
    "hermes": "gpt-4o-mini",
    "apollo": "gpt-4o",
    "hephaestus": "gpt-4o",
}
"""Which model each of them runs on. Somebody tries `mistral-7b-kosmos`, which has no price."""
TOOLS = {
    "athena": ("search_documents", {"query": "{topic}", "top_k": 4}),
    "hermes": ("send_message", {"channel": "#{topic}", "urgent": "no"}),
    "apollo": ("run_query", {"sql": "select day, sum(amount) from {topic} group by day"}),
    "hephaestus": ("run_tests", {"path": "services/{topic}"}),
}
REQUESTS = {
    "athena": (
        ("refund policy", "What is our refund policy for annual plans?"),
        ("travel", "Can I book a train in first class when I travel for work?"),
        ("quarterly report", "Summarise the quarterly report in three sentences, please."),
        ("onboarding", "Which accounts does somebody need on their first day?"),
        ("parental leave", "Wie viele Wochen Elternzeit stehen mir zu?"),
        ("incident 4711", "What was the cause of incident 4711, and what did we change afterwards?"),
    ),
    "hermes": (
        ("release", "Tell the sales team that version 4 leaves on Thursday."),
        ("invoices", "Remind everybody who has an open invoice, politely."),
        ("standup", "Move tomorrow's stand-up to 10:30 and tell the team why."),
        ("お知らせ", "メンテナンスのお知らせを全員に送ってください。"),
    ),
    "apollo": (
        ("revenue", "How did revenue develop over the last eight weeks?"),
        ("churn", "Which plan loses the most customers, and when?"),
        ("latency", "Compare the checkout's latency before and after the deploy on Monday."),
        ("signups", "How many people signed up yesterday, by country?"),
    ),
    "hephaestus": (
        ("billing", "The rounding in billing is off by a cent. Find it and mend it."),
        ("search", "Add a test for searches with an empty term."),
        ("export", "Why does the export of large tables run out of memory?"),
    ),
}
ANSWERS = {
    "athena": (
        "According to **{source}**, {topic} is settled as follows:\n\n1. Ask within 30 days.\n2. Use the form in the "
        "portal.\n3. Whoever approved the purchase approves the return.\n\nThe last change was made in March."
    ),
    "hermes": "Done. The message about _{topic}_ went to 24 people; two of them are away until Monday.",
    "apollo": (
        "Here is **{topic}** by week:\n\n| Week | Value | Change |\n|---|---:|---:|\n| 44 | 18,240 | +2.1 % |\n"
        "| 45 | 18,910 | +3.7 % |\n| 46 | 18,402 | −2.7 % |\n\nThe dip in week 46 falls on the two days of maintenance."
    ),
    "hephaestus": (
        "The cause is in `services/{topic}/total.py`: amounts were rounded before they were added.\n\n"
        "```python\ndef total(items):\n    return round(sum(item.amount for item in items), 2)\n```\n\n"
        "All 214 tests pass with it."
    ),
}
FOLLOW_UPS = (
    "And what about monthly plans?",
    "Can you say that in one sentence?",
    "Who decided that?",
    "Please do the same for last year.",
    "Thanks. Is there a link that I can pass on?",
    "That does not look right. Check it again, please.",
)
DOCUMENTS = (
    ("handbook/refunds.md", "Annual plans can be returned within 30 days of the purchase. Fees of the bank stay."),
    ("handbook/exceptions.md", "Whoever has bought through a reseller turns to the reseller."),
    ("minutes/2026-03-12.md", "The period was changed from 14 to 30 days. It counts for purchases since the first."),
    ("wiki/portal-forms", "The form asks for the number of the invoice and for a reason."),
)
USERS = tuple(f"{name}@kosmos.example" for name in ("ana", "bo", "chidi", "dana", "emre", "fatou", "goran", "hana"))


def tool_of(agent, topic):
    """Name and arguments of what the agent calls for a topic."""
    name, arguments = TOOLS[agent]
    filled = {key: value.format(topic=topic) if isinstance(value, str) else value for key, value in arguments.items()}
    return name, filled


def answer_of(agent, topic):
    """What the agent says about a topic."""
    return ANSWERS[agent].format(topic=topic, source=DOCUMENTS[0][0])
