"""The Langfuse public API on the wire: one module per noun, bytes in and domain objects out, or the other way."""
