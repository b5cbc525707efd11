"""The index of texts in SQL: searching it, and building it beside the writer."""
