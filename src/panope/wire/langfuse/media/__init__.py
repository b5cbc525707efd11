"""Media on the wire: the upload handshake, what is told of one, and the references that stand in traces."""
