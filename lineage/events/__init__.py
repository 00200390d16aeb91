"""Events in: what an OpenLineage event must look like, reading it, building our own, the one way in."""
