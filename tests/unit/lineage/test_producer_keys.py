"""Keys of producers: shown once, kept as a keyed digest, revoked at once, audited."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from config.settings import settings
from lineage.events import keys
from lineage.events.authority import may_write
from lineage.events.keys import KeyRefusedError, create, recognise, remembered, revoke
from lineage.models import ProducerKey
from lineage.sight import ACTS_OF_ALL, ACTS_OF_OWN_PARTY, SIGHTS
from registry import audit
from registry.models import Account, AuditEvent, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(home) -> Account:
    return Account.objects.create(username="engineer", role=Role.DATA_ENGINEER, display_name="工程师")


def test_only_a_keyed_digest_is_kept(engineer):
    made = create("数据开发商", engineer)
    row = ProducerKey.objects.values().get()
    assert made.secret not in json.dumps(row, default=str)
    material = (settings().keys_path / "portal" / "producers.key").read_bytes()
    assert row["digest"] == hmac.new(material, made.secret.encode(), hashlib.sha256).hexdigest()
    assert row["digest"] != hashlib.sha256(made.secret.encode()).hexdigest()


def test_a_key_is_recognised_by_its_whole_secret_only(engineer):
    one, two = create("one", engineer), create("two", engineer)
    assert recognise(one.secret) == one.key and recognise(two.secret) == two.key
    swapped = one.secret[:19] + two.secret[19:]
    for wrong in ("", "x", one.secret[:-1], one.secret + "A", one.secret.upper(), swapped, one.secret + "\n"):
        assert recognise(wrong) is None and remembered(wrong) is None


def test_another_key_file_opens_nothing(engineer, monkeypatch, tmp_path):
    made = create("one", engineer)
    monkeypatch.setenv("SUYUAN_KEYS", str(tmp_path / "other-keys"))
    assert recognise(made.secret) is None


@pytest.mark.requirement("R131")
def test_making_and_revoking_stand_in_the_audit_chain(engineer):
    made = create("one", engineer, ["warehouse://a"], "engineer")
    assert recognise(made.secret) is not None and remembered(made.secret) is not None
    revoke(made.key.key_id, engineer)
    assert recognise(made.secret) is None
    assert keys.in_force([made.key.key_id]) == {} and remembered(made.secret) is None
    acts = list(AuditEvent.objects.order_by("seq").values_list("action", "actor", "object"))
    key_id = made.key.key_id
    assert acts == [("新增接入密钥", "engineer", key_id), ("停用接入密钥", "engineer", key_id)]
    assert audit.verify() == 2 and made.secret not in str(list(AuditEvent.objects.values()))


def test_what_cannot_be_made_or_revoked_is_said_in_one_line(engineer):
    for name, prefixes, reader in (
        ("", [], ""),
        ("a\nb", [], ""),
        ("a", ["b c"], ""),
        ("a", [""], ""),
        ("a", [], "no"),
    ):
        with pytest.raises(KeyRefusedError, match="^[^\n]+$"):
            create(name, engineer, prefixes, reader)
    with pytest.raises(KeyRefusedError):
        revoke("000000000000", engineer)
    made = create("one", engineer)
    revoke(made.key.key_id, engineer)
    with pytest.raises(KeyRefusedError, match="already"):
        revoke(made.key.key_id, engineer)
    assert ProducerKey.objects.count() == 1


GIVEN_BY_AN_ENGINEER = {Role.SERVICE_ENGINEER, Role.SECURITY_AUTHORITY, Role.DATA_CLERK, Role.DEVELOPER}


@pytest.mark.requirement("R131")
@pytest.mark.parametrize("role", Role.values)
def test_nobody_gives_a_key_a_view_beyond_its_own(engineer, role):
    other = Account.objects.create(username="other", role=role, display_name="他人")
    approver = Account.objects.create(username="approver", role=Role.BUREAU_APPROVER, display_name="审批")
    assert create("one", approver, reads_as="other").key.reads_as == "other"
    assert create("own", other, reads_as="other").key.reads_as == "other"
    if role in GIVEN_BY_AN_ENGINEER:
        assert create("two", engineer, reads_as="other").key.reads_as == "other"
        sight, own = SIGHTS[role], SIGHTS[Role.DATA_ENGINEER]
        assert own.reach == "all" and sight.questions <= own.questions and role not in ACTS_OF_ALL | ACTS_OF_OWN_PARTY
    else:
        with pytest.raises(KeyRefusedError, match="^[^\n]+approver may$"):
            create("two", engineer, reads_as="other")
    if role != Role.BUREAU_APPROVER:
        with pytest.raises(KeyRefusedError):
            create("three", other, reads_as="approver")


@pytest.mark.parametrize(
    ("prefixes", "namespace", "expected"),
    [
        ([], "warehouse://a", True), ([], "suyuan://yanzhou", False), ([], "Suyuan://yanzhou", False),
        ([], "suyuan:x", False), (["warehouse://a"], "warehouse://a", True),
        (["warehouse://a"], "warehouse://a/b", True),
        (["warehouse://a"], "warehouse://ab", False), (["warehouse://"], "warehouse://ab", True),
        (["s"], "suyuan://yanzhou", False), (["suyuan://yanzhou"], "suyuan://yanzhou", True),
        (["suyuan://yanzhou"], "suyuan://yanzhou2", False), (["suyuan://yanzhou"], "warehouse://a", False),
    ],
)  # fmt: skip
def test_what_a_key_may_write_to(prefixes, namespace, expected):
    assert may_write(ProducerKey(namespaces=prefixes), namespace) is expected
