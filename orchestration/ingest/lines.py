"""Reading lines of a file that nobody vouches for.

Lives here: lines of bounded length. Stays out: what the lines mean (``csv_file``, ``json_file``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from warehouse.refusal import DeliveryRefusedError

LONGEST = 16 << 20
"""Characters a line or field may have."""


def bounded(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file; never more than one line of ``LONGEST`` characters in memory.

    Raises:
        DeliveryRefusedError: a longer line.
    """
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise DeliveryRefusedError("long_line")
        yield line
