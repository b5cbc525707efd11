"""The machine that panope runs on, as far as somebody asks what is wrong with it."""
