"""Use cases, one slice per noun: no framework, no SQL, no JSON."""
