"""Python reads this first where the folder is in its path: pages of SQLite's log move after nearly every commit."""

from panope.adapters.sqlite import checkpoints

checkpoints._MANY, checkpoints._LONG, checkpoints._FEW = 10, 60, 20
checkpoints._TOO_MANY, checkpoints._TOO_LONG = 50, 200
