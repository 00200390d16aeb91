"""Routes of the portal.

Lives here: which path leads to which page. Stays out: pages (``portal.views``).
"""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from portal.views import (
    audit,
    catalog,
    catalog_drafts,
    catalog_versions,
    catalog_workbooks,
    conflicts,
    consents,
    coverage,
    deliveries,
    destinations,
    duties,
    grants,
    home,
    lineage,
    messages,
    problems,
    products,
    quality,
    quarantine,
    source_conflicts,
)

urlpatterns = [
    path("", home.home, name="home"),
    path(
        "login/", LoginView.as_view(template_name="portal/login.html", redirect_authenticated_user=True), name="login"
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("catalog/", catalog.index, name="catalog"),
    path("catalog-versions/", catalog_versions.index, name="catalog_versions"),
    path("catalog-versions/<int:pk>/", catalog_versions.show, name="catalog_version"),
    path("catalog-versions/<int:pk>/act/", catalog_versions.act, name="act_on_catalog_version"),
    path("catalog-versions/new/", catalog_drafts.new, name="new_entry"),
    path("catalog-versions/new/template/", catalog_workbooks.blank, name="new_entry_template"),
    path("catalog-versions/new/upload/", catalog_workbooks.upload_new, name="new_entry_upload"),
    path("catalog-versions/to-references/", catalog_drafts.to_references, name="claim_to_reference"),
    path("catalog/<slug:department>/<slug:resource>/edit/", catalog_drafts.edit, name="edit_entry"),
    path("catalog/<slug:department>/<slug:resource>/template/", catalog_workbooks.template, name="entry_template"),
    path("catalog/<slug:department>/<slug:resource>/upload/", catalog_workbooks.upload, name="entry_upload"),
    path("source-conflicts/", source_conflicts.index, name="source_conflicts"),
    path("source-conflicts/<int:pk>/decide/", source_conflicts.decide, name="decide_source_conflict"),
    path("catalog/<slug:department>/<slug:resource>/", catalog.entry, name="entry"),
    path("deliveries/", deliveries.index, name="deliveries"),
    path("deliveries/<slug:department>/<slug:resource>/new/", deliveries.new, name="new_delivery"),
    path("deliveries/<int:pk>/act/", deliveries.act, name="act_on_delivery"),
    path(
        "deliveries/<slug:department>/<slug:resource>/<slug:batch>/quarantine/",
        quarantine.show,
        name="quarantine",
    ),
    path(
        "deliveries/<slug:department>/<slug:resource>/<slug:batch>/quarantine/act/",
        quarantine.act,
        name="act_on_quarantine",
    ),
    path("coverage/", coverage.index, name="coverage"),
    path("conflicts/", conflicts.index, name="conflicts"),
    path("conflicts/<slug:department>/<slug:resource>/<slug:item>/", conflicts.show, name="conflict"),
    path("quality/", quality.index, name="quality"),
    path("quality/<slug:code>/", quality.department, name="department"),
    path("quality/<slug:code>/<slug:resource>/rules/<slug:rule>/", problems.show, name="problem_rows"),
    path("quality/<slug:code>/<slug:resource>/rules/<slug:rule>/full/", problems.download, name="problem_rows_file"),
    path("quality/<slug:code>/report/", quality.report, name="department_report"),
    path("quality/<slug:code>/<slug:resource>/corrections/", quality.corrections, name="corrections"),
    path("lineage/", lineage.index, name="lineage"),
    path("lineage/<str:name>/", lineage.node, name="node"),
    path("lineage/<str:name>/graph.json", lineage.graph, name="graph"),
    path("grants/", grants.index, name="grants"),
    path("grants/<slug:grant>/", grants.show, name="grant"),
    path("grants/<slug:grant>/act/", grants.act, name="act_on_grant"),
    path("products/", products.index, name="products"),
    path("products/<int:pk>/act/", products.act, name="act_on_release"),
    path("products/<int:pk>/<slug:kind>/", products.file, name="product_file"),
    path("consents/", consents.index, name="consents"),
    path("consents/<int:pk>/act/", consents.act, name="act_on_consent"),
    path("duties/", duties.index, name="duties"),
    path("duties/enter/", duties.enter, name="enter_duty"),
    path("duties/<int:pk>/act/", duties.act, name="act_on_duty"),
    path("destinations/", destinations.index, name="destinations"),
    path("destinations/<slug:department>/", destinations.show, name="department_destinations"),
    path("destinations/<slug:department>/file/<slug:kind>/", destinations.file, name="destinations_file"),
    path("messages/", messages.index, name="messages"),
    path("messages/read/", messages.read, name="read_messages"),
    path("messages/email/", messages.email, name="own_email"),
    path("messages/failed/", messages.failed, name="failed_messages"),
    path("messages/resend/", messages.resend, name="resend_messages"),
    path("audit/", audit.index, name="audit"),
]
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.broken"
