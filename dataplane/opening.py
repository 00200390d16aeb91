"""Opening a grant's file on the service platform.

Lives here: reading the signed bundle, refusing what is unsigned, expired, changed or missing, and opening the
encrypted file read-only and locked down.
Stays out: what is computed from it (``report``, ``verification``). No registry, no Django in this room.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from config import clock
from config.keys import KeyFileError, key
from scheme.bundle import Bundle, Permit
from scheme.signing import SignatureRefusedError, SignedDocument, verify
from warehouse import paths
from warehouse.engine import literal, load_encryption

if TYPE_CHECKING:
    import duckdb


class GrantRefusedError(PermissionError):
    """The grant may not be used now; the sentence says why and what to do, in Chinese."""


def read_bundle(grant: str) -> Bundle:
    """Return a grant's bundle if the bureau signed it and it is in force now.

    Raises:
        GrantRefusedError: it is not; nothing of it is opened.
    """
    try:
        document = verify(_signed(paths.grants() / grant), "bureau")
        bundle = Bundle.model_validate(document)
    except FileNotFoundError:
        raise _refusal(grant, "尚未发布或已收回") from None
    except (SignatureRefusedError, KeyFileError, ValidationError):
        raise _refusal(grant, "授权包签名不符或内容不合规") from None
    if bundle.grant.grant != grant:
        raise _refusal(grant, "授权包与授权编号不符")
    if not bundle.grant.in_force(clock.today()):
        raise _refusal(grant, "不在授权期限内")
    return bundle


def demand_released(product: str, grant: str, content: str) -> None:
    """Return if both keys released exactly this version of a product.

    Raises:
        GrantRefusedError: they did not, or the permit is not the bureau's.
    """
    try:
        signed = SignedDocument.model_validate_json((paths.permits() / f"{product}.json").read_bytes())
        permit = Permit.model_validate(verify(signed, "bureau"))
    except FileNotFoundError:
        raise _not_released("尚未通过发布审核或已下架") from None
    except (SignatureRefusedError, KeyFileError, ValidationError):
        raise _not_released("发布许可签名不符或内容不合规") from None
    if (permit.product, permit.grant, permit.content) != (product, grant, content):
        raise _not_released("现行版本与通过审核的版本不一致")


def _not_released(why: str) -> GrantRefusedError:
    return GrantRefusedError(
        f"该数据产品不可使用：{why}。依据：第十九条（【数据产品发布管理】）。请等待安全主管部门和区大数据主管部门完成审核。"
    )


@contextmanager
def open_grant(grant: str) -> Iterator[tuple[Bundle, duckdb.DuckDBPyConnection]]:
    """Yield a grant's bundle and a locked-down connection on its tables.

    Raises:
        GrantRefusedError: the grant may not be used, or its file is missing or not the signed one.
    """
    bundle = read_bundle(grant)
    with _opened(bundle, paths.grants() / grant / bundle.file_name) as connection:
        yield bundle, connection


@contextmanager
def open_kept(grant: str, content: str) -> Iterator[tuple[Bundle, duckdb.DuckDBPyConnection]]:
    """Yield a kept subset like ``open_grant``, whatever became of the grant since: to verify, never to use.

    Raises:
        GrantRefusedError: it is not kept, or it is not what the bureau signed.
    """
    folder = paths.kept_subset(grant, content)
    try:
        bundle = Bundle.model_validate(verify(_signed(folder), "bureau"))
    except FileNotFoundError:
        raise _refusal(grant, "制作时所用的授权子集未留存") from None
    except (SignatureRefusedError, KeyFileError, ValidationError):
        raise _refusal(grant, "留存的授权包签名不符或内容不合规") from None
    if (bundle.grant.grant, bundle.content) != (grant, content):
        raise _refusal(grant, "留存的授权包与所查内容不符")
    with _opened(bundle, folder / bundle.file_name) as connection:
        yield bundle, connection


def _signed(folder: Path) -> SignedDocument:
    return SignedDocument.model_validate_json((folder / "bundle.json").read_bytes())


@contextmanager
def _opened(bundle: Bundle, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a locked-down, read-only connection on an encrypted file."""
    import duckdb

    grant, secret = bundle.grant.grant, key("service", "encryption")
    if secret.key_id != bundle.encryption_key_id or not path.is_file():
        raise _refusal(grant, "授权文件缺失或密钥不符")
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "allow_community_extensions": "false",
                "memory_limit": "512MB", "threads": "1", "temp_directory": ""}
    )  # fmt: skip
    try:
        load_encryption(connection)
        connection.execute(
            f"ATTACH {literal(path)} AS subset (READ_ONLY, ENCRYPTION_KEY {literal(secret.material.hex())})"
        )
        connection.execute("USE subset; SET enable_external_access = false; SET lock_configuration = true")
        yield connection
    except duckdb.IOException:
        raise _refusal(grant, "授权文件无法打开") from None
    finally:
        connection.close()


def _refusal(grant: str, why: str) -> GrantRefusedError:
    return GrantRefusedError(
        f"授权 {grant} 不可使用：{why}。依据：第十八条（【数据的授权开发】）。请联系一级运营主体核对授权状态。"
    )
