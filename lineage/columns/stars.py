"""Select items that stand for many columns: ``*``, ``t.*``, ``columns(…)``.

Lives here: which columns an item stands for, and under which names.
Add here: another way of choosing columns by name.
Stays out: what an expression does with a column (``expressions``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from lineage.columns.dependency import Found, Output, UnreadableSqlError
from lineage.columns.scopes import Scope, Source

_CHOSEN = "columns()"  # the name under which an unfolded expression knows its column
_PATTERNS = (exp.Like, exp.ILike, exp.Glob, exp.SimilarTo)


def unfold(item: exp.Expr, scope: Scope) -> list[Output]:
    """Return the output columns of one item of a select list.

    Raises:
        UnreadableSqlError: the columns of a table that it stands for are not known.
    """
    star = _star(item)
    if star is not None:
        return _of_star(star, _qualifiers(item), scope)
    if isinstance(item, _PATTERNS) and (star := _star(item.this)) is not None:
        return [o for o in _of_star(star, _qualifiers(item.this), scope) if _fits(item, o.name)]
    chosen = [c for c in within(item) if isinstance(c, exp.Columns) and not c.args.get("unpack")]
    if chosen:
        return [_unfolded(item, output, scope) for output in matching(chosen[0], scope)]
    return [Output(output_name(item), scope.read(item))]


def output_name(item: exp.Expr) -> str:
    """Return the name of an output column; without an alias as DuckDB writes the expression."""
    if item.alias_or_name and isinstance(item, exp.Alias | exp.Column | exp.Dot | exp.Identifier):
        return item.alias_or_name
    if isinstance(item, exp.Dot) and item.args["expression"].name:
        return item.args["expression"].name
    if isinstance(item, exp.Count) and (item.this is None or isinstance(item.this, exp.Star)):
        return "count_star()"
    text = item.sql("duckdb", normalize_functions="lower")
    return f"({text})" if isinstance(item, exp.Binary) and not isinstance(item, exp.Func) else text


def within(item: exp.Expr) -> Iterator[exp.Expr]:
    """Walk an expression without the queries inside it."""
    return item.walk(prune=lambda n: isinstance(n, exp.Query))


def matching(columns: exp.Expr, scope: Scope) -> list[Output]:
    """Return the columns that ``columns(…)`` stands for.

    Raises:
        UnreadableSqlError: they are chosen by a function.
    """
    chosen = columns.this
    star = _star(chosen)
    if star is not None:
        return _of_star(star, _qualifiers(chosen), scope)
    if isinstance(chosen, exp.Literal) and chosen.is_string:
        return [o for o in visible(scope) if _compiled(chosen.this).search(o.name)]
    if isinstance(chosen, exp.Array):
        return [Output(each.name, scope.read(each)) for each in chosen.expressions]
    raise UnreadableSqlError("the statement chooses columns by a function")


def visible(scope: Scope, qualifiers: tuple[str, ...] = ()) -> list[Output]:
    """Return the columns of all tables of FROM, or of one; a column of USING stands where it stands first."""
    called = ([s for s in each.sources if s.is_called(qualifiers)] for each in scope.around())
    sources = next((found for found in called if found), []) if qualifiers else scope.sources
    if not sources:
        raise UnreadableSqlError(f"the statement has no table {'.'.join(qualifiers)}".rstrip())
    outputs, done = [], set()
    for source in sources:
        if source.relation.unknown:
            raise UnreadableSqlError(f"the columns of {source.relation.unknown} are not known")
        for output in source.relation.columns:
            found = None if qualifiers else _merged(scope, source, output.name.lower())
            if found is None:
                outputs.append(output)
            elif output.name.lower() not in done:
                done.add(output.name.lower())
                outputs.append(Output(output.name, found))
    return outputs


def _merged(scope: Scope, source: Source, name: str) -> Found | None:
    merged = scope.merged.get(name)
    return merged.found if merged and any(s is source for s in merged.sources) else None


def _star(item: exp.Expr) -> exp.Star | None:
    star = item.this if isinstance(item, exp.Column) else item
    return star if isinstance(star, exp.Star) else None


def _qualifiers(item: exp.Expr) -> tuple[str, ...]:
    return tuple(p.name.lower() for p in item.parts[:-1]) if isinstance(item, exp.Column) else ()


def _of_star(star: exp.Star, qualifiers: tuple[str, ...], scope: Scope) -> list[Output]:
    left_out = {e.name.lower() for e in star.args.get("except_") or []}
    replaced = {r.alias.lower(): r.this for r in star.args.get("replace") or []}
    renamed = {r.this.name.lower(): r.alias for r in star.args.get("rename") or []}
    return [
        Output(renamed.get(name, o.name), scope.read(replaced[name]) if name in replaced else o.found)
        for o in visible(scope, qualifiers)
        if (name := o.name.lower()) not in left_out
    ]


def _unfolded(item: exp.Expr, output: Output, scope: Scope) -> Output:
    inside = scope.inner(scope.condition)
    inside.params = {_CHOSEN: output.found}
    copy = exp.Paren(this=item.copy())
    patterns = [c.this.this for c in copy.find_all(exp.Columns) if isinstance(c.this, exp.Literal)]
    for columns in list(copy.find_all(exp.Columns)):
        columns.replace(exp.to_identifier(_CHOSEN))
    name = _from_template(item.alias, patterns, output.name) if isinstance(item, exp.Alias) else output.name
    return Output(name, inside.read(copy.this))


def _from_template(template: str, patterns: list[str], name: str) -> str:
    r"""Return an alias like ``'old_\1'`` with the parts of the name that the pattern caught."""
    found = _compiled(patterns[0]).search(name) if patterns else None
    if found is None:
        return template
    return re.sub(r"\\(\d)", lambda m: str(found.group(int(m[1])) or ""), template)


def _fits(pattern: exp.Expr, name: str) -> bool:
    """``* like 'a%'``; patterns of other kinds are rare enough to be refused."""
    text = pattern.args["expression"]
    if not isinstance(pattern, exp.Like | exp.ILike) or not isinstance(text, exp.Literal):
        raise UnreadableSqlError("the statement chooses columns by a pattern that cannot be traced")
    regex = re.escape(str(text.this)).replace("%", ".*").replace("_", ".")
    return re.fullmatch(regex, name, re.IGNORECASE if isinstance(pattern, exp.ILike) else 0) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error:
        raise UnreadableSqlError("the statement chooses columns by an expression that cannot be read") from None
