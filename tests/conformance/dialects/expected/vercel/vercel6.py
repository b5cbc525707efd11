from tests.conformance.dialects.expected.vercel.script import expected

EXPECTED = expected()
