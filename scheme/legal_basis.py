"""Headings of the scheme and their article numbers.

Lives here: the order of the 36 headings, and the words of articles that documents quote. The draft has headings only;
the adopted text is reported to have 36 articles, so the order very probably gives the number (``ARTICLE_INFERRED``).
Add here: an article that a document quotes, verbatim.
Stays out: what follows from an article.
"""

from __future__ import annotations

ARTICLE_INFERRED = True
SCHEME = "济宁市兖州区公共数据资源授权运营和开发利用实施方案（试行）"
_CHAPTERS = (
    "目的依据 适用范围 基本原则 术语定义 职责分工",
    "数据目录 数据汇聚 数据治理",
    "授权模式 运营机构条件 授权工作要求 一级运营主体授权程序 二级开发主体授权程序 授权协议 运营机构退出机制",
    "平台建设 数据申请与审核 数据的授权开发 数据产品发布管理 数据产品流通交易 收益分配 禁止行为",
    "安全责任 安全制度 安全人员 安全技术 安全检查 安全事件处理",
    "监督检查 运营评估 信息披露 责任追究 容错机制",
    "其他数据 解释权 实施日期",
)
HEADINGS: tuple[str, ...] = tuple(h for chapter in _CHAPTERS for h in chapter.split())
_WORDS = {
    "数据治理": (
        "数源部门应加强源头数据质量管控，"
        "通过一体化大数据平台依法合规开展公共数据资源的共享、开放、校核、更新、安全管理工作，确保数据完整性、一致性、准确性和及时性。"
        "运营开发过程中发现公共数据质量问题的，区大数据主管部门应督促数源部门在规定期限内完成数据治理。"
    ),
}
_FIGURES = "零一二三四五六七八九十"


def basis(heading: str) -> str:
    """Return ``第十八条（【数据的授权开发】）`` for a heading.

    Raises:
        ValueError: the scheme has no such heading.
    """
    return f"第{_chinese(HEADINGS.index(heading) + 1)}条（【{heading}】）"


def quote(heading: str) -> str:
    """Return the words of an article, verbatim.

    Raises:
        KeyError: this article is not kept here.
    """
    return _WORDS[heading]


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_FIGURES[tens]}十"
    return head + (_FIGURES[ones] if ones else "")
