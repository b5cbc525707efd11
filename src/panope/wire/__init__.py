"""Pure codecs between bytes on the wire and the domain."""
