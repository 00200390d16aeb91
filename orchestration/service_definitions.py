"""Code location of the service platform（数据要素服务平台）.

Lives here: products, made from published grant files only.
Add here: another product's asset.
Stays out: everything on the bureau's side (``definitions``).
"""

from __future__ import annotations

import dagster as dg

from config import django_setup
from orchestration.defs import products


def build() -> dg.Definitions:
    """Return the definitions of all products."""
    django_setup()
    return dg.Definitions(
        assets=[products.elderly_care_report(), products.verification()],
        jobs=[
            dg.define_asset_job(
                products.MAKE_PRODUCTS, selection=dg.AssetSelection.all(), description="制作全部数据产品"
            )
        ],
        sensors=[products.crossed()],
        executor=dg.in_process_executor,
    )


defs = build()
