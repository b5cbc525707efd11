from tests.conformance.dialects.expected.vercel.script import expected

EXPECTED = expected({"input": 120, "output": 24, "total": 144}, {"input": 160, "output": 12, "total": 172})
"""Version 5 tells of its calls neither caches nor reasoning."""
