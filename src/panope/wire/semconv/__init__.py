"""Semantic conventions: what the attributes of a span mean, whichever instrumentation wrote them.

One small file per dialect says how it spells input, output, usage and so on; `precedence` says who is asked first;
`plan` turns both into a short list of steps for one set of attribute names, which `observation` runs;
`trace_fields` reads what a span says about its trace.
"""
