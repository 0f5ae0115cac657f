"""Ledgers to files: csv, parquet, xlsx, json, beancount. Money is written from whole fen; a file appears complete or not at all."""
from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING, Any

from simulator import labels, money, months
from simulator.columns import COLUMNS, COUNT_COLUMNS, MONEY_COLUMNS
from simulator.language import Text, say
from simulator.parameters import PARAMETERS
from simulator.problems import InputError, Problem, unknown, unwritable

if TYPE_CHECKING:
    from simulator.comparison import Comparison
    from simulator.ledger import Result

FORMATS = (".csv", ".parquet", ".xlsx", ".json", ".beancount")


def ledger_to(result: Result, path: str | Path) -> None:
    """Write the ledger of a result; the ending of the name says how. InputError for another ending."""
    from simulator.bookkeeping import ledger_beancount
    writers = {".csv": ledger_csv, ".parquet": ledger_parquet, ".xlsx": ledger_xlsx, ".json": ledger_json,
               ".beancount": ledger_beancount}
    write = writers[ending(path, FORMATS)]
    with written_whole(path) as temporary:
        Path(temporary).write_bytes(write(result))


def ending(path: str | Path, allowed: Sequence[str]) -> str:
    """The ending of a file name, which says its format. InputError if it is not among `allowed`."""
    found = Path(path).suffix.lower()
    if found not in allowed:
        raise InputError([unknown(str(path), found, allowed, what=Text("不支持这种文件格式", "no such file format"))])
    return found


def check_outputs(*outputs: tuple[Path | None, Sequence[str]], inputs: Iterable[Path] = ()) -> None:
    """Before anything is computed or written: InputError with all that is wrong with files to be written, (path, endings).

    What is read, the `inputs`, is not to be written over.
    """
    problems: list[Problem] = []
    for path, allowed in outputs:
        if path is None:
            continue
        try:
            ending(path, allowed)
        except InputError as error:
            problems += error.problems
        folder = Path(os.path.realpath(path)).parent        # of a link: where it leads
        if not folder.is_dir():
            problems.append(Problem(str(path), Text(f"没有这个文件夹：{folder}", f"no such folder: {folder}")))
        elif path.is_dir() or not os.access(folder, os.W_OK):
            problems.append(Problem(str(path), Text("不能写入", "cannot be written")))
        elif _is_special(path):
            problems.append(Problem(str(path), _SPECIAL))
        elif path.exists() and any(one.exists() and one.samefile(path) for one in inputs):
            problems.append(Problem(str(path), Text("这是输入文件，不能覆盖", "is an input file, and is not written over")))
    if problems:
        raise InputError(problems)


def ledger_csv(result: Result) -> bytes:
    """The ledger as the bytes of a CSV, money in yuan."""
    return csv_bytes(COLUMNS, map(_in_yuan, result.records()))


def harmless(value: Any) -> Any:
    """A text that a spreadsheet will not run as a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def ledger_json(result: Result) -> bytes:
    return json.dumps(result_data(result), ensure_ascii=False, indent=1).encode()


def ledger_xlsx(result: Result) -> bytes:
    """The bytes of a workbook in the language in use: the ledger, the sums of each person, and what they rest on."""
    from simulator.policy import region
    from simulator.spreadsheet import Sheet, workbook
    from simulator.wording import rule_text
    kinds = tuple("month" if name == "month" else "money" if name in MONEY_COLUMNS else "" for name in COLUMNS)
    regions = {id: str(region(id)) for id in result.timeline.areas}
    shown: dict[str, Callable[[Any], object]] = {"month": lambda month: months.first_day(months.month_number(month)), "region": regions.get,
             "status": lambda status: str(labels.STATUSES[status])}
    ledger = [[shown[name](value) if name in shown else value for name, value in record.items()] for record in result.records()]
    summaries = {name: result.summary(name) for name in result.people}
    sums = [[str(labels.COLUMNS[key]), *(summary[key] for summary in summaries.values())] for key in result.summary()]
    basis = [[str(PARAMETERS[name].label), name, rule_text(name, span.value), str(span.start), str(labels.GRADES[span.grade]),
              say("推算", "projected") if span.projected else "", str(span.source), span.source.url]
             for name, span in result.basis()]
    return workbook([
        Sheet(say("明细", "Ledger"), tuple(str(labels.COLUMNS[name]) for name in COLUMNS), kinds, ledger),
        Sheet(say("合计", "Sums"), (say("项目", "Item"), *summaries), ("", *["money"] * len(summaries)), sums),
        Sheet(say("依据", "Basis"), (say("规则", "Rule"), say("参数名", "Name"), say("数值", "Value"), say("起", "From"),
                                   say("可信等级", "Grade"), say("推算", "Projected"), say("出处", "Source"),
                                   say("网址", "Address")), ("",) * 8, basis)])


def value_text(value: object) -> str:
    """A value of a region file in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {value_text(inner)}" for key, inner in value.items())
    return "; ".join(map(value_text, value)) if isinstance(value, list) else str(value)


def comparison_to(comparison: Comparison, path: str | Path) -> None:
    """All ledgers of a comparison in one CSV, with the name of each in a first column."""
    records = ({"scenario": harmless(name), **_in_yuan(record)}
               for name, result in zip(comparison.names, comparison.results) for record in result.records())
    with written_whole(path) as temporary:
        Path(temporary).write_bytes(csv_bytes(("scenario", *COLUMNS), records))


def csv_bytes(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> bytes:
    """CSV in UTF-8 with a byte-order mark, which a Chinese Excel needs."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode("utf-8-sig")


def _in_yuan(record: dict[str, Any]) -> dict[str, Any]:
    return {name: money.plain(value) if name in MONEY_COLUMNS else harmless(value) for name, value in record.items()}


def result_data(result: Result, ledger: bool = True) -> dict[str, Any]:
    """A result as plain data: the scenario, what it rests on, its summary and that of each year, decisions and ledger, money in yuan."""
    from simulator.wording import as_change, json_value
    data = {
        "title": result.scenario.title, "region": result.scenario.region, "who": result.holder,
        "lowest_grade": result.lowest_grade,
        "projected_from": result.projected_from and result.projected_from.isoformat(),
        "grades": result.grades(),
        **result.doubtful_names(),
        "disputed_values": [{"param": name, "value": json_value(span.value), "other": json_value(other), "source": str(span.source),
                             "try": "" if other is None else as_change(name, other)}
                            for name, span in result.doubtful()["disputed"] for other in [span.entry.other]],
        "summary": {name: amount / 100 for name, amount in result.summary().items()},
        "years": [{"year": year, **{name: amount / 100 for name, amount in summary.items()}} for year, summary in result.years().items()],
        "decisions": [{"day": one.day.isoformat(), "who": one.who, "type": one.type, "granted": one.granted,
                       "amount": one.amount_fen / 100, "reason": str(one.reason), "param": one.param,
                       "source": one.span and str(one.span.source), "grade": one.span and one.span.grade}
                      for one in result.decisions],
    }
    if ledger:
        data["ledger"] = [{name: value / 100 if name in MONEY_COLUMNS else value for name, value in record.items()}
                          for record in result.records()]
    return data


def ledger_parquet(result: Result) -> bytes:
    """Parquet with money as decimal(18, 2)."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError([unknown(".parquet", "pyarrow", (), what=Text(
            "写 Parquet 需要 pyarrow：pip install 'yibao-simulator[files]'",
            "writing Parquet needs pyarrow: pip install 'yibao-simulator[files]'"))]) from None
    from decimal import Decimal
    kinds = {**dict.fromkeys(MONEY_COLUMNS, pa.decimal128(18, 2)), **dict.fromkeys(COUNT_COLUMNS, pa.int32())}
    records = list(result.records())
    arrays = [pa.array([Decimal(record[name]).scaleb(-2) if name in MONEY_COLUMNS else record[name]
                        for record in records], kinds.get(name, pa.string())) for name in COLUMNS]
    about = {"title": result.scenario.title, "region": result.scenario.region, "lowest_grade": result.lowest_grade,
             **{grade: ",".join(names) for grade, names in result.doubtful_names().items()}}
    table = pa.table(arrays, names=list(COLUMNS)).replace_schema_metadata(about)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


@contextmanager
def written_whole(path: str | Path) -> Iterator[str]:
    """A temporary name beside `path` that becomes `path` only when all went well. InputError if it cannot be.

    Where `path` is a link, it goes on to be one, to the file written; a file that was there before leaves its mode, so that
    what only its owner could read stays so; a pipe or a device is not replaced by a file.
    """
    path, temporary = Path(os.path.realpath(path)), None
    try:
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        if _is_special(path):
            raise InputError([Problem(str(path), _SPECIAL)])
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        yield temporary
        Path(temporary).chmod(S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


_SPECIAL = Text("不是普通文件", "is no ordinary file")


def _is_special(path: Path) -> bool:
    """A pipe, a socket or a device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
