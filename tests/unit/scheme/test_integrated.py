"""Derived grading（就高从严）: a base's column is graded as its highest source, and ungraded if one of them is."""

from __future__ import annotations

import pytest

from config.settings import settings
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog
from scheme.integrated import departments_of_column, derived_grade, integrated_sources


def regraded(grades: dict[str, int | None]) -> Catalog:
    """The catalog with some items of gongan.standard_addresses graded otherwise."""
    catalog = load_catalog(settings().catalog)
    entry = catalog.entry("gongan.standard_addresses")
    items = [i.model_copy(update={"grade": grades[i.code]}) if i.code in grades else i for i in entry.items]
    return catalog.model_copy(
        update={"entries": {**catalog.entries, entry.id: entry.model_copy(update={"items": items})}}
    )


@pytest.mark.requirement("R126")
@pytest.mark.parametrize(
    ("grades", "expected"),
    [({"road_name": 1, "plate_no": 1, "building_no": 1}, 1), ({"plate_no": 2}, 2), ({"building_no": 4}, 4),
     ({"plate_no": None, "building_no": 4}, None)],
)  # fmt: skip
def test_what_is_joined_is_graded_as_its_highest_part(grades, expected):
    assert derived_grade("place", "full_address", regraded(grades)) == expected


def test_a_column_nobody_declared_has_no_grade():
    assert derived_grade("place", "no_such_column", load_catalog(settings().catalog)) is None


def test_every_declared_source_exists_in_the_catalog_or_the_seeds():
    catalog = load_catalog(settings().catalog)
    for table, columns in integrated_sources().items():
        for column in columns:
            assert derived_grade(table, column, catalog) is not None, (table, column)
    assert departments_of_column("person", "death_date") == ["weijian"]
    assert departments_of_column("place", "road_name") == ["gongan", "reference"]
