"""Figures: the right numbers, readable, Chinese drawn with real glyphs."""
import io
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import matplotlib

import simulator
from simulator import charts
from simulator.language import use_language


def scenario(region="beijing", months=24):
    return {"title": "余额对比", "region": region, "start": "2025-01", "months": months,
            "people": [{"name": "我", "birth": "1980-05", "sex": "male", "insured": "employee", "wage": 10000}],
            "events": [{"on": "2025-06-10", "who": "我", "type": "medical", "place": "tertiary", "amount": 500}]}


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda item: hasattr(item, "get_text"))]


def test_the_line_goes_through_the_closing_balances():
    result = simulator.run(scenario())
    days, yuan = charts.series(result)
    assert len(days) == 25 and yuan[0] == 0 and yuan[-1] == result.row("2026-12").closing / 100


def test_every_line_is_named_where_it_ends():
    figure = simulator.compare(*({**scenario(months=length), "title": title}
                                 for title, length in (("short", 6), ("long", 24), ("mid", 12)))).plot()
    ends = {text.get_text().split()[0]: text.xy[0] for text in figure.axes[0].texts}
    assert ends == {"short": date(2025, 6, 30), "long": date(2026, 12, 31), "mid": date(2025, 12, 31)}


def test_every_glyph_is_drawn(tmp_path):
    figure = simulator.compare(scenario(), scenario("shanghai"), scenario("wuhan"), scenario("tianjin")).plot()
    with warnings.catch_warnings():
        warnings.simplefilter("error")                      # matplotlib warns of a missing glyph
        charts.save(figure, tmp_path / "o.png")
        charts.save(figure, tmp_path / "o.svg")
    assert {"余额对比", "月末余额（元）"} <= set(texts(figure))
    assert any("北京" in text for text in texts(figure))


def test_threads_draw_in_turns_and_leave_the_settings_alone():
    """Each with our font whatever the others are at, and for everybody else all is as it was."""
    result, before, often = simulator.run(scenario()), dict(matplotlib.rcParams), sys.getswitchinterval()

    def drawn(_):
        figure = result.plot()
        figure.savefig(io.BytesIO(), format="png")          # a missing glyph is an error of the tests
        return {tuple(text.get_fontfamily()) for text in figure.findobj(matplotlib.text.Text) if "余额" in text.get_text()}

    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            families = list(pool.map(drawn, range(12)))
    finally:
        sys.setswitchinterval(often)
    assert families == [{(charts.chinese_font(), "DejaVu Sans")}] * 12
    assert dict(matplotlib.rcParams) == before


def test_what_is_projected_is_dashed_and_said():
    figure = simulator.run(scenario(months=60)).plot()
    styles = {line.get_linestyle() for line in figure.axes[0].lines if len(line.get_xdata()) > 1}
    assert styles == {"-", "--"}
    assert any("2027-07" in text for text in texts(figure))


def test_events_are_marked():
    assert "就医" in texts(simulator.run(scenario()).plot())


def test_english():
    use_language("en")
    figure = simulator.compare(scenario(), scenario("shanghai")).plot()
    assert "closing balance (yuan)" in texts(figure) and any("Beijing" in text for text in texts(figure))


def test_the_font_that_comes_along_has_chinese(monkeypatch):
    from matplotlib import font_manager
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))    # forgets it after
    charts.chinese_font.cache_clear()
    monkeypatch.setattr(charts, "SYSTEM_FONTS", ())
    assert charts.chinese_font() == "Noto Sans SC"
    charts.chinese_font.cache_clear()
