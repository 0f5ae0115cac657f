"""Work in pieces for the tests, of a module of its own: workers import it, and need nothing else of the tests."""
import hashlib
import os
import signal
import sys
import time
from pathlib import Path

from simulator.shards import Piece, processes, run

ABOUT = {"kind": "test", "seed": 7}
INPUTS = {"inputs.json": b"{}"}


def work(number, seconds=0.0, note=None):
    """A piece's files: bytes that follow from its number alone."""
    if note:
        with Path(note).open("a") as file:
            file.write(f"{number}\n")
    time.sleep(seconds)
    return {f"part/{number:03d}.bin": hashlib.sha256(b"%d" % number).digest() * 200, f"note/{number:03d}.txt": b"%d" % number}


def die_once(number, flag):
    """Kills its worker the first time it is asked for piece 3."""
    if number == 3 and not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work(number)


def die(number):
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number):
    if number == 5:
        raise ZeroDivisionError("a fault")
    return work(number)


def merge(done):
    yield "all.txt", b"".join(files[f"note/{number:03d}.txt"].read_bytes() + b"\n" for number, files in enumerate(done))


def pieces(count=20, *more):
    return [Piece(f"{number:03d}", (number, *more)) for number in range(count)]


def finish(folder, **options):
    return run(folder, ABOUT, options.pop("pieces", pieces()), options.pop("work", work), merge, INPUTS, **options)


if __name__ == "__main__":                                  # folder, seconds a piece, note
    finish(Path(sys.argv[1]), pieces=pieces(20, float(sys.argv[2]), *sys.argv[3:]), executor=processes(2), resume=True)
