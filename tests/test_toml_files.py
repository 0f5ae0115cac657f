import errno
import os
import re
import tomllib

import pytest

from simulator.problems import InputError, of_system
from simulator.toml_files import line_numbers, line_of, parse_toml, read_bytes

TEXT = '''# comment
a = 1
"b.c" = [ {x = 1, y = { z = 2 }},
  # another, with [brackets]
  {x = "a]#", y = 3} ]
[t.u]
v = """x
[nope]"""
w.q = 3
[[p]]
n = 1
[p.m]
o = 2
[[p]]
n = 2
[[p.k]]
z = 'it''s'
[[p.k]]
z = 2
'''.replace("'it''s'", "'its'")


def test_every_key_has_its_line():
    tomllib.loads(TEXT)
    lines = line_numbers(TEXT)
    assert lines["a",] == 2
    assert lines["b.c", 0, "y", "z"] == 3
    assert lines["b.c", 1, "x"] == 5
    assert lines["t", "u", "v"] == 7
    assert lines["t", "u", "w", "q"] == 9
    assert lines["p", 0, "m", "o"] == 13
    assert lines["p", 1, "n"] == 15
    assert lines["p", 1, "k", 0, "z"] == 17
    assert lines["p", 1, "k", 1, "z"] == 19


def test_what_has_no_line_takes_the_one_above_it():
    lines = line_numbers(TEXT)
    assert line_of(lines, ("p", 1, "missing")) == 14
    assert line_of(lines, ("nowhere",)) == 0


def test_what_the_scanner_does_not_read_has_no_lines():
    for text in ("= 1", "a = ]", "a", "a = [1"):
        assert line_numbers(text) == {}


# ── what is wrong with a file, in Chinese ──

@pytest.mark.parametrize("text, line, zh", [
    ("a = “x”", 1, "值写得不对：文字加英文引号，日期写作 2021-01-01，小数写作 0.5（第 5 列）"), ("a = .5", 1, "值写得不对"),
    ("姓名 = 1", 1, "应为“名称 = 值”或“[段名]”，中文名称须加英文引号（第 1 列）"), ("[姓名]", 1, "名称由字母"),
    ("[a.b]\n[a.b]", 2, "'a.b' 这一段写了两次"), ('a = "x\nb = 1', 1, "文字缺少结尾的引号"),
    ("a = 1,000", 1, "一项之后须换行，这里多出了内容（第 6 列）"), ("a 1", 1, "名称之后应为 =；数字里没有千分位逗号（第 3 列）"),
    ("b = 1\n[a", 0, "段名之后应为 ]（到文件末尾）"), ("[[a]", 1, "段名之后应为 ]]"), ("a = 'x", 0, "文字缺少结尾的引号"),
    ("a = '\x01'", 1, "不能有字符 '\\x01'"), ("[a]\n[a]", 2, "'a' 这一段写了两次"),
    ("a = { b = 1 }\na.c = 2\n", 2, "'a' 已经写过，不能再添"),
    ("a = 1\na = 2\n", 2, "同一项写了两次"), ("a = [1", 0, "列表两项之间缺少英文逗号，或缺少结尾的 ]"),
    ("a = { b = 1", 0, "花括号内两项之间须用英文逗号隔开"),
    ("a = { b = 1, b = 2 }", 1, "'b' 写了两次"), ('a = "x', 0, "文字缺少结尾的引号"),
    ('a = "\\q"', 1, r"双引号内的 \ 须写作 \\，或改用单引号"),
    ('a = "\\uZZ"', 1, r"\ 后面的编码不对"), ("a = 2021-02-30", 1, "没有这个日期或时间"), (f"a = {'9' * 5000}", 0, "数字过长")])
def test_what_is_no_toml_is_said_in_chinese_too(text, line, zh):
    with pytest.raises(InputError) as error:
        parse_toml(text.encode(), "f.toml")
    problem, = error.value.problems
    assert (problem.file, problem.line) == ("f.toml", line) and problem.message.zh.startswith(f"不是正确的 TOML：{zh}")
    assert not re.search("[A-Z][a-z]+ ", problem.message.zh.removeprefix("不是正确的 TOML"))


def test_what_the_system_says_is_said_in_chinese_too(tmp_path):
    for path, zh in ((tmp_path, "这是文件夹"), (tmp_path / "x.toml", "没有这个文件或文件夹")):
        with pytest.raises(InputError) as error:
            read_bytes(path)
        assert error.value.problems[0].message.zh == f"读不到文件：{zh}"
    full, unheard_of = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    assert of_system(full) == ("磁盘已满", os.strerror(errno.ENOSPC)) and of_system(unheard_of).zh == os.strerror(errno.EXDEV)
    assert of_system(ValueError("no such name")) == ("no such name", "no such name")
