"""Long work behind the page: in a thread of its own, which says how far it is and can be told to stop.

What comes of it belongs to the session that asked for it. A session that ends, or asks for something else, stops it.
"""
import threading
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeAlias

# Populations share the engine of their process, which holds the tables of one of them at a time.
MOST_AT_ONCE = 1
_turns = threading.Semaphore(MOST_AT_ONCE)
WAIT = 0.2                              # seconds until one who waits for a turn looks whether it is still wanted


class Stopped(Exception):
    """The work was told to stop."""


Do: TypeAlias = Callable[[Callable[[int, int], None]], Any]


class Work:
    """`do(progress)` in the background. `result` or `error` is there once it `is_over`; of work that was stopped neither is."""

    def __init__(self, do: Do) -> None:
        self._told = _Told(do)
        weakref.finalize(self, self._told.stop.set)         # nobody is left to see what comes of it
        threading.Thread(target=self._told.work, name="population", daemon=True).start()

    def stop(self) -> None:
        """It ends when it next says how far it is."""
        self._told.stop.set()

    @property
    def is_stopping(self) -> bool:
        return self._told.stop.is_set()

    @property
    def has_begun(self) -> bool:
        """It has had its turn."""
        return self._told.has_begun

    @property
    def is_over(self) -> bool:
        return self._told.is_over

    @property
    def result(self) -> Any:
        return self._told.result

    @property
    def error(self) -> Exception | None:
        return self._told.error

    @property
    def done(self) -> tuple[int, int]:
        """(done, of how many); (0, 0) before anything is."""
        return self._told.done

    def pace(self) -> tuple[float, float] | None:
        """(how many a second, seconds left), or None while that cannot be told: what came first took its preparation along."""
        marks = self._told.marks
        if len(marks) < 2:
            return None
        (first, since), (last, now), (_, all_of_it) = marks[0], marks[-1], self.done
        rate = (last - first) / max(now - since, 0.001)
        return rate, (all_of_it - last) / rate


class _Told:
    """What the thread knows. It does not hold the `Work`, whose end is the sign that nobody waits for it any more."""

    def __init__(self, do: Do) -> None:
        self.do, self.stop, self.done = do, threading.Event(), (0, 0)
        self.marks: list[tuple[int, float]] = []
        self.has_begun = self.is_over = False
        self.result: Any = None
        self.error: Exception | None = None

    def work(self) -> None:
        try:
            while not _turns.acquire(timeout=WAIT):
                self._go_on()
            try:
                self._go_on()
                self.has_begun = True
                self.result = self.do(self._progress)
            finally:
                _turns.release()
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001          # the page says it, in the session's language
            self.error = error
        finally:
            self.is_over = True

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped

    def _progress(self, done: int, total: int) -> None:
        self._go_on()
        self.done = done, total
        self.marks = [*self.marks[:1], (done, monotonic())]
