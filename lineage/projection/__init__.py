"""The graph as tables, projected from the log."""
