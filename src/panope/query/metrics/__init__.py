"""Questions whose answer is numbers: what can be counted, summed and spread out, by what, over which time."""
