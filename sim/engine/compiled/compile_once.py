"""The compiler, a program of its own: keeps the kernels and prints their file.

Run as `python -m sim.engine.compiled.compile_once [beside]`.

A process of its own can be killed at any time, and keeps the shortcuts that it takes through numba away from all other
use of it.
"""

import contextlib
import gc
import os
import signal
import sys
import tempfile
from pathlib import Path

from sim.engine.compiled import kernel_cache
from sim.engine.storage import user_cache
from sim.errors import ModelError

PATIENCE = 3
"""How much it gives way to what runs beside it, as `nice` counts: half a share of a busy core, no less."""

GARBAGE_AFTER = 1_000_000
"""Objects after which Python looks for garbage: nearly all that numba makes is needed to the end.

It takes some 110 MB more than Python's own number."""


def main() -> None:
    """Compile unless another process has, and print the file that holds the kernels.

    Ends with 4 and the reason if the world cannot be compiled.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # numba would swallow an exception in some of its callbacks
    if sys.argv[1:] == ["beside"] and hasattr(os, "nice"):
        os.nice(PATIENCE)
    gc.set_threshold(GARBAGE_AFTER)
    os.environ["NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING"] = "1"  # numba colours reasons that nobody ever reads
    file = kernel_cache.path()
    with contextlib.ExitStack() as stack:
        if file:
            with contextlib.suppress(OSError, NotImplementedError):  # no right to write here, or no locks
                stack.enter_context(kernel_cache.locked(file))
        if user_cache.read(file) is None:
            try:
                file = _keep(compiled_code(), file)
            except ModelError as error:
                print(error, file=sys.stderr)
                sys.exit(error.exit_code)
    print(file)


def compiled_code() -> bytes:
    """The kernels, compiled once where numba's version is one that was tested."""
    import numba

    from sim.engine.compiled import numba_engine

    if numba.__version__ in numba_engine.TESTED:
        from sim.engine.compiled import shortcuts

        shortcuts.take(numba_engine.KERNELS)
    numba_engine.compile_here()
    return numba_engine.machine_code()


def _keep(code: bytes, file: Path | None) -> Path:
    """Where it is kept: in the cache, else in a folder from which whoever waits for it takes it away."""
    if file:
        with contextlib.suppress(OSError):
            kernel_cache.keep(file, code)
            return file
    aside = Path(tempfile.mkdtemp(prefix="chokepoint-")) / "kernels.bin"
    kernel_cache.keep(aside, code)
    return aside


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # whoever waits would wait two seconds more for Python to take a million objects apart
