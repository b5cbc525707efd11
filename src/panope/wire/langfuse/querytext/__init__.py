"""Query text on the wire: the parameter `q`, and the filters that become it."""
