"""来源、去向、责任、影响 of one data set or column, as pages.

Lives here: reading the form（时点、已知至、查询目的）, holding the question to what the account may see, recording it.
Add here: another question about a data set.
Stays out: answering (``lineage.answers``), what a person did (``portal.views.acts``), the graph page
(``portal.views.lineage``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lineage.access import Viewer, viewer
from lineage.answers.asked import Asked, QuestionError, asked
from lineage.answers.destinations import destinations
from lineage.answers.impact import impact
from lineage.answers.reasons import in_chinese
from lineage.answers.responsibility import responsibility
from lineage.answers.sources import sources
from lineage.graph.trace import UnknownNodeError
from portal.access import account_of, refused, requires
from portal.lineage_access import saw

TABS = (("sources", "来源"), ("destinations", "去向"), ("responsibility", "责任"), ("impact", "影响"))
_FIELDS = ("column", "at", "known", "purpose", "batch", "version")
_UNKNOWN = "血缘目录中没有该数据集或数据项，或不在您的查看范围内。"


@requires("lineage")
def show_sources(request: HttpRequest, name: str) -> HttpResponse:
    """来源."""
    return _page(request, name, "sources", sources)


@requires("lineage")
def show_destinations(request: HttpRequest, name: str) -> HttpResponse:
    """去向."""
    return _page(request, name, "destinations", destinations)


@requires("lineage")
def show_responsibility(request: HttpRequest, name: str) -> HttpResponse:
    """责任."""
    return _page(request, name, "responsibility", responsibility)


@requires("lineage")
def show_impact(request: HttpRequest, name: str) -> HttpResponse:
    """影响: of the data set, or of one batch or version of it."""
    batch, version = (request.GET.get(each, "").strip()[:120] for each in ("batch", "version"))
    return _page(request, name, "impact", lambda put, who: impact(put, who, batch=batch, version=version))


def _page(request: HttpRequest, name: str, question: str, answer: Callable[[Asked, Viewer], Any]) -> HttpResponse:
    account = account_of(request)
    who, given = viewer(account), {field: request.GET.get(field, "").strip() for field in _FIELDS}
    if not who.may(question):
        return refused(request, "您的账号无权查询该事项。", "安全制度", "如确需办理，请联系区大数据主管部门。")
    try:
        put = asked(name, column=given["column"], at=given["at"], known=given["known"], purpose=given["purpose"])
        found = answer(put, who)
    except QuestionError as error:
        return refused(request, error.sentence, "安全制度", "请返回修改查询条件。", status=400)
    except UnknownNodeError:
        return refused(request, _UNKNOWN, "安全制度", "请核对名称和时点，或返回数据血缘重新查找。", status=404)
    answered = found.found if question == "impact" else found
    saw(account, question, name, answered.standing, purpose=put.purpose, **put.detail())
    context = {
        "name": name, "question": question, "title": dict(TABS)[question], "given": given, "found": found,
        "again": urlencode({k: v for k, v in given.items() if v and k not in ("batch", "version")}),
        "answered": answered, "standing": answered.standing, "who": who,
        "tabs": [tab for tab in TABS if who.may(tab[0])],
        "reasons": [in_chinese(reason) for reason in answered.standing.incomplete_because],
    }  # fmt: skip
    return render(request, f"portal/provenance_{question}.html", context)
