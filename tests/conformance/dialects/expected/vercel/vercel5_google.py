from tests.conformance.dialects.expect import ASKING
from tests.conformance.dialects.expected.vercel.loop import whole

EXPECTED = [whole("gemini-2.5-flash", ASKING)]
"""Google counts thoughts beside the answer; of a whole answer version 5 tells them in the provider's metadata only."""
