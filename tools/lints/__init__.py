"""Lints of our own: rules of this project that no published tool knows. Each is a pure function over source text."""
