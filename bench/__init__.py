"""Load on a real server process over loopback, measured beside a floor in the same run."""
