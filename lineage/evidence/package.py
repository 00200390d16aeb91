"""The evidence package: one zip that proves itself.

Lives here: ``export``: the answer, what it rests on, exact events, proofs, report, verifier, signed manifest.
Add here: another file of the package; ``verifier`` must check it.
Stays out: what the answer rests on (``grounds``), the report's words (``report``), checking (``verifier``).

A package holds whole events, SQL text included, so only who sees everything may take one. The same question under
the same clock over the same log gives the same bytes. Nothing is locked meanwhile: the answer names the sequence it
knows, and the log only grows.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from importlib.resources import files as resources
from typing import Any

from config import clock
from config.keys import public_fingerprint, verify_key
from lineage.access import Viewer, looked, system, viewer
from lineage.answers.asked import Asked, QuestionError
from lineage.answers.chain import walk
from lineage.evidence import report, verifier
from lineage.evidence.grounds import Grounds, column_edges, grounds
from lineage.evidence.spelling import spellings
from lineage.evidence.standalone import standalone
from lineage.evidence.ways import Stated, Ways
from lineage.graph.trace import Trace
from lineage.graph.view import view
from lineage.graph.walks import Direction
from lineage.log import checkpoint, merkle, reading
from lineage.log.checkpoint import Checkpoint
from lineage.models import Event
from registry.models import Account
from registry.printing import issuing, typeset
from scheme.canonical import canonical_json
from scheme.signing import sign

_CHUNK = 500
_HEADER = ("seq", "received_us", "event_us", "kind", "producer", "via", "sha256", "prev_hash", "chain_hash")


class EvidenceError(RuntimeError):
    """The log does not fit its checkpoint: there is nothing to prove with."""


@dataclass(frozen=True)
class Package:
    """The zip and what it holds."""

    package: bytes
    number: str
    as_of: str
    nodes: int
    edges: int
    events: int
    checkpoint: int
    fingerprint: str

    def document(self) -> dict[str, Any]:
        """Return what is said of it, without its bytes."""
        return {name: value for name, value in asdict(self).items() if name != "package"}


def export(
    asked: Asked, direction: Direction, *, by: Account | None, told: dict[str, Any] | None = None
) -> Package:  # fmt: skip
    """Return the package of one answer; taking it is an act of its own in the audit chain.

    Both ways are in it: the answer is the one asked for, the other stands beside it. ``told``: what else the audit
    event says of the asking.

    Raises:
        QuestionError: this account may not read whole events.
        UnknownNodeError: nothing of that name was known at that time.
        CheckpointRefusedError, AnchorError: the log's head cannot be signed or anchored.
        EvidenceError: the log does not fit its checkpoint.
    """
    who = viewer(by) if by else system()
    if not (who.sees_all and who.sees_sql and who.sees_files):
        raise QuestionError("this account may not take whole events out", "您的账号不能导出溯源证据。")
    mark = _signed_head()
    ways = _ways(asked, direction, who)
    rests = grounds(ways.seen, ways.whole)
    headers, bodies = _events(rests.sequences)
    rests.spelled.update(spellings(_numbered(bodies), rests.names))
    proved = _proved(mark, headers)
    stated = _stated(ways, mark, headers)
    issued, paper = _report(stated, by)
    answer = ways.answer.found
    files = {
        **_answered(stated, rests), **bodies, **proved, "report.pdf": paper,
        "key.json": _json(_key()), "checkpoint.json": canonical_json(mark.signed.model_dump(mode="json")),
        "verify.py": standalone("verifier"), "README.txt": _text("readme.txt"),
    }  # fmt: skip
    package = _sealed(files, answer)
    detail = {
        "document": issued, "direction": direction, "events": len(headers), "checkpoint": mark.seq, **asked.detail(),
        "sha256": hashlib.sha256(package).hexdigest(), **(told or {}),
    }  # fmt: skip
    looked(by, "evidence", asked.node, purpose=asked.purpose, detail=detail, action=report.EXPORTED)
    return Package(
        package, issued, answer.as_of.isoformat(), len(ways.whole.nodes), len(ways.whole.edges), len(headers), mark.seq,
        public_fingerprint("bureau"),
    )  # fmt: skip


def _signed_head() -> Checkpoint:
    checkpoint.write()
    mark = checkpoint.latest()
    if mark is None or mark.tree_root is None:
        raise EvidenceError("the log is empty: there is nothing to prove with")
    return mark


def _ways(asked: Asked, direction: Direction, who: Viewer) -> Ways:
    """Return both walks over the same log as of the same moment: it may grow meanwhile."""
    now = view(asked.at, asked.known_seq)
    pinned = replace(asked, at=now.at, known_seq=now.seq)
    return Ways(direction, walk(pinned, who, "upstream"), walk(pinned, who, "downstream"))


def _stated(ways: Ways, mark: Checkpoint, headers: list[dict[str, Any]]) -> Stated:
    columns = list(column_edges(ways.seen, ways.whole))
    names = {edge.input: ways.seen.node(edge.input) for _, edge in columns}
    return Stated(ways, columns, names, mark, len(headers), sum(h["is_pruned"] for h in headers))


def _events(sequences: list[int]) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Return headers, and exact bodies by file name."""
    headers: list[dict[str, Any]] = []
    bodies: dict[str, bytes] = {}
    for start in range(0, len(sequences), _CHUNK):
        rows = Event.objects.filter(seq__in=sequences[start : start + _CHUNK]).order_by("seq")
        for *header, body in rows.values_list(*_HEADER, "body"):
            headers.append({**dict(zip(_HEADER, header, strict=True)), "is_pruned": not body})
            if body:
                bodies[f"events/{header[0]}.json"] = bytes(body)
    return headers, bodies


def _numbered(bodies: dict[str, bytes]) -> list[tuple[int, bytes]]:
    return [(int(name.removeprefix("events/").removesuffix(".json")), body) for name, body in bodies.items()]


def _report(stated: Stated, by: Account | None) -> tuple[str, bytes]:
    content = report.content(stated)
    issued = issuing.issue(report.KIND, report.KIND, content, on=stated.ways.asked.node[:120], by=by)
    shape = resources("lineage.evidence").joinpath("evidence.typ").read_text("utf-8")
    return issued.number, typeset.pdf(shape, content, issuing.foot_of(issued))


def _answered(stated: Stated, rests: Grounds) -> dict[str, bytes]:
    ways = stated.ways
    columns = [
        {
            "source": stated.source_names[e.input], "source_column": e.input_column, "target": target,
            "target_column": e.column, "type": e.type, "subtype": e.subtype, "masking": e.masking,
            "description": e.description,
        }
        for target, e in stated.columns
    ]  # fmt: skip
    return {
        "subgraph.json": _json({**ways.answer.found.document(), "opposite": ways.opposite.found.document()}),
        "columns.json": _json(columns),
        "grounds.json": _json(rests.document()),
    }  # fmt: skip


def _proved(mark: Checkpoint, headers: list[dict[str, Any]]) -> dict[str, bytes]:
    """Return headers and the path of each event to the checkpoint's tree hash."""
    leaves = (bytes.fromhex(chain) for chunk in reading.hashes(mark.seq) for _, _, chain in chunk)
    try:
        paths = merkle.inclusion_paths(leaves, mark.seq, [h["seq"] - 1 for h in headers])
        for header in headers:
            leaf, index = bytes.fromhex(header["chain_hash"]), header["seq"] - 1
            merkle.demand_included(leaf, index, mark.seq, paths[index], bytes.fromhex(mark.tree_root or ""))
    except (merkle.ProofRefusedError, RuntimeError, ValueError):
        raise EvidenceError("the log does not fit its checkpoint: run suyuan lineage verify") from None
    proofs = {str(index + 1): [p.hex() for p in path] for index, path in paths.items()}
    return {"headers.json": _json(headers), "proofs.json": _json(proofs)}


def _key() -> dict[str, str]:
    key_id, public = verify_key("bureau")
    raw = public.public_bytes_raw()
    return {"key_id": key_id, "algorithm": "Ed25519", "public_key": raw.hex(), "fingerprint": verifier.fingerprint(raw)}


def _sealed(files: dict[str, bytes], answer: Trace) -> bytes:
    """Add the signed manifest, make the zip, and hold it to its own verifier before anyone gets it."""
    stamp = clock.now().isoformat(timespec="seconds")
    manifest = {
        "made_at": stamp, "node": answer.node, "column": answer.column, "direction": answer.direction,
        "as_of": answer.as_of.isoformat(), "key_id": verify_key("bureau")[0],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }  # fmt: skip
    sealed = {**files, verifier.MANIFEST: canonical_json(sign(manifest, "bureau").model_dump(mode="json"))}
    package = verifier.container(sealed, stamp)
    try:
        verifier.check(sealed, package)
    except verifier.WrongError as error:
        raise EvidenceError(f"the package does not hold: {error}") from None
    return package


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _text(name: str) -> bytes:
    return resources("lineage.evidence").joinpath(name).read_bytes()
