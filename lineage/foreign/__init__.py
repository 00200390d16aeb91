"""Events of producers that are not Suyuan: what they name and leave out, corrected on the way into the graph.

Lives here: ``correct``, which the projection calls for each event; the log keeps the exact bytes.
Add here: another habit of a producer, as a pure function over the event.
Stays out: validity (``lineage.events.specification``), tables (``lineage.projection``).
"""

from lineage.foreign.correction import Corrected, correct, may_need

__all__ = ["Corrected", "correct", "may_need"]
