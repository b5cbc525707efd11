"""Single ingestion events: their frames and bodies, the rules each must keep, and the domain events they become."""
