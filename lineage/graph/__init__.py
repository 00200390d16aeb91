"""Asking the graph: in memory, as of any time."""
