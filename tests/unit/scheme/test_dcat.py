"""The DCAT export read by an independent RDF parser."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF

from config.settings import settings
from scheme.catalog_files import load_catalog
from scheme.dcat import catalog_document

DCAT = Namespace("http://www.w3.org/ns/dcat#")
FREQUENCY = Namespace("http://publications.europa.eu/resource/authority/frequency/")


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(settings().catalog)


@pytest.fixture(scope="module")
def graph(catalog) -> Graph:
    document = catalog_document(catalog, "yanzhou", dt.date(2026, 9, 24))
    return Graph().parse(data=json.dumps(document, ensure_ascii=False), format="json-ld")


@pytest.mark.requirement("R015")
def test_every_resource_of_the_district_is_a_dataset_and_no_sample_is(graph, catalog):
    own = {e.code for e in catalog.entries.values() if catalog.departments[e.department].counts}
    datasets = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert {str(graph.value(d, DCTERMS.identifier)) for d in datasets} == own
    assert len(datasets) == len(own) == len(list(graph.objects(None, DCAT.dataset)))


def test_mandatory_properties_of_the_profile_are_there(graph):
    """DCAT-AP 3.0: a catalogue and a dataset have title and description; a distribution has an access URL."""
    for kind, properties in (
        (DCAT.Catalog, (DCTERMS.title, DCTERMS.description, DCTERMS.publisher)),
        (DCAT.Dataset, (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.accrualPeriodicity)),
        (DCAT.Distribution, (DCAT.accessURL, DCAT.mediaType)),
    ):
        for subject in graph.subjects(RDF.type, kind):
            assert all(graph.value(subject, p) is not None for p in properties), subject


def test_one_resource_says_what_its_entry_says(graph):
    subject = URIRef("suyuan://yanzhou/catalog/minzheng/subsistence_allowance")
    assert graph.value(subject, DCTERMS.title) == Literal("最低生活保障对象", lang="zh")
    assert graph.value(subject, DCTERMS.accrualPeriodicity) == FREQUENCY.MONTHLY
    columns = {str(o) for o in graph.objects(None, URIRef("http://www.w3.org/ns/csvw#title"))}
    assert "公民身份号码" in columns
