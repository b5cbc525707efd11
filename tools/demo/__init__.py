"""`make demo`: a server with a project worth looking at, filled by published SDKs."""
