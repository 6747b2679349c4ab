"""Settings, the start of each process, the `majlis` command; the only room that wires the others together."""
