"""Reading lines of a file that nobody vouches for.

Lives here: lines of bounded length, and text in another encoding as UTF-8, both as streams.
Stays out: what the lines mean (``csv_file``, ``json_file``).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from orchestration.ingest.sniff import undecodable
from warehouse.refusal import DeliveryRefusedError

_BLOCK = 1 << 20
LONGEST = 16 << 20
"""Characters a line or field may have; bytes, where the line is not decoded yet."""


def bounded(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file; never more than one line of ``LONGEST`` characters in memory.

    Raises:
        DeliveryRefusedError: a longer line.
    """
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise DeliveryRefusedError("long_line")
        yield line


def demand_bounded(path: Path) -> None:
    """Refuse a file with an endless line before an engine reads it: DuckDB leaves a line out, without a word, that is
    longer than its buffers.

    Raises:
        DeliveryRefusedError: a line of more than ``LONGEST`` bytes.
    """
    since = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            ends = [place for place in (block.find(b"\n"), block.find(b"\r")) if place >= 0]
            if since + (min(ends) if ends else len(block)) > LONGEST:
                raise DeliveryRefusedError("long_line")
            last = max(block.rfind(b"\n"), block.rfind(b"\r"))
            since = len(block) - last - 1 if ends else since + len(block)


def transcode(path: Path, encoding: str, target: Path) -> None:
    """Write a file's text as UTF-8 without byte order mark.

    Raises:
        DeliveryRefusedError: bytes that are not text in the encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as source, target.open("wb") as out:
        while True:
            block = source.read(_BLOCK)
            try:
                out.write(decoder.decode(block, final=not block).encode())
            except UnicodeDecodeError as error:
                raise undecodable(encoding, done + error.start) from None
            if not block:
                return
            done += len(block)
