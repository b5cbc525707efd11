"""Everything in dictionaries: the executable specification of the ports, and what unit tests run on."""
