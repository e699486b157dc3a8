"""Ctrl-C and SIGTERM, at whatever moment: one message, and the exit code that the signal stands for, 130 or 143.

The first signal raises KeyboardInterrupt, and whatever is being written aside is taken back on the way out; those that
follow are ignored. The way out can be long: a compiler notices nothing until it is done, and libraries swallow the
exception. So a thread waits for the signal too, and ends the process when its time is up, with whatever it has started.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

GRACE = 2.0
"""Seconds for the way out."""

_STOPS = (signal.SIGINT, signal.SIGTERM)

_heard: list[int] = []
"""The number of the signal that stops this process, once there is one."""

_last: list[Callable[[], None]] = []
"""What is done before a stopped process ends."""

_leaving = threading.Event()
"""Set when the process has said why it ends."""


class Stopped(KeyboardInterrupt):
    """Raised by the first signal. Python ends a process by the signal itself after a bare KeyboardInterrupt."""


def hear() -> None:
    """Hear the signals from now on. One that whoever started this process has it ignore stays ignored."""
    read_end, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)  # written to at once, even while a library computes
    threading.Thread(target=_watch, args=(read_end,), daemon=True).start()
    for number in _STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def when_time_is_up(act: Callable[[], None]) -> None:
    """Do this before a stopped process ends, such as to end a process that it has started."""
    _last.append(act)


def deafen() -> None:
    """Ignore the signals from now on: what is left to do takes no time."""
    for number in _STOPS:
        signal.signal(number, signal.SIG_IGN)


def stopped() -> bool:
    """Whether a signal stops this process; what breaks then breaks because of it."""
    return bool(_heard)


def leave() -> NoReturn:
    """End the stopped process, which has said so, with the exit code of its signal, and what it has started."""
    _leaving.set()
    for act in _last:
        act()
    sys.exit(128 + _heard[0])


def _stop(number: int, _: Any) -> NoReturn:
    deafen()
    _heard.append(number)
    sys.unraisablehook = lambda _: None  # raised in a callback that lets nothing out; then the watch has the word
    raise Stopped


def _watch(read_end: int) -> None:
    number = os.read(read_end, 1)[0]
    time.sleep(GRACE)
    if not _leaving.is_set():
        os.write(2, b"interrupted; what is finished is kept, and nothing is half-written\n")
    for act in _last:
        act()
    os._exit(128 + number)
