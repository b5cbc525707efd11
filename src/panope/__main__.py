"""`python -m panope`."""

from panope.cli.main import main

main()
