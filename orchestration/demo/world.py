"""The persons and firms that all registers agree on.

Lives here: ``World``, made once a day, from which every register is derived.
Stays out: registers, defects.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import firms, people
from orchestration.demo.defects import Planter, Truth


class World:
    """The persons and firms all registers agree on."""

    def __init__(self, rows: int, seed: int, as_of: dt.date) -> None:
        self.seed, self.as_of, self.scale = seed, as_of, rows / 100_000
        self.people = people.population(rows, seed, as_of)
        self.firms = firms.enterprises(self.scale, seed, as_of, self.people)
        self.dead = self.people.filter(pl.col("death_date").is_not_null())["resident_id_number"].implode()

    def random(self, number: int) -> np.random.Generator:
        """Return the generator of one register; the same number gives the same register."""
        return np.random.default_rng([self.seed, number])

    def count(self, rows: int, least: int) -> int:
        """Return how many of ``rows`` at scale 1 there are here."""
        return max(least, int(rows * self.scale))

    @property
    def in_business(self) -> pl.DataFrame:
        """Firms, businesses and cooperatives that are neither deregistered, revoked nor gone."""
        return self.firms.filter(pl.col("status_code").is_in(["存续", "在业"]))

    @property
    def deregistered(self) -> pl.DataFrame:
        """Business entities that were deregistered."""
        return self.firms.filter(pl.col("status_code") == "注销")

    def planter(self, resource: str, frame: pl.DataFrame, truth: Truth) -> Planter:
        """Start planting into a register, all cells as text."""
        text = frame.with_columns(
            pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"), pl.col(pl.Date).dt.strftime("%Y-%m-%d")
        ).with_columns(pl.all().cast(pl.String))
        return Planter(resource, text, truth, self.seed)
