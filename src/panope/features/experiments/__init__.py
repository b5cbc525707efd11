"""Use cases of experiments: runs of datasets, whichever way they were told, and what came of them."""
