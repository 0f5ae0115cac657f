"""Downloads. A file is only made when it is asked for, in a thread of its own, which has to be told the language."""
from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from simulator import charts, export, scenario_text
from simulator.dashboard import state
from simulator.language import language, say, use_language
from simulator.months import month_text

if TYPE_CHECKING:
    from simulator.ledger import Result
    from simulator.scenario import Scenario

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def downloads(results: Sequence[Result], names: Sequence[str]) -> None:
    """The months of the first result, and the figure of them all."""
    result, spoken = results[0], language()
    stem = f"{result.scenario.region.replace('/', '-')}-{month_text(result.scenario.start)}"

    def figure(kind: str) -> bytes:
        use_language(spoken)
        image = io.BytesIO()
        with charts.styled():
            charts.balance_figure(results, names).savefig(image, format=kind, bbox_inches="tight")
        return image.getvalue()

    def workbook() -> bytes:
        use_language(spoken)
        return export.ledger_xlsx(result)

    with st.container(horizontal=True):
        for label, make, ending, mime in (
            (say("明细 CSV", "Ledger CSV"), lambda: export.ledger_csv(result), "csv", "text/csv"),
            (say("明细 Excel", "Ledger Excel"), workbook, "xlsx", XLSX),
            (say("明细 JSON", "Ledger JSON"), lambda: export.ledger_json(result), "json", "application/json"),
            (say("图 PNG", "Figure PNG"), lambda: figure("png"), "png", "image/png"),
            (say("图 SVG", "Figure SVG"), lambda: figure("svg"), "svg", "image/svg+xml"),
        ):
            st.download_button(label, make, f"{stem}.{ending}", mime, key=f"download.{ending}", on_click="ignore",
                               icon=":material/download:")
    st.caption(say("CSV 可直接用 Excel 打开；每个数字与命令行 `simulator run` 的相同。",
                   "Excel opens the CSV as it is; every figure is the one of `simulator run` in the terminal."))


def saving(scenario: Scenario) -> None:
    """The scenario's file, and a link that restores the page."""
    name = f"{scenario.region.replace('/', '-')}-{month_text(scenario.start)}.toml"
    st.download_button(say("保存为情景文件", "Save as a scenario file"), scenario_text.to_toml(st.session_state.draft), name,
                       "application/toml", key="save", on_click="ignore", icon=":material/save:")
    st.caption(say("这个文件在命令行里用 `simulator run` 可得同样的数字。下面的链接含有全部输入，服务器上什么也不留：",
                   "In the terminal, `simulator run` makes the same figures of this file. The link below holds all that was typed; "
                   "the server keeps nothing:"))
    address = (st.context.url or "").partition("?")[0].rstrip("/")
    st.code(f"{address}/?{state.link([f'lang={language()}'])}", language=None)
