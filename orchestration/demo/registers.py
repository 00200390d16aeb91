"""Every register of the demo with its defects, as text cells under catalog item codes.

Lives here: which function makes which register. Add here: a register.
Stays out: its defects (``planted_…``), how it is derived, how it is written to a file.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from orchestration.demo import (
    planted_firms,
    planted_insurance,
    planted_licences,
    planted_people,
    planted_property,
    planted_utilities,
)
from orchestration.demo.defects import Truth
from orchestration.demo.world import World

Register = Callable[[World, Truth], pl.DataFrame]

REGISTERS: dict[str, Register] = {
    "gongan.resident_population": planted_people.resident_population,
    "gongan.standard_addresses": planted_property.standard_addresses,
    "minzheng.elderly_care_institutions": planted_people.elderly_care_institutions,
    "minzheng.subsistence_allowance": planted_people.subsistence_allowance,
    "weijian.death_records": planted_people.death_records,
    "renshe.employer_insurance": planted_insurance.employer_insurance,
    "renshe.employee_insurance": planted_insurance.employee_insurance,
    "yibao.medical_insurance": planted_insurance.medical_insurance,
    "shichang.enterprise_registration": planted_firms.enterprise_registration,
    "shichang.abnormal_operation": planted_firms.abnormal_operation,
    "shenpi.administrative_licences": planted_licences.administrative_licences,
    "shuiwu.tax_credit_rating": planted_firms.tax_credit_rating,
    "shuiwu.major_tax_violation": planted_firms.major_tax_violation,
    "fayuan.dishonest_debtors": planted_firms.dishonest_debtors,
    "ziran.real_estate_registration": planted_property.real_estate_registration,
    "shengtai.discharge_permits": planted_licences.discharge_permits,
    "nongye.farm_subsidies": planted_property.farm_subsidies,
    "gongdian.electricity_monthly": planted_utilities.electricity_monthly,
    "gongshui.water_monthly": planted_utilities.water_monthly,
}
