"""Pages, one module per part of the navigation.

Lives here: reading what a page shows and handing acts to the registry. Each view names its permission.
Add here: a page, with its entry in ``portal.navigation`` and its row in the permission table.
Stays out: rules and states (``registry``), wording of layouts (templates).
"""
