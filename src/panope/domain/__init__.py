"""What things are and how they change. Pure: no I/O, no framework, no clock."""
