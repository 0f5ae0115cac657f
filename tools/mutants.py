"""Mutation testing: `python tools/mutants.py [FILE…]`, or `make mutants`.

Small mistakes are put into the law one at a time, and the tests must notice each. Ends with 1 where fewer than 90 % are
noticed, or where one lives on that tests/mutants.toml does not explain; that list names no line numbers, so it outlives
changes around a mutant, but not one of the line itself.

The mistakes are those of mutmut. Its own `mutmut run` would take an hour and more, as it starts pytest for each of them,
could not reach functions with a decorator, and would run the tests where regions have been read already, so that no
mistake in reading them is seen. Here pytest collects once. Each mutant is a fork of that process in which the code of one
function has been exchanged; it runs the tests that come by the changed line, the likeliest first, until one fails.
"""
import argparse
import gc
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import tomllib
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from types import CodeType, FunctionType

import libcst as cst
import pytest
from _pytest.runner import runtestprotocol
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path for pattern in ("law/*.py", "money.py", "months.py", "policy.py")
               for path in (ROOT / "simulator").glob(pattern))
TESTS = ("law", "law_month", "law_corners", "whole_law", "money", "months", "policy", "gallery", "examples", "run", "gaps", "questions")
# What these files compute is kept once a region has been read. Their mutants begin with nothing read, and meet all tests
# of the files named here: which of them come by a line depends on which came first.
COLD = {"money": ("money", "law", "whole_law"), "months": ("months", "law", "whole_law", "policy"), "policy": ("policy", "run", "gaps")}
LEFT_OUT = re.compile(r"several_processes|test_gallery.py::test_every|no_number_of_the_law_is_a_float|"     # slow, and others see the same
                      r"test_policy.py::test_(every_region|every_value|each_change).*\[(?!(national|beijing|jiangsu/suzhou/kunshan|guangdong/shenzhen)\])")
EXPLAINED = ROOT / "tests" / "mutants.toml"
ALIVE = ("survived", "untested")
LEAST = 0.9
SECONDS, TIMES = 3, 10                                      # a test may take so long, and so many times its usual time
MEMORY_BYTES = 2**31                                        # more than a worker had at its start


@dataclass(eq=False)
class Mutant:
    """One mistake: `name` tells it by its function and the changed lines, `code` is that of the function with it."""
    file: Path
    function: str
    name: str
    code: CodeType
    defaults: list | None
    lines: range
    verdict: str = ""


# ── making mutants ─────────────────────────────────────────────────────────────────────────────────

class _Visitor(MutationVisitor):
    """mutmut's, but also in functions with a decorator, and noting the lines."""

    def __init__(self):
        super().__init__(mutation_operators, IgnoredCode(set(), set(), set()))
        self.lines = []

    def _skip_node_and_children(self, node):
        return not isinstance(node, cst.FunctionDef) and super()._skip_node_and_children(node)

    def _create_mutations(self, node):
        super()._create_mutations(node)
        where = self.get_metadata(PositionProvider, node, None)
        lines = range(where.start.line, where.end.line + 1) if where else range(0)
        self.lines += [lines] * (len(self.mutations) - len(self.lines))


def mutants_of(file):
    """Every mutant of the functions and methods of a file."""
    visitor, seen = _Visitor(), Counter()
    module = MetadataWrapper(cst.parse_module(file.read_text("utf-8"))).visit(visitor)
    owners = {method: owner for owner in module.body if isinstance(owner, cst.ClassDef) for method in owner.body.body}
    topic = ".".join(file.relative_to(ROOT / "simulator").with_suffix("").parts)
    for mutation, lines in zip(visitor.mutations, visitor.lines):
        function = mutation.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef):
            continue
        mutated = function.deep_replace(mutation.original_node, mutation.mutated_node)
        before, source = (_source(one, owners.get(function)) for one in (function, mutated))
        qualified = f"{owners[function].name.value}.{function.name.value}" if function in owners else function.name.value
        name = f"{topic}.{qualified}: {_change(before, source)}"
        seen[name] += 1
        if seen[name] > 1:
            name += f" ({seen[name]})"
        code = _find(compile(source, str(file), "exec"), qualified)
        yield Mutant(file, qualified, name, code, _defaults(function, mutated), lines)


def _source(function, owner):
    """A function as a module of its own, in its class if it has one; without decorators, which stay as they are."""
    function = function.with_changes(decorators=[], leading_lines=[])
    if owner:
        function = cst.ClassDef(owner.name, cst.IndentedBlock([function]))
    return cst.Module([function]).code


def _change(before, after):
    """The lines that differ: `was → is`."""
    was, now = ([re.sub(r"\s\s+#.*", "", line).strip() for line in text.splitlines()] for text in (before, after))
    while was and now and was[0] == now[0]:
        del was[0], now[0]
    while was and now and was[-1] == now[-1]:
        del was[-1], now[-1]
    return f"{' '.join(was)} → {' '.join(now)}"


def _find(code, qualified):
    inner = [code]
    for one in inner:
        if one.co_qualname == qualified:
            return one
        inner += [const for const in one.co_consts if isinstance(const, CodeType)]
    raise LookupError(qualified)


def _defaults(function, mutated):
    """The default values of a function as text, where it is in them that the mistake is."""
    was, now = ([param.default for param in one.params.params if param.default] for one in (function, mutated))
    if all(one.deep_equals(other) for one, other in zip(was, now)):
        return None
    return [cst.Module([]).code_for_node(default) for default in now]


# ── running tests on them ──────────────────────────────────────────────────────────────────────────

class Runner:
    """A pytest plugin that, instead of running the tests it collected, runs them on mutants."""

    def __init__(self, mutants, jobs):
        self.mutants, self.jobs = mutants, jobs
        self.kills = defaultdict(Counter)                   # {function: {test: mutants it killed}}
        self.problem = ""

    def pytest_configure(self):
        from hypothesis import HealthCheck, Phase, settings
        settings.register_profile("mutants", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
                                  suppress_health_check=list(HealthCheck))      # a slow machine is no mutant
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session):
        if session.testsfailed:
            self.problem = "the tests cannot be collected"
            return True
        session.config._tmp_path_factory.getbasetemp()      # one for all forks, that nobody else clears up
        for file in FILES:
            import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        self.items = [item for item in session.items if not LEFT_OUT.search(item.nodeid)]
        self.functions = defaultdict(list)
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and (path := Path(one.__code__.co_filename)) in FILES:
                self.functions[path, one.__code__.co_qualname].append(one)
            elif isinstance(one, type(cache(str))) and one.__module__.startswith("simulator."):
                one.cache_clear()                           # what collecting the tests has read
        gc.freeze()                                         # or else each fork copies most of it
        cold = [mutant for mutant in self.mutants if mutant.file.stem in COLD]
        warm = [mutant for mutant in self.mutants if mutant.file.stem not in COLD]
        for mutants in filter(None, (cold, warm)):
            if mutants is warm:
                for number in range(len(self.items)):
                    self.fails(number)
            self.prepare(mutants is warm)
            if self.problem:
                break
            self.run(mutants)
        return True

    def prepare(self, is_warm):
        """Each test alone, on the code as it is: it must pass, and where it comes by is noted. Then all, the quick ones first."""
        self.seconds, self.tests_by_line, self.is_traced = {}, defaultdict(set), is_warm
        suite = [number for number in range(len(self.items)) if is_warm or self.is_in(number, set().union(*COLD.values()))]
        for number, found in self.in_forks(self.alone, suite):
            failed, self.seconds[number], lines = json.loads(found or '["it did not end", 0, []]')
            for file, line in lines:
                self.tests_by_line[Path(file), line].add(number)
            if failed:
                self.problem = f"{self.items[number].nodeid} fails without any mutant:\n{failed}"
        for _, failed in self.in_forks(self.first_failing, [sorted(suite, key=self.seconds.get)]):
            if failed != "survived" and not self.problem:
                self.problem = f"{self.items[int(failed)].nodeid} fails without any mutant after others"

    def alone(self, number):
        """Run one test: [why it fails, seconds, [[file, line] it comes by]]."""
        files, lines = {str(file) for file in FILES}, set()

        def line(frame, event, _):                          # noqa: ARG001
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame, event, _):
            return line(frame, event, _) if frame.f_code.co_filename in files else None
        start = time.process_time()
        sys.settrace(call if self.is_traced else None)
        self.fails(number)
        sys.settrace(None)
        return json.dumps([self.why, time.process_time() - start, sorted(lines)])

    def is_in(self, number, names):
        return self.items[number].path.stem.removeprefix("test_") in names

    def first_failing(self, numbers):
        """The number of the first test that fails, or `survived`."""
        for number in numbers:
            signal.setitimer(signal.ITIMER_PROF, SECONDS + TIMES * self.seconds[number])     # unhandled, it ends the process
            if self.fails(number):
                return number
        return "survived"

    def fails(self, number):
        self.why = "".join(str(report.longrepr) for report in runtestprotocol(self.items[number], log=False) if report.failed)
        return bool(self.why)

    def run(self, mutants):
        """Give every mutant its verdict: killed, timeout, survived, or untested where no test comes by."""
        done, start = Counter(), time.monotonic()
        for mutant, answer in self.in_forks(self.judged, mutants):
            if answer is None:                              # stopped by a limit of time, or of memory
                mutant.verdict = "timeout"
            elif answer == "survived":
                mutant.verdict = "survived" if self.tests_for(mutant) else "untested"
            else:
                mutant.verdict = "killed"
                self.kills[mutant.file, mutant.function][int(answer)] += 1
            done[mutant.verdict] += 1
            if mutant.verdict in ALIVE:
                print(f"[{mutant.verdict}] {mutant.name}", flush=True)
            if sum(done.values()) % 100 == 0 or sum(done.values()) == len(mutants):
                print(f"{sum(done.values())} of {len(mutants)} after {time.monotonic() - start:.0f} s: {dict(done)}", flush=True)

    def tests_for(self, mutant):
        """The tests that come by the lines of a mutant, those first that killed others of its function, then the quick ones."""
        if mutant.file.stem in COLD:
            found = {number for number in self.seconds if self.is_in(number, COLD[mutant.file.stem])}
        else:
            found = self.passing(mutant.file, mutant.lines)
        if not found:                                       # the interpreter counts some expressions as on another line
            own = self.functions[mutant.file, mutant.function]
            found = self.passing(mutant.file, [line for one in own for line in _lines(one.__code__)])
        kills = self.kills[mutant.file, mutant.function]
        return sorted(found, key=lambda number: (-kills[number], self.seconds[number]))

    def passing(self, file, lines):
        return set().union(*(self.tests_by_line[file, line] for line in lines))

    def judged(self, mutant):
        """In a fork: the number of the first test that fails with the mutant, or `survived`."""
        tests = self.tests_for(mutant)
        functions = self.functions[mutant.file, mutant.function]
        assert functions, mutant.name
        for function in functions:
            function.__code__ = mutant.code
            if mutant.defaults is not None:
                function.__defaults__ = tuple(eval(text, function.__globals__) for text in mutant.defaults)     # noqa: S307 (our own)
        return self.first_failing(tests)

    def in_forks(self, work, tasks):
        """(task, what `work` made of it as text, or None if the process died), some at a time."""
        running = {}
        for task in [*tasks, *[None] * self.jobs]:
            if len(running) == self.jobs or (task is None and running):
                pid, status = os.wait()
                done, answer = running.pop(pid)
                with answer:
                    answer.seek(0)
                    text = answer.read().decode()
                if status and not os.WIFSIGNALED(status):
                    raise ChildProcessError(text)           # neither a test nor a limit: a mistake in here
                yield done, text or None
            if task is not None:
                answer = TemporaryFile(buffering=0)         # noqa: SIM115 (not a pipe: that is full after 64 KiB)
                pid = os.fork()
                if not pid:
                    _alone(work, task, answer)
                running[pid] = task, answer


def _alone(work, task, answer):
    """In a fork: work, silently and within limits, send the answer, and end without any clearing up of the parent's."""
    try:
        gc.disable()
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(quiet, stream)
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        answer.write(str(work(task)).encode())
        os._exit(0)
    except MemoryError:
        os.abort()
    except BaseException:                                   # noqa: BLE001 (the parent is told, whatever it is)
        answer.write(traceback.format_exc().encode())
        os._exit(1)


def _lines(code):
    inner = [code]
    for one in inner:
        inner += [const for const in one.co_consts if isinstance(const, CodeType)]
        yield from (line for _, _, line in one.co_lines() if line)


# ── the report ─────────────────────────────────────────────────────────────────────────────────────

def report(mutants, explained):
    """Print what became of the mutants; whether that is enough."""
    counts = {file: Counter(mutant.verdict for mutant in mutants if mutant.file == file) for file in FILES}
    alive = {mutant.name: mutant for mutant in mutants if mutant.verdict in ALIVE}
    print(f"\n{'file':32}{'mutants':>8}{'killed':>8}{'timeout':>8}{'alive':>8}{'explained':>10}{'killed':>9}")
    rows = [(str(file.relative_to(ROOT)), counts[file], [one for one in alive.values() if one.file == file])
            for file in FILES if counts[file]]
    for name, count, living in [*rows, ("together", sum(counts.values(), Counter()), alive.values())]:
        told = sum(one.name in explained for one in living)
        print(f"{name:32}{count.total():8}{count['killed']:8}{count['timeout']:8}{len(living):8}{told:10}{_score(count):9.1%}")
    new = [one for one in alive.values() if one.name not in explained]
    topics = {one.name.split(":")[0] for one in mutants}
    gone = [name for name in explained if name.split(":")[0] in topics and name not in alive]
    for title, names in (("alive, and not explained in tests/mutants.toml", [f"[{one.verdict}] {one.name}" for one in new]),
                         ("explained, but killed or no longer there", gone)):
        print(f"\n{len(names)} {title}", *names, sep="\n", end="\n" if names else "")
    score = _score(sum(counts.values(), Counter()))
    print(f"\n{score:.1%} of the mutants are killed, {LEAST:.0%} must be.")
    return score >= LEAST and not new and not gone


def _score(count):
    return (count["killed"] + count["timeout"]) / max(1, count.total())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=lambda name: (ROOT / name).resolve(), help="only these; all of the law by default")
    parser.add_argument("--since", metavar="COMMIT", help="only files that have changed since")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--function", default="", help="only functions whose name has this in it")
    options = parser.parse_args()
    os.chdir(ROOT)
    files = options.files or FILES
    if options.since:
        changed = subprocess.run(["git", "diff", "--name-only", options.since], check=True, capture_output=True, text=True).stdout
        files = [file for file in files if str(file.relative_to(ROOT)) in changed.splitlines()]
    strange = [str(file) for file in files if file not in FILES]
    if strange:
        parser.error(f"no mutants are made of {', '.join(strange)}")
    explained = [name for group in tomllib.loads(EXPLAINED.read_text("utf-8"))["group"] for name in group["mutants"]]
    mutants = [mutant for file in files for mutant in mutants_of(file) if options.function in mutant.function]
    print(f"{len(mutants)} mutants", flush=True)
    runner = Runner(mutants, options.jobs)
    with TemporaryDirectory() as folder:
        pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:faulthandler", "--assert=plain", "--tb=native",
                     f"--basetemp={folder}/tests", "-o", "tmp_path_retention_policy=none",
                     *(f"tests/test_{name}.py" for name in TESTS)], plugins=[runner])
    if runner.problem:
        sys.exit(runner.problem)
    sys.exit(not report(mutants, explained))


if __name__ == "__main__":
    main()
