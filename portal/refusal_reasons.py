"""Why an event was not taken in, in the words of the portal.

Lives here: the catalog's reasons (English, naming places and rules) → Chinese.
Add here: the wording of a new reason of ``lineage.events``; a test reads them all.
Stays out: when an event is refused.
"""

from __future__ import annotations

import re

_WORDINGS: tuple[tuple[str, str], ...] = (
    (r"not a JSON text in UTF-8 \((.+)\)", "内容不是 UTF-8 编码的 JSON（{0}）"),
    (r"a key stands twice in one object", "同一 JSON 对象中有重复的键"),
    (r"nested too deeply \(more than (\d+) levels\)", "内容嵌套超过 {0} 层"),
    (r"longer than SUYUAN_LINEAGE_EVENT_LIMIT allows", "事件超过本系统规定的长度"),
    (r"(.+): namespace and name together are longer than (.+) bytes", "{0} 的命名空间和名称合计超过 {1} 字节"),
    (r"(.+): a name or version is longer than (.+) bytes", "{0} 中的名称或版本超过 {1} 字节"),
    (r"eventTime lies more than one day ahead of this system's clock", "eventTime 比本系统时钟超前一天以上"),
    (r"not a JSON object", "内容不是 JSON 对象"),
    (r"not a JSON array", "内容不是 JSON 数组"),
    (r"eventTime is not an RFC 3339 date and time", "eventTime 不是 RFC 3339 格式的日期和时间"),
    (r"an event has either a dataset or a job, not both", "事件不得同时包含 dataset 和 job"),
    (r"the event: breaks the rule (\S+) (.+)", "事件缺少必填项 {1}，不符合 OpenLineage 规范"),
    (r"the event: breaks the rule (\S+)", "事件不符合 OpenLineage 规范的 {0} 规则"),
    (r"(.+): breaks the rule required (.+)", "{0} 缺少必填项 {1}，不符合 OpenLineage 规范"),
    (r"(.+): breaks the rule (\S+)", "{0} 不符合 OpenLineage 规范的 {1} 规则"),
    (r"(.+): no facet of Suyuan has this name", "{0} 使用了本系统保留的前缀 suyuan_，但没有这一名称"),
    (r"(.+): this key may not write to this namespace", "密钥无权写入 {0} 所在的命名空间"),
    (r"(.+): this key may not state this facet", "密钥无权写入 {0}，该内容只能由本系统产生"),
    (r"run: this run is another producer's", "run 由其他来源产生，密钥无权写入"),
    (r"valid, but the catalog cannot read it", "事件符合规范，但系统未能处理，已记录"),
    (r"the database does not answer; nothing was stored", "数据库暂不可用，事件尚未接收"),
)  # fmt: skip
_COMPILED = [(re.compile(pattern, re.DOTALL), wording) for pattern, wording in _WORDINGS]


def in_chinese(reason: str) -> str:
    """Return a reason in Chinese; one without a wording as it is."""
    for pattern, wording in _COMPILED:
        found = pattern.fullmatch(reason)
        if found:
            return wording.format(*found.groups())
    return reason
