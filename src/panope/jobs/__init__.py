"""Background work: carries out what features define, under leases, beside the requests."""
