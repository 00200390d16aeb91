"""Granted columns in words: the form in which a value may appear, as a department reads it.

Lives here: Chinese names of forms, and one phrase for a form with its parameters.
Add here: the wording of a new form.
Stays out: what a form is (``scheme.grant``), making it (``scheme.compile_models``).
"""

from __future__ import annotations

from scheme.grant import AgeBand, Band, Form, GrantedColumn, Prefix, Truncate

FORMS = {
    "keep": "原值", "token": "密钥令牌", "band": "分档", "age_band": "年龄段", "truncate": "日期截断",
    "prefix": "代码前缀", "index": "指数化", "alone_in_group": "是否独居",
}  # fmt: skip
_UNITS = {"year": "年", "quarter": "季度", "month": "月"}


def form_in_words(form: Form) -> str:
    """Return ``分档（10万元以下、……）``: the form's name, with what it keeps."""
    name = FORMS[form.kind]
    match form:
        case Band() | AgeBand():
            return f"{name}（{'、'.join(form.labels)}）"
        case Truncate():
            return f"{name}（到{_UNITS[form.unit]}）"
        case Prefix():
            return f"{name}（前{form.length}位）"
        case _:
            return name


def column_in_words(column: GrantedColumn) -> str:
    """Return ``行业大类：代码前缀（前2位）``."""
    return f"{column.title}：{form_in_words(column.form)}"
