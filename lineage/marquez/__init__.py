"""Reading the catalog in the shapes of Marquez's HTTP interface: rows and graph → documents, nothing is written."""
