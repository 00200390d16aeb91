"""姓名 behind a cue word（姓名、法定代表人、联系人…）. Columns of bare names are found by ``column_vote``.

Lives here: ``NameRecognizer`` and the surnames it knows. Stays out: names in free prose without a cue.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import ChineseRecognizer

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆"
    "廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
BARE_NAME = rf"^(?:[{SURNAMES}]|欧阳|司马|上官|诸葛|东方|皇甫)[\u4e00-\u9fa5]{{1,2}}$"
_CUES = "姓名|法定代表人|法人代表|联系人|负责人|经办人|户主|申请人|被执行人|当事人|其子|其女|其妻|其夫|其父|其母"


class NameRecognizer(ChineseRecognizer):
    """Finds CN_NAME."""

    ENTITY = "CN_NAME"
    PATTERNS = [Pattern("behind a cue", rf"(?:{_CUES})[ :：为是]*[{SURNAMES}](?:[\u4e00-\u9fa5]{{1,2}}|某)", 0.5)]
