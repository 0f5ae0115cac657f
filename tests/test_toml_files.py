import tomllib

from simulator.toml_files import line_numbers, line_of

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
