"""Tables as an Excel workbook: numbers as numbers, texts as nothing but texts, the same bytes for the same tables."""
from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.language import Text
from simulator.problems import InputError, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

MADE = datetime(2000, 1, 1)         # the time a workbook is made is none of its contents
MOST_ROWS = 1_048_575               # below the head of a sheet
_FORBIDDEN = str.maketrans(dict.fromkeys(r"[]:*?/\\", " "))


@dataclass(frozen=True)
class Sheet:
    """A table. `kinds` says of each column how it is written: "money" (whole fen), "month" (a date), else as it is."""
    name: str
    heads: Sequence[str]
    kinds: Sequence[str]
    rows: Sequence[Sequence[Any]]


def workbook(sheets: list[Sheet]) -> bytes:
    """The bytes of an xlsx. InputError where the library for it is missing."""
    try:
        import xlsxwriter
    except ImportError:
        raise InputError([unknown(".xlsx", "xlsxwriter", (), what=Text(
            "写 Excel 需要 xlsxwriter：pip install 'yibao-simulator[files]'",
            "writing Excel needs xlsxwriter: pip install 'yibao-simulator[files]'"))]) from None
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE})
    look = {"head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "money": book.add_format({"num_format": "#,##0.00"}), "month": book.add_format({"num_format": "yyyy-mm"})}
    for sheet in sheets:
        _fill(book.add_worksheet(sheet.name.translate(_FORBIDDEN)[:31]), sheet, look)
    book.close()
    return sink.getvalue()


def _fill(page: Any, sheet: Sheet, look: dict[str, Any]) -> None:
    from rich.cells import cell_len
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, min(len(sheet.rows), MOST_ROWS), len(sheet.heads) - 1)
    for column, (head, kind) in enumerate(zip(sheet.heads, sheet.kinds)):
        page.write_string(0, column, head, look["head"])
        cells = [row[column] for row in sheet.rows[:200]] if not kind else ()
        longest = max((cell_len(str(cell)) for cell in cells), default=0)
        page.set_column(column, column, min(60, max(13 if kind == "money" else 8, min(cell_len(head), 20) + 3, longest + 2)))
    for number, row in enumerate(sheet.rows[:MOST_ROWS], 1):
        for column, (cell, kind) in enumerate(zip(row, sheet.kinds)):
            if cell is None:
                continue
            if kind == "money":
                page.write_number(number, column, Decimal(cell).scaleb(-2), look["money"])
            elif kind == "month":
                page.write_datetime(number, column, cell, look["month"])
            elif isinstance(cell, str | date):              # never looked at for what else it might be
                page.write_string(number, column, str(cell))
            else:
                page.write_number(number, column, cell)
