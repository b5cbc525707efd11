"""The panope command: parses arguments and calls bootstrap."""
