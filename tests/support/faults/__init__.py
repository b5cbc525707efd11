"""Faults that no process can be asked for: power cuts, full disks, wrong clocks."""
