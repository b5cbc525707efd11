"""For the path of a server: a SQLite that moves pages within its commits."""
