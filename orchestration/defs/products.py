"""Products as assets of the service platform's code location.

Lives here: the S2 report (made inside the subset, scanned as a file, put forward for the two-key review), the S1
verification, and the sensor that makes them anew.
Stays out: its content (``dataplane``), the review (``registry``).
"""

from uuid import UUID

import dagster as dg

from config import clock
from dataplane.opening import GrantRefusedError
from orchestration.defs.keys import key
from orchestration.defs.subsets import file_key
from orchestration.pipeline import products
from scheme.names import product_name

MAKE_PRODUCTS = "make_products"


def crossed() -> dg.SensorDefinition:
    """Return the sensor that makes the products anew when another content of a grant crossed."""

    @dg.sensor(
        name="crossed_files", job_name=MAKE_PRODUCTS, minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING, description="授权子集更新后自动制作数据产品",
    )  # fmt: skip
    def sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        found = products.crossed_contents()
        if not found:
            return dg.SkipReason("没有可用的授权子集")
        return dg.RunRequest(run_key="|".join(found))

    return sensor


def elderly_care_report() -> dg.AssetsDefinition:
    """Return the asset of the S2 report."""

    @dg.asset(
        key=key(product_name("S2", "elderly_care_report")),
        deps=[file_key("S2")],
        group_name="products",
        owners=["team:primary_operator"],
        description="养老服务设施布局季度报告（数据报告）：小单元格不予公布，发布须经两道审核。",
        kinds={"html", "xlsx"},
    )
    def report(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        try:
            made = products.make_elderly_care_report(UUID(context.run_id), clock.now())
        except (GrantRefusedError, products.ProductRefusedError) as refusal:
            raise dg.Failure(str(refusal), allow_retries=False) from None
        return dg.MaterializeResult(
            metadata={
                "内容摘要": made.content, "不予公布的单元格": made.suppressed, "审核状态": made.state,
                "下一步": "请安全主管部门和区大数据主管部门在门户“数据产品”页分别审核。",
            },
            data_version=dg.DataVersion(made.content),
        )  # fmt: skip

    return report


def verification() -> dg.AssetsDefinition:
    """Return the asset of the S1 verification call."""

    @dg.asset(
        key=key(product_name("S1", "enterprise_status_verification")),
        deps=[file_key("S1")],
        group_name="products",
        owners=["team:primary_operator"],
        description="企业经营与参保状态核验（数据核验）：一次一企，只答一致、不一致、无记录。",
        kinds={"fastapi"},
    )
    def call(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        try:
            content = products.offer_verification(UUID(context.run_id), clock.now())
        except (GrantRefusedError, products.ProductRefusedError) as refusal:
            raise dg.Failure(str(refusal), allow_retries=False) from None
        return dg.MaterializeResult(metadata={"数据内容摘要": content}, data_version=dg.DataVersion(content))

    return call
