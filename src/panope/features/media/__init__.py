"""Media: announced, uploaded under a signed link, shown under another, and deleted with what refers to them."""
