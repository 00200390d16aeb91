"""The package's verifier by itself: signatures as RFC 8032 publishes them and as a library judges them, the zip."""

from __future__ import annotations

import io
import zipfile

import pytest

from lineage.evidence import verifier
from tests.unit.lineage.test_evidence import unpacked

# RFC 8032, 7.1: public key, message, signature.
RFC_8032 = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_signatures_of_rfc_8032(public, message, signature):
    key, text, mark = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verifier.is_signed(key, text, mark)
    for at in range(0, 64, 5):
        assert not verifier.is_signed(key, text, bytes([*mark[:at], mark[at] ^ 4, *mark[at + 1 :]]))
    assert not verifier.is_signed(key, text + b"x", mark)


def test_signatures_as_cryptography_makes_and_judges_them():
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    for n in range(12):
        private = Ed25519PrivateKey.from_private_bytes(bytes([n] * 32))
        public, message = private.public_key().public_bytes_raw(), bytes([n]) * (n * 40)
        mark = private.sign(message)
        more = (int.from_bytes(mark[32:], "little") + verifier.ORDER).to_bytes(33, "little")
        assert verifier.is_signed(public, message, mark)
        for wrong in (mark[:32] + more[:32], mark[:-1] + b"\xff", b"\xff" * 32 + mark[32:], mark[:-1], bytes(64)):
            with pytest.raises((InvalidSignature, ValueError)):
                Ed25519PublicKey.from_public_bytes(public).verify(wrong, message)
            assert not verifier.is_signed(public, message, wrong)
    assert not verifier.is_signed(b"\xff" * 32, b"", bytes(64)) and not verifier.is_signed(b"", b"", b"")


def test_the_zip_is_what_every_unzip_reads():
    files = {"a.txt": b"a" * 1000, "events/1.json": b"", "b": bytes(range(256))}
    data = verifier.container(files, "2026-09-24T09:30:00+08:00")
    assert unpacked(data) == files
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert {i.date_time for i in found.infolist()} == {(2026, 9, 24, 9, 30, 0)}
