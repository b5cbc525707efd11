"""Going over history again: by other prices, or with another reading of what was sent."""
