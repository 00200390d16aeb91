"""文书: what the quality room prints, as page, PDF and workbook.

Lives here: one module per document, which gathers its content; ``content`` (what a document is made of), ``rendering``
(content → page, PDF, xlsx), ``workbook``, ``problem_list``, ``as_dispatched`` (what the notice
stated), ``dispatching`` (keeping the notice that is sent).
Add here: another document of quality work.
Stays out: issuing and layout of paper (``registry.printing``), who may read one (``portal``).
"""
