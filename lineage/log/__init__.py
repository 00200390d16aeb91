"""The append-only event log: the truth（design decision 10）."""
