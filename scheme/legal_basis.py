"""Headings of the scheme and their article numbers.

Lives here: the order of the 36 headings. The draft has headings only; the adopted text is reported to have 36
articles, so the order very probably gives the number (``ARTICLE_INFERRED``).
Stays out: what an article demands.
"""

from __future__ import annotations

ARTICLE_INFERRED = True
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
_FIGURES = "零一二三四五六七八九十"


def basis(heading: str) -> str:
    """Return ``第十八条（【数据的授权开发】）`` for a heading.

    Raises:
        ValueError: the scheme has no such heading.
    """
    return f"第{_chinese(HEADINGS.index(heading) + 1)}条（【{heading}】）"


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_FIGURES[tens]}十"
    return head + (_FIGURES[ones] if ones else "")
