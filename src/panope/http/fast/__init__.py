"""Hot routes: Starlette endpoints that speak msgspec."""
