"""The commands. Every one says what it does, takes `--json` and `--lang`, and computes nothing itself.

Help texts are read when this module is loaded, in the language in use then: `simulator.cli` loads it.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from simulator import __version__, labels, money, months, policy, usage
from simulator.language import Text, in_language, language, say
from simulator.parameters import PARAMETERS
from simulator.problems import InputError, Problem, each, of_system, unknown, visible
from simulator.wording import as_change, decision_lines, json_value, rule_records, rule_text

if TYPE_CHECKING:
    from simulator.ledger import Result, Unexpected
    from simulator.shards import Progress

Json = Annotated[bool, typer.Option("--json", help="JSON")]
Lang = Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help="zh | en")]


FIGURES = (".png", ".svg")
LONG_TABLE = 60             # rows
NARROW = 120                # columns of a terminal, less than which seven columns of prose cannot be read
LANGUAGE = language()       # of the help texts below


def commands() -> typer.Typer:
    """The command line as a callable."""
    app = typer.Typer(cls=usage.Group, add_completion=False, pretty_exceptions_enable=False,
                      context_settings={"help_option_names": ["-h", "--help"]},
                      help=say("职工医保个人账户模拟器：逐月、到分、有出处。",
                               "Simulates the Chinese employee medical-insurance personal account: by month, to the fen, with sources."))

    @app.callback(invoke_without_command=True)
    def _top(
        context: typer.Context, lang: Lang = None,
        version: Annotated[bool, typer.Option("--version", help=say("显示版本", "show the version"))] = False,
    ) -> None:
        if version:
            print(__version__)
            raise typer.Exit
        if context.invoked_subcommand is None:              # nothing but a language
            print(context.get_help())
            raise typer.Exit

    app.command("run", help=say("运行一个情景：屏幕给出概要，明细写入文件。",
                                "Run one scenario: a summary here, the ledger to a file."))(run)
    app.command("explain", help=say("逐项说明某月的每个数字：公式、数值、舍入、规则、出处。",
                                    "Every number of a month: formula, numbers, rounding, rule, source."))(explain)
    app.command("compare", help=say("几个情景，或同一情景在几个地区，并排比较。",
                                    "Several scenarios, or one in several regions, side by side."))(compare)
    app.command("batch", help=say("许多情景与扫描：汇总表、逐月明细、图与报告，写入一个文件夹；中断后可继续。",
                                  "Many scenarios and sweeps: tables, ledgers, figures and a report in a folder; can be resumed."))(batch)
    app.command("population", help=say("许多账户与随机的人生：逐月汇总、余额分布、假设的影响；中断后可继续。",
                                       "Many accounts with random lives: sums, distributions, a what-if; can be resumed."))(population)
    app.command("verify", help=say("核对一个结果文件夹：重算哈希，抽样复算，并由各块重做各表。",
                                   "Prove a folder of results: hashes, a sample computed again, tables made again."))(verify)
    app.command("can-withdraw", help=say("能不能取出来：能否、金额、时限、出处。",
                                         "Can it be taken out: yes or no, how much, how soon, source."))(can_withdraw)
    app.command("late-fee", help=say("滞纳金：天数（首尾都算）与金额。", "Late fee: days (both ends counted) and amount."))(late_fee)
    app.command("retirement", help=say("法定退休年月。", "Statutory retirement month."))(retirement)
    app.command("rules", help=say("某地某日生效的规则：数值、单位、起止、出处、可信等级。",
                                  "The rules in force somewhere: value, unit, dates, source, grade."))(rules)
    app.command("regions", help=say("已收录的地区。", "The regions there are."))(regions)
    app.command("check", help=say("检查情景文件或地区文件：格式、出处、缺漏、期望值。",
                                  "Check scenario or region files: schema, sources, gaps, expectations."))(check)
    app.command("app", help=say("打开网页界面。", "Open the dashboard."))(app_command)
    for one in app.registered_commands:
        one.cls = usage.Command
    return app


# ── run ────────────────────────────────────────────────────────────────────────────────────────────

def run(
    file: Annotated[Path, typer.Argument(help=say("情景文件（TOML）", "scenario file (TOML)"))],
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="a.b=v", help="people.0.wage=9000")] = None,
    out: Annotated[Path | None, typer.Option(help=".csv | .parquet | .xlsx | .json | .beancount")] = None,
    plot: Annotated[Path | None, typer.Option(help=".png | .svg")] = None,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import engine, export
    from simulator.scenario import load
    _, scenario = each([lambda: export.check_outputs((out, export.FORMATS), (plot, FIGURES), inputs=[file]),
                        lambda: load(file, set_ or ())])
    result = engine.run(scenario)
    if out:
        export.ledger_to(result, out)
    if plot:
        from simulator.charts import save
        save(result.plot(), plot)
    unexpected = _expectation_lines(result.expectations())
    if as_json:
        print_json({**export.result_data(result), "unexpected": unexpected})
    else:
        _show_summary(result)
        for path in filter(None, (out, plot)):
            print(say(f"已写入 {path}", f"wrote {path}"))
    if unexpected:
        for line in unexpected:
            print(line, file=sys.stderr)
        raise typer.Exit(1)


ALWAYS = ("opening", "credit", "interest", "spent", "closing", "medical", "reimbursed", "cash_paid", "premium_paid")


def _summary_columns(summaries: Iterable[dict[str, int]]) -> list[str]:
    """The columns of a table of summaries: some always, and every other flow that occurs, so that each row adds up."""
    from simulator.columns import INFLOWS, OUTFLOWS
    order = ("opening", *INFLOWS, *OUTFLOWS, "closing", "medical", "reimbursed", "aid_received", "cash_paid", "premium_paid")
    occurs = {name for summary in summaries for name in order if summary[name]}
    return [name for name in order if name in ALWAYS or name in occurs]


def _show_summary(result: Result) -> None:
    from simulator.policy import region
    scenario = result.scenario
    first, last = months.month_text(scenario.start), months.month_text(scenario.end - 1)
    print(f"{in_language(scenario.title) or scenario.region}  ({region(scenario.region)}, {first} … {last}, {result.holder})\n")
    summaries = [*((str(year), summary) for year, summary in result.years().items()), (say("合计", "total"), result.summary())]
    names = _summary_columns(summary for _, summary in summaries)
    rows = [[when, *(money.shown(summary[name]) for name in names)] for when, summary in summaries]
    _table([say("年", "year"), *(str(labels.COLUMNS[name]) for name in names)], rows, total=True)
    for line in decision_lines(result.decisions):
        print(line)
    print("\n" + result.basis_text())
    for line in _doubt_lines(result):
        print(line)


def _doubt_lines(result: Result) -> Iterator[str]:
    """Which values are assumed, which disputed, and how to try what the other source says."""
    doubtful = result.doubtful()
    if doubtful["assumed"]:
        names = say("、", "; ").join(str(PARAMETERS[name].label) for name, _ in doubtful["assumed"])
        yield say(f"设定的有：{names}。", f"Assumed: {names}.")
    for name, span in doubtful["disputed"]:
        taken = rule_text(name, span.value)
        text = say(f"来源不一：{PARAMETERS[name].label} 取 {taken}",
                   f"Disputed: {PARAMETERS[name].label}, taken as {taken}")
        if span.entry.other is not None:
            change = as_change(name, span.entry.other)
            other = change.partition("=")[2]
            text += say(f"，另一来源为 {other}；可试 --set {change}", f", another source has {other}; try --set {change}")
        yield text


# ── explain, compare ───────────────────────────────────────────────────────────────────────────────

def explain(
    file: Annotated[Path, typer.Argument(help=say("情景文件（TOML）", "scenario file (TOML)"))],
    month: Annotated[str, typer.Argument(help="2025-07")],
    who: Annotated[str | None, typer.Option(metavar="NAME", help=say("姓名，默认第一人", "name, the first person by default"))] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="a.b=v", help="people.0.wage=9000")] = None,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import engine
    from simulator.scenario import load
    explanation = engine.run(load(file, set_ or ())).explain(month, who)
    if as_json:
        print_json(explanation.data())
    else:
        print(explanation.text())


def compare(
    files: Annotated[list[Path], typer.Argument(help=say("情景文件", "scenario files"))],
    regions: Annotated[str | None, typer.Option(metavar="a,b,c|all", help=say("地区", "regions"))] = None,
    plot: Annotated[Path | None, typer.Option(help=".png | .svg")] = None,
    out: Annotated[Path | None, typer.Option(help=".csv")] = None,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import charts, comparison, export
    _, (scenarios, base) = each([lambda: export.check_outputs((out, (".csv",)), (plot, FIGURES), inputs=files),
                                 lambda: comparison.read_files(files, regions)])
    found = replace(comparison.compare(*scenarios), base=base)
    if out:
        export.comparison_to(found, out)
    if plot:
        charts.save(found.plot(), plot)
    closing = found.results[base].summary()["closing"]
    if as_json:
        print_json([{"name": name, **export.result_data(result, ledger=False), "against": found.names[base],
                     "difference": (result.summary()["closing"] - closing) / 100}
                     for name, result in zip(found.names, found.results)])
        return
    order = list(zip(found.names, found.results))
    is_sorted = "all" in comparison.region_words(regions)   # a table of all China is read from the top
    if is_sorted:
        order.sort(key=lambda one: -one[1].summary()["closing"])
    against = say("与首项之差", "against the first")
    if base or is_sorted:
        against = say(f"与{found.names[base]}之差", f"against {found.names[base]}")
    summed = _summary_columns(result.summary() for result in found.results)
    heads = [say("比较", "compared"), *(str(labels.COLUMNS[name]) for name in summed), against, say("最低等级", "lowest grade"),
             say("推算自", "projected from"), say("未获准", "refused")]
    rows = []
    for name, result in order:
        summary = result.summary()
        rows.append([name, *(money.shown(summary[key]) for key in summed), money.shown(summary["closing"] - closing),
                     str(labels.GRADES[result.lowest_grade]),
                     f"{result.projected_from:%Y-%m}" if result.projected_from else "",
                     str(sum(not one.granted for one in result.decisions) or "")])
    doubts = [place for place in (-2, -1) if any(row[place] for row in rows)]      # what no row has needs no column
    shown = [*range(len(heads))[:-2], *(len(heads) + place for place in doubts)]
    _table([heads[place] for place in shown], [[row[place] for place in shown] for row in rows])
    for path in filter(None, (out, plot)):
        print(say(f"已写入 {path}", f"wrote {path}"))


# ── single questions ───────────────────────────────────────────────────────────────────────────────

def can_withdraw(
    region: Annotated[str, typer.Argument(help=say("地区：id、中文名或代码", "region: id, name or code"))],
    reason: Annotated[str, typer.Option(help=" | ".join(labels.REASONS))],
    on: Annotated[str | None, typer.Option(metavar="DATE", help=say("日期，默认今天", "day, today by default"))] = None,
    balance: Annotated[str | None, typer.Option(metavar="YUAN", help=say("余额", "balance"))] = None,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import questions
    where, reason, day, balance_fen = each([lambda: policy.region(region), lambda: _reason(reason), lambda: _day(on, "--on"),
                                            lambda: None if balance is None else _yuan(balance, "--balance")])
    answer = questions.can_withdraw(where.id, reason, day, balance_fen)
    amount = None if answer.amount_fen is None else answer.amount_fen / 100
    if as_json:
        print_json({"allowed": answer.allowed, "amount": amount, "at_most": answer.at_most, "reason": str(answer.reason),
                     "working_days": answer.working_days, "papers": None, "sources": [_span_data(span) for span in answer.spans]})
        return
    print(f"{say('可以', 'yes') if answer.allowed else say('不可以', 'no')} – {answer.reason}")
    if answer.amount_fen is not None:
        most = say("至多 ", "at most ") if answer.at_most else ""
        print(say(f"金额：{most}{money.shown(answer.amount_fen)} 元", f"amount: {most}{money.shown(answer.amount_fen)} yuan"))
    if answer.allowed:
        print(say(f"办理时限：{answer.working_days} 个工作日", f"paid within {answer.working_days} working days"))
        print(say("所需材料：未收录，请问当地医保经办机构（12393）",
                  "papers needed: not recorded here; ask the local office (12393)"))
    _print_sources(answer.spans)


def _reason(word: str) -> str:
    """A reason by its key or by what it is called."""
    reason = next((key for key, text in labels.REASONS.items() if word in (key, *text)), word)
    if reason not in labels.REASONS:
        raise InputError([unknown("--reason", reason, tuple(labels.REASONS),
                                  what=Text(f"没有这种情形：{reason}", f"no such reason: {reason}"))])
    return reason


def late_fee(
    principal: Annotated[str, typer.Argument(help=say("本金（元）", "principal (yuan)"))],
    from_: Annotated[str, typer.Argument(metavar="FROM", help=say("起始日", "first day"))],
    to: Annotated[str, typer.Argument(metavar="TO", help=say("截止日", "last day"))],
    region: Annotated[str, typer.Option(help=say("地区", "region"))] = policy.ROOT,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import questions
    principal_fen, first, last, where = each([lambda: _yuan(principal, "PRINCIPAL"), lambda: _day(from_, "FROM"), lambda: _day(to, "TO"),
                                              lambda: policy.region(region)])
    if last < first:
        raise InputError([Problem("TO", Text(f"截止日 {last} 早于起始日 {first}", f"the last day {last} is before the first, {first}"))])
    answer = questions.late_fee(principal_fen, first, last, where.id)
    if as_json:
        print_json({"days": answer.days, "fee": answer.fee_fen / 100, "sources": [_span_data(span) for span in answer.spans]})
        return
    print(say(f"{first} 至 {last}，共 {answer.days} 天，滞纳金 {money.shown(answer.fee_fen)} 元",
              f"{first} to {last}, {_counted(answer.days, 'day')}: late fee {money.shown(answer.fee_fen)} yuan"))
    _print_sources(answer.spans)


def _of_birth(text: str) -> str:
    """A month in which somebody may have been born."""
    try:
        month = months.month_number(text)
    except ValueError:
        raise InputError([Problem("BIRTH", Text(f"应为 1975-03 这样的年月：{text}",
                                                f"should be a month such as 1975-03: {text}"))]) from None
    if not 1900 <= month // 12 <= 2100:
        raise InputError([Problem("BIRTH", Text(f"年份应在 1900 与 2100 之间：{text}", f"a year between 1900 and 2100: {text}"))])
    return text


def _of_women(context: typer.Context, word: str) -> str:
    """As a scenario has it: a man's age of retirement knows no career. Said at the later of the two options."""
    if {word, *context.params.values()} >= {"male", "cadre"}:
        raise InputError([Problem("--career", Text("cadre 只用于女性", "`cadre` is for women only"))])
    return word


def retirement(
    birth: Annotated[str, typer.Argument(callback=_of_birth, help="1975-03")],
    sex: Annotated[Literal["male", "female"], typer.Option(callback=_of_women)],
    career: Annotated[Literal["worker", "cadre"], typer.Option(
        callback=_of_women, help=say("女性：工人或干部", "women: worker or cadre"))] = "worker",
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import questions
    answer = questions.statutory_retirement(months.month_number(birth), sex, career)
    if as_json:
        print_json({"month": months.month_text(answer.month), "delay_months": answer.delay_months, "age": answer.age,
                    "sources": [_span_data(answer.span)]})
        return
    years, rest = divmod(answer.age_months, 12)
    zh_age, en_age = f"{years} 岁" + f" {rest} 个月" * bool(rest), _counted(years, "year") + f" {_counted(rest, 'month')}" * bool(rest)
    zh_delay = f"延迟 {answer.delay_months} 个月" if answer.delay_months else "不延迟"
    en_delay = f"{_counted(answer.delay_months, 'month')} later than before 2025" if answer.delay_months else "not delayed"
    print(say(f"法定退休年月 {months.month_text(answer.month)}，{zh_age}，{zh_delay}",
              f"statutory retirement in {months.month_text(answer.month)}, at {en_age}, {en_delay}"))
    _print_sources([answer.span])


def _counted(count: int, thing: str) -> str:
    """`1 day`, `2 days`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _day(text: str | None, key: str) -> date:
    """A day of the command line, today if none is given."""
    try:
        day = date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem(key, Text(f"应为 2025-07-01 这样的日期：{text}",
                                            f"should be a date such as 2025-07-01: {text}"))]) from None
    if not 1990 <= day.year <= 2150:
        raise InputError([Problem(key, Text(f"年份应在 1990 与 2150 之间：{text}", f"a year between 1990 and 2150: {text}"))])
    return day


def _yuan(text: str, key: str) -> int:
    """An amount of the command line, in fen. A comma parts thousands; as a decimal comma it would multiply by hundreds."""
    if re.search("[,，]", text) and not re.fullmatch(r"\d{1,3}([,，]\d{3})+(\.\d+)?", text.strip(), re.ASCII):
        raise InputError([Problem(key, Text(f"逗号只用于千位分隔，小数用点，如 1,200.00：{text}",
                                            f"commas part thousands only, and a point the fen, as in 1,200.00: {text}"))])
    try:
        amount_fen = money.fen(text.replace(",", "").replace("，", ""))
    except ValueError:
        amount_fen = -1
    if not 0 <= amount_fen < money.NO_LIMIT:
        raise InputError([Problem(key, Text(f"应为不小于 0、精确到分的金额：{text}",
                                            f"should be an amount of 0 or more, exact to the fen: {text}"))])
    return amount_fen


def _span_data(span: policy.Span) -> dict[str, Any]:
    return {"param": span.entry.param, "value": json_value(span.value), "from": span.start.isoformat(), "grade": span.grade,
            "region": span.entry.region, "title": in_language(span.source.title), "number": span.source.number, "url": span.source.url,
            "note": str(span.entry.note)}


def _print_sources(spans: Iterable[policy.Span]) -> None:
    for span in spans:
        note = say(f"（{span.entry.note}）", f" ({span.entry.note})") if str(span.entry.note) else ""
        print(say(f"依据：{PARAMETERS[span.entry.param].label}，{span.source}，{labels.GRADES[span.grade]}{note}",
                  f"source: {PARAMETERS[span.entry.param].label}, {span.source}, {labels.GRADES[span.grade]}{note}"))


# ── rules, regions ─────────────────────────────────────────────────────────────────────────────────

def rules(
    region: Annotated[str, typer.Argument(help=say("地区：id、中文名或代码", "region: id, name or code"))],
    on: Annotated[str | None, typer.Option(metavar="DATE", help=say("日期，默认今天", "day, today by default"))] = None,
    param: Annotated[str | None, typer.Option(metavar="NAME", help="contribution.base_floor, contribution, …")] = None,
    history: Annotated[bool, typer.Option(help=say("历次变化", "every change"))] = False,
    plan: Annotated[str, typer.Option(help=say("参保档次", "plan"))] = "",
    as_json: Json = False, lang: Lang = None,
) -> None:
    book, day, names = each([lambda: policy.rules(region, plan), lambda: _day(on, "--on"), lambda: _parameters(param)])
    if day < book.region.covers and not history:
        raise InputError([Problem("--on", Text(f"{book.region.name.zh} 的规则自 {book.region.covers} 起有记录",
                                               f"the rules of {book.region.name.en} are known from {book.region.covers} on"))])
    found = [record for name in names for record in rule_records(book, name, day, history)]
    if as_json:
        print_json([{**record, "value": json_value(record["value"]), "other": json_value(record["other"])} for record in found])
        return
    print(say(f"{book.region} · 规则核对至 {book.region.verified}", f"{book.region} · rules checked to {book.region.verified}"))
    if str(book.region.note):
        print(book.region.note)
    print()
    _table([say("参数", "parameter"), say("数值", "value"), say("起", "from"), say("止", "until"), say("等级", "grade"),
            say("出自", "stated by"), say("出处", "source")],
           [[f"{record['param']}\n{PARAMETERS[record['param']].label}{say('（', ' (')}{labels.UNITS[record['unit']]}{say('）', ')')}",
             _value_with_other(record), record["from"],
             record["until"] or "", _grade_text(record), record["region"], _source_text(record)] for record in found])


def _parameters(param: str | None) -> list[str]:
    """The names of a parameter, a topic, or all."""
    names = [name for name in PARAMETERS if param is None or name == param or name.startswith(f"{param}.")]
    if not names:
        raise InputError([unknown("--param", param, (*policy.TOPICS, *PARAMETERS),
                                  what=Text(f"没有这个参数：{param}", f"no such parameter: {param}"))])
    return names


def _value_with_other(record: dict[str, Any]) -> str:
    text = rule_text(record["param"], record["value"], "\n")
    if record["other"] is None:
        return text
    other = rule_text(record["param"], record["other"], "\n")
    return text + "\n" + say(f"另一来源：{other}", f"another source: {other}")


def _grade_text(record: dict[str, Any]) -> str:
    text = str(labels.GRADES[record["grade"]])
    return text + say("\n推算", "\nprojected") if record["projected"] else text


def _source_text(record: dict[str, Any]) -> str:
    source = record["source"]
    lines = [f"{source['title']} {source['number']}".strip(), source["url"], record["note"]]
    return "\n".join(filter(None, lines))


def regions(
    level: Annotated[Literal["province", "city", "county"] | None, typer.Option()] = None,
    topics: Annotated[bool, typer.Option("--topics", help=say("各主题的已知程度", "how well each topic is known"))] = False,
    as_json: Json = False, lang: Lang = None,
) -> None:
    found = policy.regions(level)
    if as_json:
        print_json([region_data(one, topics) for one in found])
        return
    if topics:
        from simulator.coverage import MARKS, STATES, TOPIC_NAMES, coverage
        _table([say("地区", "region"), "id", *map(str, TOPIC_NAMES.values())],
               [[str(one), one.id, *(f"{MARKS[topic['state']]} {topic['known'] + topic['inherited']}/"
                                     f"{sum(topic[state] for state in STATES)}" for topic in coverage(one).values())] for one in found])
        print("  ".join(f"{MARKS[state]} {name}" for state, name in STATES.items()))
        return
    _table([say("地区", "region"), "id", say("代码", "code"), say("级", "level"), say("自", "from"), say("核对至", "checked"),
            *(str(labels.GRADES[grade]) for grade in policy.GRADES)],
           [[str(one), one.id, one.code, str(labels.LEVELS[one.level]), str(one.covers), str(one.verified),
             *(str(count or "") for count in one.grades().values())] for one in found])


def region_data(one: policy.Region, topics: bool = False) -> dict[str, Any]:
    """A region as the contract lists it, with what is known by topic if asked."""
    if topics:
        from simulator.coverage import coverage
        return {**region_data(one), "topics": coverage(one)}
    return {"id": one.id, "name_zh": one.name.zh, "name_en": one.name.en, "code": one.code,
            "parent": one.parent and one.parent.id, "level": one.level,
            "covers": {"from": one.covers.isoformat(), "until": one.verified.isoformat()}, "grades": one.grades()}


# ── batch, verify ──────────────────────────────────────────────────────────────────────────────────

LISTED = 20                 # problems on the screen


def batch(
    paths: Annotated[list[Path], typer.Argument(help=say("情景文件、扫描文件，或文件夹", "scenario files, sweep files, or folders"))],
    out: Annotated[Path, typer.Option(help=say("结果文件夹", "folder for the results"))],
    resume: Annotated[bool, typer.Option("--resume", help=say("继续中断的运行", "go on with a run that was stopped"))] = False,
    workers: Annotated[int | None, typer.Option(min=1, help=say("进程数", "how many processes"))] = None,
    scheduler: Annotated[str | None, typer.Option(metavar="tcp://…", help=say("Dask 调度器", "a Dask scheduler"))] = None,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import shards
    from simulator.batches import batch as run_batch
    with _told_to_resume(out), shards.cluster(scheduler) if scheduler else nullcontext() as executor, _progress() as progress:
        done = run_batch(paths, out, executor, workers, resume, progress)
    problems, failed = done.problems, done.found.failed
    if as_json:
        print_json({"out": str(out), "runs": done.runs, "failed": failed, "problems": problems})
    else:
        print(say(f"{done.runs:,} 次运行，{failed:,} 次失败；结果在 {out}，先看 report.html",
                  f"{done.runs:,} {'run' if done.runs == 1 else 'runs'}, {failed:,} failed; the results are in {out}, report.html first"))
        for one in problems[:LISTED]:
            place = f"{one['file']}:{one['line']}:" if one["line"] else f"{one['file']}:"
            times = say(f"（{one['runs']} 次运行）", f" ({one['runs']} runs)") if one["runs"] > 1 else ""
            print(f"    {place} {one['key']} – {one['message']}{times}" if one["key"] else f"    {place} {one['message']}{times}")
        if len(problems) > LISTED:
            print(say(f"    另有 {len(problems) - LISTED} 条，见 {out / 'problems.csv'}",
                      f"    {len(problems) - LISTED} more in {out / 'problems.csv'}"))
    if problems:
        raise typer.Exit(1)


def population(
    file: Annotated[Path, typer.Argument(help=say("群体文件（TOML）", "population file (TOML)"))],
    out: Annotated[Path, typer.Option(help=say("结果文件夹", "folder for the results"))],
    accounts: Annotated[int | None, typer.Option(min=1, max=2_000_000_000, help=say("模拟多少个账户", "how many accounts"))] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**62 - 1, help=say("随机种子", "seed of the draws"))] = None,
    resume: Annotated[bool, typer.Option("--resume", help=say("继续中断的运行", "go on with a run that was stopped"))] = False,
    workers: Annotated[int | None, typer.Option(min=1, help=say("线程数", "how many threads"))] = None,
    scheduler: Annotated[str | None, typer.Option(metavar="tcp://…", help=say("Dask 调度器", "a Dask scheduler"))] = None,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator import shards
    from simulator.populations.run import population as run_population
    with _told_to_resume(out), shards.cluster(scheduler) if scheduler else nullcontext() as executor, _progress() as progress:
        result = run_population(file, accounts, seed, out, executor, workers, resume, progress)
    if as_json:
        print_json(result.data())
        return
    people = result.population
    first, last = (months.month_text(month) for month in (people.start, people.start + people.months - 1))
    title = in_language(people.title) or file
    print(say(f"{title}（{first} … {last}；{sum(result.accounts):,} 个账户代表 {people.people:,} 人，种子 {result.seed}）\n",
              f"{title}  ({first} … {last}; {sum(result.accounts):,} accounts for {people.people:,} people, "
              f"seed {result.seed})\n"))
    heads, rows = result.table()
    _table(heads, rows)
    for line in result.notes():
        print(line)
    print(say(f"结果在 {out}：{'、'.join(result.makers())}", f"The results are in {out}: {', '.join(result.makers())}"))


@contextmanager
def _progress() -> Iterator[Progress]:
    """Shows on a terminal how far a run is, how fast, and how long it will take; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    with Progress(BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
                  console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, rate="")
        begun: list[float] = []

        def show(done: int, total: int) -> None:
            if not begun:
                begun.extend((done, monotonic()))
            rate = (done - begun[0]) / max(monotonic() - begun[1], 0.001)
            said = say(f"{rate:,.0f} 次/秒", f"{rate:,.0f}/s") if done > begun[0] else ""
            bar.update(task, completed=done, total=total, rate=said + (say("，写汇总…", ", writing tables …") if done == total else ""))
        yield show


@contextmanager
def _told_to_resume(out: Path) -> Iterator[None]:
    """A run that the disk, a lost worker or Ctrl+C stopped can go on, once it has begun its folder: say so."""
    from concurrent.futures import BrokenExecutor

    from simulator.shards import read

    def told(zh: str, en: str) -> None:
        has_begun = read(out) is not None
        print(say(f"{zh}。" + "已完成的部分保留，用 --resume 继续。" * has_begun,
                  f"{en}." + " What is finished is kept: go on with --resume." * has_begun), file=sys.stderr)
    try:
        yield
    except KeyboardInterrupt:
        told("已停止", "stopped")
        raise typer.Exit(130) from None
    except (OSError, BrokenExecutor) as error:
        said = str(of_system(error)) if isinstance(error, OSError) else say("工作进程意外终止", "a worker process died")
        told(f"运行中断：{said}", f"stopped: {said}")
        raise typer.Exit(1) from None


def verify(
    folder: Annotated[Path, typer.Argument(help=say("结果文件夹", "folder of results"))],
    sample: Annotated[int, typer.Option(min=0, help=say("复算几块", "how many pieces to compute again"))] = 3,
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator.proof import verify as verified
    proof = verified(folder, sample)
    if as_json:
        print_json({"ok": proof.ok, "problems": [problem_data(problem) for problem in proof.problems],
                    "recomputed": proof.recomputed, "note": str(proof.note)})
    else:
        for problem in proof.problems:
            print(f"✗ {problem}")
        print(proof.note)
        if proof.ok:
            print(say(f"✓ {proof.files} 个文件与清单一致", f"✓ {proof.files} files are as the manifest says"))
    if not proof.ok:
        raise typer.Exit(1)


# ── check ──────────────────────────────────────────────────────────────────────────────────────────

def check(
    paths: Annotated[list[Path], typer.Argument(help=say("文件或文件夹", "files or folders"))],
    as_json: Json = False, lang: Lang = None,
) -> None:
    from simulator.checking import check_paths
    reports = check_paths(paths)
    if as_json:
        print_json([{"file": report.file, "kind": report.kind, "ok": report.ok,
                      "problems": [problem_data(problem) for problem in report.problems],
                      "unexpected": _expectation_lines(report.unexpected)} for report in reports])
    else:
        for report in reports:
            print(f"{'✓' if report.ok else '✗'} {visible(report.file)}  {report.about}")
            for line in [*map(str, report.problems), *_expectation_lines(report.unexpected)]:
                print(f"    {line}")
        good = sum(report.ok for report in reports)
        print(say(f"{good} 个通过，{len(reports) - good} 个未通过", f"{good} passed, {len(reports) - good} failed"))
    if any(report.problems for report in reports):
        raise typer.Exit(2)
    if not all(report.ok for report in reports):
        raise typer.Exit(1)


def _expectation_lines(wrong: Iterable[Unexpected]) -> list[str]:
    from simulator.columns import MONEY_COLUMNS

    def text(column: str, value: Any) -> Any:
        return money.plain(value) if column in MONEY_COLUMNS else value
    return [say(f"{month} {who} {labels.COLUMNS[column]}（{column}）：期望 {text(column, expected)}，实得 {text(column, found)}",
                f"{month} {who} {column}: expected {text(column, expected)}, found {text(column, found)}")
            for month, who, column, expected, found in wrong]


# ── app ────────────────────────────────────────────────────────────────────────────────────────────

def app_command(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=say("端口", "port"))] = None,
    as_json: Json = False, lang: Lang = None,
) -> None:
    if port and (why_not := _unusable(port)):
        raise InputError([Problem("--port", why_not)])
    if port is None and as_json:                            # who reads the address has to find us there
        port = next((one for one in range(8501, 8601) if not _unusable(one)), None)
    checkout = Path(__file__).parent.parent / "app.py"
    page = checkout if checkout.exists() else Path(__file__).parent / "dashboard" / "main.py"
    command = [sys.executable, "-m", "streamlit", "run", str(page)]
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("win32", "darwin"):
        command += ["--server.headless", "false", "--server.showEmailPrompt", "false"]     # a desktop: open the page in it
    if page != checkout:                                    # no configuration beside it: private and silent all the same
        command += ["--server.address", "127.0.0.1", "--server.allowedHosts", "127.0.0.1", "--server.allowedHosts", "localhost",
                    "--server.maxUploadSize", "1", "--browser.gatherUsageStats", "false", "--client.showErrorDetails", "none",
                    "--client.toolbarMode", "viewer"]
    if port:
        command += ["--server.port", str(port)]
    if as_json:
        print_json({"url": f"http://127.0.0.1:{port or 8501}"})
    _become(command, as_json)


def _become(command: list[str], is_silent: bool) -> None:
    """Go on as another program: whoever ends us then ends it, and nothing is left serving."""
    if os.name == "posix":
        sys.stdout.flush()
        if is_silent:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(command[0], command)                       # noqa: S606  # our own interpreter
    import subprocess
    sys.exit(subprocess.run(command, check=False, stdout=subprocess.DEVNULL if is_silent else None).returncode)


def _unusable(port: int) -> Text | None:
    """Why the dashboard could not be served at a port of this machine: better known before its address is printed."""
    import socket
    with socket.socket() as probe:
        if os.name == "posix":                              # as the server has it: what was just closed counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return of_system(error, f"端口 {port} 不能用：", f"port {port} cannot be used: ")
    return None


# ── printing ───────────────────────────────────────────────────────────────────────────────────────

def print_json(data: Any) -> None:
    """For programs: what a terminal cannot show must not become question marks."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower()
    print(json.dumps(data, ensure_ascii=not encoding.startswith("utf"), indent=1))


def problem_data(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "key": problem.key, "message": str(problem.message),
            "allowed": [str(word) for word in problem.allowed], "nearest": problem.nearest}


def _table(heads: list[str], rows: list[list[str]], total: bool = False) -> None:
    """A table on the terminal, in several where it is too wide, each with the column that names the rows; in one when piped."""
    from rich.cells import cell_len
    has_prose = any("\n" in cell for row in rows for cell in row)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    if has_prose and width < NARROW:
        _cards(heads, rows)
        return
    widths = [max(map(cell_len, cells)) for cells in zip(heads, *rows)]
    for number, columns in enumerate([range(len(heads))] if has_prose else _fitting(widths, width)):
        part = [[row[column] for column in columns] for row in [heads, *rows]]
        if len(rows) > LONG_TABLE and not has_prose:
            print(end="\n" * bool(number))
            _long_table(part)
        else:
            _ruled_table(part, total, width)


BETWEEN = 3                 # columns of a terminal between two of a table


def _fitting(widths: list[int], width: int) -> Iterator[list[int]]:
    """The columns of a table in groups that fit into a width, the first in each of them."""
    group, used = [0], widths[0] + BETWEEN
    for column, wide in enumerate(widths[1:], 1):
        if used + wide + BETWEEN > width and len(group) > 1:
            yield group
            group, used = [0], widths[0] + BETWEEN
        group.append(column)
        used += wide + BETWEEN
    yield group


def _ruled_table(lines: list[list[str]], total: bool, width: int) -> None:
    """Numbers to the right, a line under the heads, and one above the total."""
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    heads, *rows = lines
    table = Table(*heads, box=box.SIMPLE_HEAD, pad_edge=False)
    for column, cells in zip(table.columns, zip(*rows)):
        column.overflow = "fold"                            # nothing is left out
        if all(cell.replace(",", "").replace(".", "").replace("-", "").isdigit() or not cell for cell in cells[:-1] or cells):
            column.justify = "right"
    for position, row in enumerate(rows):
        if total and position == len(rows) - 1:
            table.add_section()
        table.add_row(*row)
    console = partial(Console, markup=False, emoji=False, height=25)        # a title is a title, whatever stands in brackets
    measured = console(width=10_000)
    needed = Measurement.get(measured, measured.options, table).maximum
    console(width=min(needed, width)).print(table)          # without a height, rich heeds no width on a dumb terminal


def _cards(heads: list[str], rows: list[list[str]]) -> None:
    """The same below one another, where a terminal is too narrow for columns of prose."""
    for row in rows:
        for head, cell in zip(heads, row):
            if cell:
                print(f"{head}{say('：', ': ')}" + say("；", "; ").join(cell.split("\n")))
        print()


def _long_table(lines: list[list[str]]) -> None:
    """The same without rules, for hundreds of rows, which rich takes seconds for."""
    from rich.cells import cell_len
    widths = [max(map(cell_len, cells)) for cells in zip(*lines)]
    for row in lines:
        cells = [cell + " " * (width - cell_len(cell)) if column == 0 else " " * (width - cell_len(cell)) + cell
                 for column, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())
