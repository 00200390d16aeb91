"""Grant: one scenario, one grant（一场景一授权，【数据的授权开发】）.

Lives here: the grant document — who may use which columns, in which form, of which rows, until when.
Add here: a form a column may take, a predicate on rows, an output rule.
Stays out: compiling it (``scheme.compile_models``, ``scheme.compile_bundle``), its state (``registry``).
Numbers are integers or text, never floats: the document is signed over canonical JSON.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from scheme.canonical import digest
from scheme.document import Code, Strict

GrantId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,15}$")]
Number = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]


class Keep(Strict):
    """The value as it is（原值）."""

    kind: Literal["keep"] = "keep"


class Token(Strict):
    """Keyed token, one key a grant（密钥令牌，仅供关联）: ``t_`` and 32 hexadecimal digits."""

    kind: Literal["token"]


class Band(Strict):
    """A number put into labelled bands（分档）; ``edges`` are lower bounds from the second label on."""

    kind: Literal["band"]
    edges: list[Number] = Field(min_length=1)
    labels: list[str] = Field(min_length=2)

    @model_validator(mode="after")
    def _fits(self) -> Band:
        if len(self.labels) != len(self.edges) + 1:
            raise ValueError("band: one label more than edges")
        return self


class AgeBand(Strict):
    """A birth date put into age bands on the day of the build（年龄段）."""

    kind: Literal["age_band"]
    edges: list[int] = Field(min_length=1)
    labels: list[str] = Field(min_length=2)

    @model_validator(mode="after")
    def _fits(self) -> AgeBand:
        if len(self.labels) != len(self.edges) + 1:
            raise ValueError("age_band: one label more than edges")
        return self


class Truncate(Strict):
    """A date cut to year, quarter or month（日期截断）."""

    kind: Literal["truncate"]
    unit: Literal["year", "quarter", "month"]


class Prefix(Strict):
    """The first characters of a code（代码前缀）."""

    kind: Literal["prefix"]
    length: int = Field(ge=1, le=12)


class Index(Strict):
    """Value divided by the unit's own mean over the granted months, 2 decimals（指数化）."""

    kind: Literal["index"]
    unit: Code = Field(description="source column whose mean is taken, e.g. account_no")


class AloneInGroup(Strict):
    """Whether the row is the only one in force in its group（是否独居）; the group is not granted."""

    kind: Literal["alone_in_group"]
    group: Code


Form = Annotated[Keep | Token | Band | AgeBand | Truncate | Prefix | Index | AloneInGroup, Field(discriminator="kind")]


class GrantedColumn(Strict):
    """One column of a granted table and the form in which it may appear."""

    name: Code = Field(description="column name in the subset")
    source: Code = Field(description="column of the source table it comes from")
    title: str = Field(description="Chinese name")
    form: Form = Keep()
    use: Literal["dimension", "measure", "join"] = "dimension"
    data_type: Literal["varchar", "integer", "bigint", "date", "boolean", "decimal(18,2)"] = "varchar"
    purpose: str = Field(description="what the scenario needs it for（最小必要）")


class Predicate(Strict):
    """One condition on rows; all of a table's conditions hold together."""

    column: Code
    op: Literal[
        "eq", "in", "not_in", "ge", "le", "is_null", "not_null",
        "age_at_least", "within_months", "within_years", "not_in_table", "in_table", "in_subset",
    ]  # fmt: skip
    value: str | int | None = None
    values: list[str] = []
    table: Code | None = Field(
        default=None, description="platform table of (not_)in_table, or table of this grant for in_subset"
    )
    table_column: Code | None = Field(default=None, description="for in_subset: its token column")

    @model_validator(mode="after")
    def _complete(self) -> Predicate:
        need = {"in": self.values, "not_in": self.values, "is_null": True, "not_null": True}
        if self.op in ("in_table", "not_in_table", "in_subset"):
            given: Any = self.table and self.table_column
        else:
            given = need.get(self.op, self.value is not None)
        if not given:
            raise ValueError(f"condition {self.op} on {self.column} is incomplete")
        return self


class GrantedTable(Strict):
    """One table of the subset."""

    table: Code
    title: str
    resource: str = Field(description="<department>.<resource> whose data this is")
    source: Code = Field(description="promoted platform table, e.g. stg_minzheng__elderly_care_institutions")
    unit: Code | None = Field(default=None, description="column of the person or enterprise counted")
    columns: list[GrantedColumn] = Field(min_length=1)
    rows: list[Predicate] = []
    public_entities: dict[Code, list[str]] = Field(
        default={}, description="column → entities that are public there by catalog grade, e.g. a road name"
    )
    purpose: str


class Term(Strict):
    """A document with a term: agreement number and dates."""

    number: str
    start: date
    end: date


class Party(Strict):
    """A party named in the grant."""

    name: str
    uscc: str | None = None


class Scenario(Strict):
    """应用场景."""

    code: str
    name: str
    domain: str = Field(description="领域（分领域、依场景）")
    use_class: Literal["公共治理", "公益事业", "产业发展", "行业发展"]
    credit_reporting: bool = Field(default=False, description="涉及征信业务（【适用范围】）")


class Evidence(Strict):
    """佐证材料: what was shown, by number."""

    kind: str
    number: str
    issued_by: str
    valid_to: date | None = None


class OutputRules(Strict):
    """Disclosure control of what may leave the subset."""

    min_units: int = Field(default=10, ge=5, description="smallest count of units in a cell")
    rounding: int = Field(default=5, ge=1)
    dominance_n: int | None = None
    dominance_percent: int | None = None


class GrantedProduct(Strict):
    """A product the grant allows to be made."""

    product: Code
    form: Literal["数据组件", "数据模型", "数据核验", "数据服务", "数据工具", "数据报告"]
    name: str


class StruckOut(Strict):
    """An item asked for and refused by the minimum-necessary check."""

    resource: str
    item: Code
    reason: str


class Grant(Strict):
    """数据授权: one developer, one scenario."""

    grant: GrantId
    version: int = Field(default=1, ge=1)
    title: str
    scenario: Scenario
    bureau: Party
    primary_operator: Party
    developer: Party
    operation_agreement: Term
    development_agreement: Term
    valid_from: date
    valid_to: date
    evidence: list[Evidence] = []
    utility_consents: dict[str, Evidence] = Field(default={}, description="department code → consent")
    tables: list[GrantedTable] = Field(min_length=1)
    outputs: OutputRules = OutputRules()
    products: list[GrantedProduct] = []
    struck_out: list[StruckOut] = []
    approved_by: dict[str, str] = Field(default={}, description="初审, 终审 → person")

    @property
    def schema_name(self) -> str:
        """Schema of its tables in the authorized zone."""
        return self.grant.lower()

    @property
    def sha256(self) -> str:
        """Digest of the canonical document."""
        return digest(self.model_dump(mode="json"))

    def in_force(self, day: date) -> bool:
        """Whether the grant and both agreements cover the day."""
        terms = [(self.valid_from, self.valid_to)]
        terms += [(t.start, t.end) for t in (self.operation_agreement, self.development_agreement)]
        return all(start <= day <= end for start, end in terms)
