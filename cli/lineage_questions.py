"""`suyuan lineage sources | destinations | acts | responsibility | impact | rebuild-product`: the four questions.

Lives here: reading options, recording that somebody asked, exit codes.
Add here: another question.
Stays out: answering (``lineage.answers``), how an answer reads (``cli.lineage_words``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import lineage_words
from cli.lineage_asker import BY, asker, sight_of, told
from cli.output import JSON, refuse, show_document

if TYPE_CHECKING:
    from lineage.answers.asked import Asked

NODE = Annotated[str, typer.Argument(help="data set zone.schema.table")]
COLUMN = Annotated[str, typer.Option(help="one column")]
AT = Annotated[str, typer.Option(help="as it stood at this ISO 8601 time")]
KNOWN = Annotated[str, typer.Option(help="as it was known: ISO 8601 time, or a sequence of the log")]
PURPOSE = Annotated[str, typer.Option(help="what the question is for; kept in the audit chain")]


def add(app: typer.Typer) -> None:
    """Add the commands to the group."""
    app.command()(sources)
    app.command()(destinations)
    app.command()(acts)
    app.command()(responsibility)
    app.command()(impact)
    app.command("rebuild-product")(rebuild_product)


def sources(
    node: NODE, column: COLUMN = "", at: AT = "", known: KNOWN = "", purpose: PURPOSE = "",
    by: BY = "", as_json: Annotated[bool, JSON] = False,
) -> None:  # fmt: skip
    """来源: down to delivered file, row batch and department, up to grant, agreements and reviewers."""
    _setup()
    from lineage.answers.sources import sources as answer

    _ask("sources", asked_of(node, column, at, known, purpose), answer, lineage_words.sources, by, as_json)


def destinations(
    node: NODE, column: COLUMN = "", at: AT = "", known: KNOWN = "", purpose: PURPOSE = "",
    by: BY = "", as_json: Annotated[bool, JSON] = False,
) -> None:  # fmt: skip
    """去向: subsets, products and who uses them."""
    _setup()
    from lineage.answers.destinations import destinations as answer

    _ask("destinations", asked_of(node, column, at, known, purpose), answer, lineage_words.destinations, by, as_json)


def responsibility(
    node: NODE, column: COLUMN = "", at: AT = "", known: KNOWN = "", purpose: PURPOSE = "",
    by: BY = "", as_json: Annotated[bool, JSON] = False,
) -> None:  # fmt: skip
    """责任: who collected, holds, authorized, operates and uses it."""
    _setup()
    from lineage.answers.responsibility import responsibility as answer

    _ask(
        "responsibility", asked_of(node, column, at, known, purpose), answer, lineage_words.responsibility, by, as_json
    )


def impact(
    node: Annotated[str, typer.Argument(help="data set zone.schema.table; may be left out with --batch")] = "",
    column: COLUMN = "",
    batch: Annotated[str, typer.Option(help="the batch that is bad")] = "",
    version: Annotated[str, typer.Option(help="the version that is bad")] = "",
    at: AT = "",
    known: KNOWN = "",
    purpose: PURPOSE = "",
    by: BY = "",
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """影响: every subset, product, grant and user downstream of something bad."""
    _setup()
    from lineage.answers.impact import impact as answer

    if not node and not batch:
        refuse("name a data set, or give --batch")
    asked = asked_of(node or batch, column, at, known, purpose).about(node)
    _ask(
        "impact", asked, lambda a, who: answer(a, who, batch=batch, version=version), lineage_words.impact, by, as_json,
        on=node or f"batch:{batch}",
    )  # fmt: skip


def acts(
    account: Annotated[str, typer.Argument(help="user name")],
    since: Annotated[str, typer.Option(help="from this ISO 8601 time")] = "",
    at: Annotated[str, typer.Option(help="up to this ISO 8601 time")] = "",
    action: Annotated[str, typer.Option(help="one act, e.g. 核准")] = "",
    on: Annotated[str, typer.Option("--object", help="one object, e.g. grant:S2")] = "",
    text: Annotated[str, typer.Option(help="text in act, object or detail")] = "",
    page: Annotated[int, typer.Option(min=1)] = 1,
    purpose: PURPOSE = "",
    by: BY = "",
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """行为: what one person did, newest first."""
    _setup()
    from lineage.access import looked
    from lineage.answers import acts as answers
    from lineage.answers.asked import QuestionError, moment_of
    from lineage.answers.documents import document

    by_account = asker(by)
    who = sight_of(by_account, "acts")
    try:
        answers.demand_readable(account, who)
        asked = answers.ActsAsked(
            account, moment_of(since, "--since", "起始时间"), moment_of(at, "--at", "时点"), action, on, text
        )
        found = answers.acts(asked, page=page)
    except answers.ActsRefusedError:
        refuse(f"account {by} may not read the acts of {account[:60]}")
    except QuestionError as error:
        refuse(str(error))
    looked(by_account, "acts", f"account:{account}", purpose=purpose, detail=told(asked.detail()))
    _show(document(found), lineage_words.acts, as_json)


def rebuild_product(
    grant: Annotated[str, typer.Argument(help="grant, e.g. S2")],
    product: Annotated[str, typer.Argument(help="product, e.g. elderly_care_report")],
    content: Annotated[str, typer.Option(help="content hash of the release, or its beginning; default: the last")] = "",
    by: BY = "",
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Make a product again from its recorded versions and compare; exit 1 if it is not the same."""
    _setup()
    from lineage.answers.asked import QuestionError
    from lineage.answers.documents import document
    from portal.rebuilding import rebuild

    account = asker(by)
    sight_of(account, "rebuild")
    try:
        found = rebuild(grant, product, content, by=account, told=told())
    except QuestionError as error:
        refuse(str(error))
    _show(document(found), lineage_words.rebuilt, as_json)
    if not found.is_same:
        raise typer.Exit(1)


def _ask(
    question: str, asked: Asked, answer: Callable[[Asked, Any], Any], words: Callable[[dict[str, Any]], list[str]],
    by: str, as_json: bool, on: str = "",
) -> None:  # fmt: skip
    from lineage.access import looked
    from lineage.answers.asked import QuestionError
    from lineage.answers.documents import document
    from lineage.graph.trace import UnknownNodeError

    account = asker(by)
    who = sight_of(account, question)
    try:
        found = document(answer(asked, who))
    except (UnknownNodeError, QuestionError) as error:
        refuse(str(error))
    standing = found.get("standing") or found["found"]["standing"]
    detail = {**asked.detail(), "is_complete": standing["is_complete"]}
    looked(account, question, on or asked.node, purpose=asked.purpose, detail=told(detail))
    _show(found, words, as_json)


def asked_of(node: str, column: str, at: str, known: str, purpose: str) -> Asked:
    """Return the question put in these options; refuses a time that cannot be read."""
    from lineage.answers.asked import QuestionError, asked

    try:
        return asked(node, column=column, at=at, known=known, purpose=purpose)
    except QuestionError as error:
        refuse(str(error))


def _show(found: dict[str, Any], words: Callable[[dict[str, Any]], list[str]], as_json: bool) -> None:
    if as_json:
        show_document(found, True)
    else:
        print("\n".join(words(found)))


def _setup() -> None:
    from config import django_setup

    django_setup()
