"""Sight: what one's own data are made of and what is made of them; events of others widen nobody's sight."""

from __future__ import annotations

import pytest

from config.settings import settings
from lineage.access import Viewer, system, viewer
from lineage.answers.asked import QuestionError, asked
from lineage.answers.impact import impact
from lineage.events import keys
from lineage.events.ingest import ingest_many
from lineage.events.receiving import receive
from lineage.events.storing import store
from lineage.graph.details import details
from lineage.graph.listing import listing
from lineage.graph.picture import Wanted, picture
from lineage.graph.search import search
from lineage.graph.surroundings import Surroundings
from lineage.graph.trace import UnknownNodeError
from lineage.graph.view import view
from registry import demo
from registry.models import Account
from scheme.names import lineage_namespace
from tests.unit.lineage.planted import FIRMS, HOMES, HOMES_BATCH, MONDAY, names, node, plant, step
from tests.unit.portal.marquez_interface import columns_from, dataset, facet, run_event

pytestmark = pytest.mark.django_db
OF, OTHER = names(HOMES), names(FIRMS)  # minzheng → S2, shichang → S1
GHOSTS = ("platform.integrated.fake_register", "delivery.minzheng.invented")


@pytest.fixture(autouse=True)
def planted(home, db) -> None:
    demo.prepare_demo()
    plant()


def ours() -> str:
    return lineage_namespace(settings().district)


def of(account: str) -> Viewer:
    return viewer(Account.objects.get(username=account))


def seen(account: str) -> set[str]:
    now = view()
    return {now.node(i) for i in of(account).sees(now).nonzero()[0].tolist()}


def known(account: str) -> set[str]:
    now = view()
    return {now.node(i) for i in of(account).knows(now).nonzero()[0].tolist()}


def foreign(inputs: list[str], output: str = "x", **facets) -> None:
    """A producer with a key of its own says that it read our data sets."""
    key = keys.create("外部", Account.objects.get(username="engineer")).key
    read = [dataset(ours(), name) for name in inputs]
    body = run_event(("acme", "join"), "COMPLETE", "2026-09-24T01:10:00Z", inputs=read,
                     outputs=[dataset("acme", output, ("a",), **facets)])  # fmt: skip
    (outcome,) = store([receive(body, key)])
    assert not outcome.reason


def test_a_developer_sees_up_and_down_from_its_own_and_never_up_from_what_lies_downstream():
    both = "platform.integrated.reports"
    step("join", node(OF["subset"], "name", ""), node(both, "a", "e" * 64, OF["subset"], "name"), MONDAY)
    step("join others", node(OTHER["subset"], "name", ""), node(both, "b", "f" * 64, OTHER["subset"], "name"), MONDAY)
    assert seen("developer_s2") == {*OF.values(), "platform.integrated.reports"}
    assert seen("developer_s1") == {*OTHER.values(), "platform.integrated.reports"}
    assert known("developer_s2") == {OF["subset"], OF["product"], "platform.integrated.reports"}
    assert known("service_engineer") == {d[z] for d in (OF, OTHER) for z in ("subset", "product")}
    assert known("minzheng_clerk") == seen("minzheng_clerk")


@pytest.mark.parametrize("account", ["developer_s2", "developer_s1", "minzheng_clerk", "service_engineer"])
def test_no_event_of_others_widens_what_anybody_sees(account):
    before = seen(account)
    foreign([OF["subset"], OTHER["subset"], *GHOSTS])
    back = run_event(("acme", "back"), "COMPLETE", "2026-09-24T01:20:00Z", inputs=[dataset("acme", "x")],
                     outputs=[dataset(ours(), "platform.integrated.forged")])  # fmt: skip
    key = keys.create("外部", Account.objects.get(username="engineer"), [ours(), "acme"]).key
    store([receive(back, key)])
    assert seen(account) == before


def test_what_only_others_named_ours_is_none_of_ours_until_our_own_event_names_it():
    foreign([OF["subset"], *GHOSTS], y=facet())
    foreign([], "z", columnLineage=columns_from({"namespace": ours(), "name": OF["staging"]}, ("a", "invented_column")))

    def listed() -> set[str]:
        return {name for zone in listing(system()) for _, _, name in zone.first}

    assert not listed() & {*GHOSTS} and {*OF.values()} <= listed()
    assert [h.name for h in search("fake_register").hits] == [h.name for h in search("invented").hits] == []
    assert [h.column for h in search("name").hits if h.name == OF["staging"]] == ["name"]
    assert GHOSTS[1] not in seen("minzheng_clerk")
    ingest_many([run_event((ours(), "own"), "COMPLETE", "2026-09-24T02:00:00Z",
                           outputs=[dataset(ours(), name, ("c",)) for name in GHOSTS])])  # fmt: skip
    assert listed() >= {*GHOSTS} and [h.name for h in search("fake_register").hits] == [GHOSTS[0]]
    assert GHOSTS[1] in seen("minzheng_clerk")


@pytest.mark.parametrize("account", ["developer_s2", "auditor"])
def test_searching_goes_on_until_enough_that_is_seen_is_found(account):
    """401 hidden data sets match before the one that is the developer's."""
    bodies = [
        run_event((ours(), f"j{i}"), "COMPLETE", "2026-09-24T01:00:00Z",
                  outputs=[dataset(ours(), f"platform.integrated.shared_{i:04}", ("common",))])
        for i in range(401)
    ]  # fmt: skip
    mine = "authorized.s2.auth_s2__shared"
    ingest_many([*bodies, run_event((ours(), "own"), "COMPLETE", "2026-09-24T01:00:00Z",
                                    outputs=[dataset(ours(), mine, ("common",))])])  # fmt: skip
    found, columns = search("shared", of(account)), search("common", of(account))
    if account == "auditor":
        assert len(found.hits) == 40 and found.is_cut
    else:
        assert [h.name for h in found.hits] == [mine] and not found.is_cut
        assert [(h.name, h.column) for h in columns.hits] == [(mine, "common")] and not columns.is_cut


def test_whether_a_version_exists_is_told_to_those_alone_who_may_read_versions():
    def answer(account: str, name: str, version: str) -> str:
        try:
            impact(asked(name), of(account), version=version)
        except (UnknownNodeError, QuestionError) as error:
            return type(error).__name__
        return "answered"

    staged = "c" * 64
    assert answer("auditor", OF["staging"], staged) == "answered"
    assert answer("minzheng_clerk", OF["landing"], HOMES_BATCH) == "answered"
    for name, version in ((OF["staging"], staged), (OF["landing"], HOMES_BATCH)):
        assert answer("developer_s2", name, version) == answer("developer_s2", name, "0" * 64) == "QuestionError"
        hidden = {answer("developer_s1", n, v) for n in (name, "platform.integrated.nix") for v in (version, "0" * 64)}
        assert hidden == {"UnknownNodeError"}


def test_of_what_is_seen_upstream_only_the_drawer_and_the_picture_tell_name_title_and_columns():
    who = of("developer_s2")
    drawer = details(OF["staging"], who=who)
    assert (drawer.name, drawer.title, [i.name for i in drawer.items]) == (
        OF["staging"], f"{OF['staging']}的标题", ["name"],
    )  # fmt: skip
    assert not drawer.is_known
    assert (drawer.made, drawer.assertions, drawer.grant, drawer.delivery) == ([], [], {}, {})
    own = details(OF["subset"], who=who)
    assert own.is_known and own.made[0].version and own.grant["grant"] == "S2"
    found = picture(Wanted(OF["subset"], hops_up=3, hops_down=3), who)
    told = {n["name"]: (n["version"], n["changed_at"]) for n in found["nodes"]}
    assert {name for name, facts in told.items() if any(facts)} == {OF["subset"], OF["product"]}
    assert set(told) == {*OF.values()}


def test_an_id_beyond_what_a_view_knows_is_unknown():
    around = Surroundings(view(), of("developer_s2"))
    later = 10**6
    assert (around.may_see(later), around.knows(later)) == (False, False)
    with pytest.raises(UnknownNodeError):
        around.start("platform.integrated.later")
