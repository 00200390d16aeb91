"""Why a notice could not be sent, in words that tell nothing of its receiver.

Lives here: the one error of sending. Its sentence is ours: a server's own words may repeat an address or a text.
Add here: nothing that names an address, a user, a key or an answer's text.
Stays out: sending (``mail``, ``webhook``), what follows from it (``delivering``).
"""

from __future__ import annotations


class NotSentError(Exception):
    """A notice was not sent, or nobody knows whether it was.

    ``sentence``: Chinese, may be shown and logged. ``whole_channel``: the next notice would fare no better now.
    """

    def __init__(self, sentence: str, *, whole_channel: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.whole_channel = sentence, whole_channel


class NoReceiverError(Exception):
    """The receiver takes no mail any more: no address, or the account is closed; the notice stays in the portal."""
