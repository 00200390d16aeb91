"""Checks an evidence package with Python alone: ``python3 verify.py [package.zip or folder]``.

Lives here: Ed25519 (RFC 8032), the chain's formula, the Merkle path (RFC 9162), the form of the zip. This file goes
into each package as verify.py, with the modules it imports from here written into it
(``lineage.evidence.standalone``), so that it needs nothing but the standard library.
Add here: another check; each ends in a line that says what holds or what does not.
Stays out: what events say (``lineage.evidence.statements``), making a package (``lineage.evidence.package``). What it
prints is read by an auditor, so in Chinese.

Every byte counts: the manifest is signed and names the digest of every other file, this one too, and a zip must be
exactly what ``container`` makes of its files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path

from lineage.evidence.statements import WrongError, check_statements

MANIFEST = "manifest.json"
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
_ROOT = pow(2, (P - 1) // 4, P)


def canonical(document: object) -> bytes:
    """Return the one form of bytes that is signed."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(public_key: bytes) -> str:
    """Return how a public key is written for comparing: 16 groups of its sha256."""
    text = hashlib.sha256(public_key).hexdigest()
    return " ".join(text[i : i + 4] for i in range(0, 64, 4))


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature holds（RFC 8032, 5.1.7）."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(public_key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    left, right = _times(s, _BASE), _sum(r, _times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _point(data: bytes) -> tuple[int, int, int, int] | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * _ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _sum(p: tuple[int, int, int, int], q: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(n: int, p: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    found = (0, 1, 1, 0)
    while n:
        found = _sum(found, p) if n & 1 else found
        p, n = _sum(p, p), n >> 1
    return found


_BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def chain_hash(h: dict) -> str:
    """Return the hash that ties an event to all before it, from its header."""
    sent = h["via"] + "\n" + h["producer"] if h["via"] else h["producer"]
    fields = (h["prev_hash"], h["seq"], h["received_us"], h["event_us"], h["kind"], h["sha256"], sent)
    return hashlib.sha256("\n".join(str(f) for f in fields).encode()).hexdigest()


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Return the tree hash an audit path leads to（RFC 9162, 2.1.3.2）, None if the path does not fit the tree."""
    node, last = hashlib.sha256(b"\0" + leaf).digest(), size - 1
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def container(files: dict[str, bytes], stamp: str) -> bytes:
    """Return the zip of these files: stored, in order of names, all with one time ``YYYY-MM-DDTHH:MM:SS``."""
    year, month, day, hour, minute, second = (int(n) for n in stamp[:19].replace("T", "-").replace(":", "-").split("-"))
    when = struct.pack("<HH", hour << 11 | minute << 5 | second // 2, year - 1980 << 9 | month << 5 | day)
    out, directory = bytearray(), bytearray()
    for name in sorted(files):
        data, raw = files[name], name.encode("ascii")
        sizes = struct.pack("<LLLHH", zlib.crc32(data), len(data), len(data), len(raw), 0)
        plain = struct.pack("<HHH", 20, 0, 0) + when + sizes
        directory += b"PK\1\2" + struct.pack("<H", 20) + plain + struct.pack("<HHHLL", 0, 0, 0, 0, len(out)) + raw
        out += b"PK\3\4" + plain + raw + data
    end = struct.pack("<HHHHLLH", 0, 0, len(files), len(files), len(directory), len(out), 0)
    return bytes(out + directory + b"PK\5\6" + end)


def signed(data: bytes, key: dict, what: str) -> dict:
    """Return the document of a signed file.

    Raises:
        WrongError: not exactly one signed document, or the signature does not hold.
    """
    try:
        held = json.loads(data)
        signature = base64.b64decode(held["signature"], validate=True)
        is_plain = canonical(held) == data and base64.b64encode(signature).decode() == held["signature"]
    except (ValueError, KeyError, TypeError):
        raise WrongError(f"{what}不是签名文件") from None
    if not is_plain or set(held) != {"document", "algorithm", "key_id", "signature"}:
        raise WrongError(f"{what}的形式被改动")
    if (held["algorithm"], held["key_id"]) != ("Ed25519", key["key_id"]):
        raise WrongError(f"{what}不是用所附公钥对应的密钥签名的")
    if not is_signed(bytes.fromhex(key["public_key"]), canonical(held["document"]), signature):
        raise WrongError(f"{what}的签名不成立")
    return held["document"]


def check(files: dict[str, bytes], package: bytes | None = None) -> list[str]:
    """Return what holds, line by line.

    Args:
        files: name → content of the whole package.
        package: the zip they came from, if they came from one.

    Raises:
        WrongError: something does not hold.
    """
    try:
        return _check(files, package)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise WrongError(f"证据包缺少应有的内容或形式被改动（{type(error).__name__}）") from None


def _check(files: dict[str, bytes], package: bytes | None) -> list[str]:
    if MANIFEST not in files:
        raise WrongError("缺少清单 manifest.json")
    key = json.loads(files["key.json"])
    manifest = signed(files[MANIFEST], key, "清单 manifest.json ")
    said = [f"签名公钥指纹：{fingerprint(bytes.fromhex(key['public_key']))}", "清单的签名成立"]
    _check_files(files, manifest["files"])
    said.append(f"{len(manifest['files'])}个文件与清单逐一相符，没有缺少，没有多出")
    if package is not None and container(files, manifest["made_at"]) != package:
        raise WrongError("压缩包本身被改动过")
    mark = signed(files["checkpoint.json"], key, "检查点 checkpoint.json ")
    said.append(f"检查点的签名成立：{mark['at']}，共{mark['seq']}条血缘记录")
    headers = json.loads(files["headers.json"])
    paths = json.loads(files["proofs.json"])
    for header in headers:
        _check_event(header, files, mark, paths)
    pruned = sum(h["is_pruned"] for h in headers)
    gone = f"，其中{pruned}条的正文已依规清理，仅存摘要" if pruned else ""
    said.append(f"{len(headers)}条血缘记录的正文、校验链和在日志中的位置全部成立{gone}")
    return said + check_statements(files, {h["seq"] for h in headers})


def _check_files(files: dict[str, bytes], listed: dict[str, str]) -> None:
    names = set(files) - {MANIFEST}
    if names != set(listed):
        raise WrongError("文件缺少或多出：" + "、".join(sorted(names ^ set(listed))))
    for name, digest in listed.items():
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise WrongError(f"文件被改动：{name}")


def _check_event(header: dict, files: dict[str, bytes], mark: dict, paths: dict[str, list[str]]) -> None:
    seq, name = header["seq"], f"events/{header['seq']}.json"
    if header["is_pruned"] == (name in files):
        raise WrongError(f"第{seq}条血缘记录的正文缺少或多出")
    if not header["is_pruned"] and hashlib.sha256(files[name]).hexdigest() != header["sha256"]:
        raise WrongError(f"第{seq}条血缘记录的正文与摘要不符")
    if chain_hash(header) != header["chain_hash"]:
        raise WrongError(f"第{seq}条血缘记录的校验链不成立")
    path = [bytes.fromhex(p) for p in paths[str(seq)]]
    found = root_by_path(bytes.fromhex(header["chain_hash"]), seq - 1, mark["seq"], path)
    if not 0 < seq <= mark["seq"] or found is None or found.hex() != mark["tree_root"]:
        raise WrongError(f"第{seq}条血缘记录不在签名检查点所覆盖的日志中")


def read(place: Path) -> tuple[dict[str, bytes], bytes | None]:
    """Return name → content of a package in a folder or zip, and the zip's own bytes.

    Raises:
        WrongError: it is neither.
    """
    if place.is_dir():
        found = (p for p in sorted(place.rglob("*")) if not p.is_dir())
        return {p.relative_to(place).as_posix(): p.read_bytes() for p in found}, None
    try:
        with zipfile.ZipFile(place) as package:
            return {n: package.read(n) for n in package.namelist()}, place.read_bytes()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error, EOFError):
        raise WrongError(f"{place.name}打不开，或不是完好的压缩包") from None


def main(arguments: list[str]) -> int:
    """Check what is named, else the folder this file lies in; 0: all holds, 1: not."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    place = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        lines = check(*read(place))
    except WrongError as error:
        sys.stdout.write(f"未通过：{error}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.write("全部通过。请将上述公钥指纹与数据溯源报告所载、区大数据主管部门公布的指纹逐字核对。\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
