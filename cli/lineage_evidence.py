"""`suyuan lineage evidence`: an answer with everything that proves it, as one zip.

Lives here: the command. Stays out: what is in the zip (``lineage.evidence``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.lineage_asker import BY, asker, told
from cli.output import JSON, refuse, show_document


def evidence(
    node: Annotated[str, typer.Argument(help="data set zone.schema.table")],
    output: Annotated[Path, typer.Option("-o", "--output", help="zip file")],
    column: Annotated[str, typer.Option(help="one column")] = "",
    upstream: Annotated[bool, typer.Option("--upstream", help="to the sources (default)")] = False,
    downstream: Annotated[bool, typer.Option("--downstream", help="to what was made of it")] = False,
    at: Annotated[str, typer.Option(help="as it stood at this ISO 8601 time")] = "",
    known: Annotated[str, typer.Option(help="as it was known: ISO 8601 time, or a sequence of the log")] = "",
    purpose: Annotated[str, typer.Option(help="what it is for; kept in the audit chain")] = "",
    by: BY = "",
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """数据溯源报告: write an answer, the events it rests on and their proofs; `python3 verify.py` in it checks all."""
    if upstream and downstream:
        refuse("give --upstream or --downstream, not both")
    if output.is_dir() or not output.absolute().parent.is_dir():
        refuse(f"{output} is a folder" if output.is_dir() else f"{output.parent} is no folder")
    from config import django_setup

    django_setup()
    from lineage.answers.asked import QuestionError, asked
    from lineage.evidence.package import EvidenceError, export
    from lineage.graph.trace import UnknownNodeError
    from lineage.log.anchors import AnchorError
    from lineage.log.checkpoint import CheckpointRefusedError
    from warehouse import atomic

    account = asker(by)
    try:
        question = asked(node, column=column, at=at, known=known, purpose=purpose)
        made = export(question, "downstream" if downstream else "upstream", by=account, told=told())
    except (QuestionError, UnknownNodeError, AnchorError) as error:
        refuse(str(error))
    except (CheckpointRefusedError, EvidenceError) as error:
        refuse(str(error), 1)
    atomic.write_bytes(output, made.package)
    if as_json:
        show_document({"file": str(output), **made.document()}, True)
        return
    print(f"{output}：{made.nodes}个数据集，{made.edges}条关系，{made.events}条血缘记录，文书编号 {made.number}")
    print(f"截至 {made.as_of}，检查点第{made.checkpoint}条血缘记录；签名公钥指纹 {made.fingerprint}")
    print("解压后运行 python3 verify.py 即可验证")
