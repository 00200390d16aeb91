"""Typefaces of official documents: 小标宋, 仿宋, 黑体, 楷体, 宋体.

Lives here: which installed family stands for each, from ``SUYUAN_FONTS`` and the system; Noto Serif/Sans SC of the
wheel where none is installed.
Add here: another name under which a typeface is sold.
Stays out: sizes and places (``official.typ``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import settings

if TYPE_CHECKING:
    import typst

_SERIF, _SANS = "Noto Serif SC", "Noto Sans SC"
_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK"),
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02S", "方正仿宋_GBK"),
    "heading": ("SimHei", "黑体", "STHeiti", "FZHei-B01S", "方正黑体_GBK"),
    "second": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "FZKai-Z03S", "方正楷体_GBK"),
    "figure": ("SimSun", "宋体", "STSong", "FZShuSong-Z01S", "方正书宋_GBK"),
}
_FALLBACK = {"title": _SERIF, "body": _SERIF, "heading": _SANS, "second": _SERIF, "figure": _SERIF}


class FontFolderError(FileNotFoundError):
    """``SUYUAN_FONTS`` names no folder."""


@dataclass(frozen=True)
class Faces:
    """The fonts typst may use, and role → families in order of preference."""

    fonts: typst.Fonts
    families: dict[str, list[str]]


def faces() -> Faces:
    """Return the typefaces of this installation.

    Raises:
        FontFolderError: ``SUYUAN_FONTS`` is set and is no folder.
    """
    folder = settings().fonts
    if folder is not None and not folder.expanduser().is_dir():
        raise FontFolderError(f"SUYUAN_FONTS is no folder: {folder}")
    return _load(folder.expanduser() if folder else None)


@lru_cache(maxsize=4)
def _load(folder: Path | None) -> Faces:
    import pylopdf_fonts_zh_cn as wheel
    import typst

    paths = [str(p) for p in (folder, wheel.serif_path().parent) if p]
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=paths)
    installed = {f.casefold(): f for f in fonts.families()}
    return Faces(fonts, {role: _chosen(role, installed) for role in _NAMES})


def _chosen(role: str, installed: dict[str, str]) -> list[str]:
    found = [installed[n.casefold()] for n in _NAMES[role] if n.casefold() in installed]
    return [*found[:1], _FALLBACK[role]]
