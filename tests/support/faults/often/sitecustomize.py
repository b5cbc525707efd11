"""Python reads this first where the folder is in its path: pages of SQLite's log move after nearly every commit."""

from panope.adapters.sqlite import checkpoints

checkpoints._MANY, checkpoints._LONG, checkpoints._FEW, checkpoints._TOO_LONG = 10, 60, 10, 200
