"""FastAPI routers, one file per noun."""
