"""The synthetic demo district: registers of persons and firms that do not exist.

Lives here: a seeded generator, vectorised, with planted defects and a truth file that names each of them.
Add here: another register of the catalog that is marked ``synthetic``.
Stays out: real data; reference registers come from dbt_project/seeds.
"""
