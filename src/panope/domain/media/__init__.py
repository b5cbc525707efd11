"""Images, sounds and documents that traces and dataset items refer to."""
