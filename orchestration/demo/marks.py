"""Numbers that can be no living person's or firm's, with correct check digits, vectorised.

Lives here: resident id（GB 11643-1999）, unified social credit code（GB 32100-2015）, bank card（ISO/IEC 7812）
and mobile numbers with the marks of the demo: region codes never issued (372796, 370896, 370897, 370898), card
BIN 629999, mobile prefix 154.
Stays out: judging numbers (``expectations``, ``desensitization``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

FIRM_REGION = "370898"
CARD_BIN = "629999"
MOBILE_PREFIX = "154"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = np.array(list("10X98765432"))
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ORG_CHECKS = np.array(list("0123456789X"))


def region_of(birth_year: np.ndarray) -> np.ndarray:
    """Return the never-issued region code of each era: Yanzhou was renamed in 1983, 1992 and 2013."""
    return np.select([birth_year < 1983, birth_year < 1992, birth_year < 2013], [372796, 370896, 370897], 370898)


def resident_ids(regions: np.ndarray, dates: np.ndarray, sequences: np.ndarray) -> pl.Series:
    """Return 18-character numbers; ``dates`` as yyyymmdd integers, ``sequences`` 0–999."""
    base = regions.astype(np.int64) * 10**11 + dates.astype(np.int64) * 1000 + sequences.astype(np.int64)
    total = (_digits(base, 17) * _ID_WEIGHTS).sum(axis=1) % 11
    return _joined(base, 17, _ID_CHECKS[total])


def usccs(kinds: np.ndarray, organisations: np.ndarray) -> pl.Series:
    """Return 18-character codes; ``kinds`` 91/92/93, ``organisations`` 8-digit numbers."""
    organisation_digits = _digits(organisations.astype(np.int64), 8)
    remainder = (11 - (organisation_digits * _ORG_WEIGHTS).sum(axis=1) % 11) % 11
    head = kinds.astype(np.int64) * 10**6 + int(FIRM_REGION)
    values = np.hstack(
        [
            _digits(head, 8),
            organisation_digits,
            np.where(remainder == 10, USCC_ALPHABET.index("X"), remainder)[:, None],
        ]
    )
    weights = np.array([pow(3, i, 31) for i in range(17)])
    check = (31 - (values * weights).sum(axis=1) % 31) % 31
    text = pl.Series(head * 10**8 + organisations.astype(np.int64)).cast(pl.String)
    return text + pl.Series(_ORG_CHECKS[remainder]) + pl.Series(np.array(list(USCC_ALPHABET))[check])


def cards(numbers: np.ndarray) -> pl.Series:
    """Return 19-digit card numbers that pass Luhn."""
    base = int(CARD_BIN) * 10**12 + numbers.astype(np.int64)
    digits = _digits(base, 18)
    doubled = digits[:, ::-1].copy()
    doubled[:, ::2] *= 2
    total = np.where(doubled > 9, doubled - 9, doubled).sum(axis=1)
    return _joined(base, 18, ((10 - total % 10) % 10).astype(str))


def mobiles(numbers: np.ndarray) -> pl.Series:
    """Return 11-digit mobile numbers."""
    return pl.Series(int(MOBILE_PREFIX) * 10**8 + numbers.astype(np.int64)).cast(pl.String)


def _digits(numbers: np.ndarray, width: int) -> np.ndarray:
    return numbers[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10


def _joined(numbers: np.ndarray, width: int, checks: np.ndarray) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(width) + pl.Series(checks)
