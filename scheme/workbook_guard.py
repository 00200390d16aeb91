"""Opening a workbook that somebody sends: only plain cells of a modest size come in.

Lives here: what is refused before a cell is read, one Chinese sentence each.
Add here: another way in which a workbook can do harm.
Stays out: what the cells mean (``scheme.catalog_workbook``), deliveries (``orchestration.ingest``).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

MOST_BYTES, MOST_UNPACKED = 2 * 1024 * 1024, 40 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 2_000, 200
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]+)["']""")
_CELL_WITHOUT_PLACE = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?![^>]*\sr\s*=)")
_FORMULA = re.compile(rb"<(?:x:)?f[\s/>]")
_AGAIN = "请下载模板重新填写后上传。"
TOO_BIG = f"文件超过2MB，{_AGAIN}"
NOT_XLSX = f"文件不是可读取的Excel工作簿（.xlsx），{_AGAIN}"
WITH_FORMULA = "工作簿中有公式，请复制公式单元格并选择性粘贴为数值，再保存上传。"
TOO_WIDE = f"工作表超过{MOST_ROWS}行或{MOST_COLUMNS}列，请删除多余的行和列（含空白行列）后再上传。"


class WorkbookError(ValueError):
    """The workbook cannot become an entry; ``problems``: one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("".join(problems))
        self.problems = problems


def read_sheets(content: bytes, names: tuple[str, ...]) -> dict[str, list[list[Any]]]:
    """Return the cells of the sheets with these names.

    Raises:
        WorkbookError: too big, no xlsx, formulas, too many rows or columns, or a sheet is missing; one line.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if len(content) > MOST_BYTES:
        raise WorkbookError([TOO_BIG])
    _demand_plain(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        missing = [name for name in names if name not in book.sheet_names]
        if missing:
            named = "、".join(f"“{m}”" for m in missing)
            raise WorkbookError([f"缺少工作表{named}，请勿删除工作表或更改其名称。{_AGAIN}"])
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, OSError, ValueError) as error:
        raise error if isinstance(error, WorkbookError) else WorkbookError([NOT_XLSX]) from None


def _demand_plain(content: bytes) -> None:
    """Look at the parts as they are: a lone cell far out would make a reader fill all space before it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist() or sum(p.file_size for p in parts) > MOST_UNPACKED:
                raise WorkbookError([NOT_XLSX])
            for part in parts:
                _demand_modest(archive.read(part))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        raise WorkbookError([NOT_XLSX]) from None


def _demand_modest(part: bytes) -> None:
    if part[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16 would hide from the looks below
        raise WorkbookError([NOT_XLSX])
    if b"sheetData" not in part:
        return
    if _FORMULA.search(part):
        raise WorkbookError([WITH_FORMULA])
    if _CELL_WITHOUT_PLACE.search(part):
        raise WorkbookError([NOT_XLSX])
    for letters, number in _CELL.findall(part):
        if len(number) > 7 or int(number) > MOST_ROWS or _place(letters) > MOST_COLUMNS:
            raise WorkbookError([TOO_WIDE])


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place
