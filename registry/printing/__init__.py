"""文书: what leaves the system on paper.

Lives here: ``typeset`` (data → PDF in the layout of GB/T 9704-2012), ``issuing`` (number, digest, verification code,
ledger event), ``verifying`` (what anyone may ask of a code).
Stays out: what a document says (the rooms that know it).
"""
