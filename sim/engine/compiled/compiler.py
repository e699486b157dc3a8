"""The kernels of this process: taken from the cache, or from a compiler that runs beside it at low priority.

Nobody compiles by hand. A run that finds no kernel starts the compiler, goes on under SimPy, and hands over when the
compiler has ended. The compiler outlives a run that ends sooner, so that the next one finds what it made; Ctrl-C ends
both. A compiler that is killed, or has nowhere to write, costs time and never an answer.
"""

import logging
import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from sim import stops
from sim.engine.compiled import kernel_cache
from sim.engine.storage import user_cache
from sim.engine.storage.fingerprints import HOME
from sim.errors import ModelError

LOG = logging.getLogger(__name__)
"""Says what is compiled and why; the command line shows it."""


class _Kernels:
    """What this process has of the compiled engine."""

    def __init__(self) -> None:
        self._taken = False
        self._compiler: subprocess.Popen[str] | None = None
        self._one_at_a_time = threading.RLock()

    def are_ready(self) -> bool:
        """Whether the compiled engine can start now."""
        if self._taken or self._compiler is not None:
            return self._taken or self._compiler.poll() is not None  # type: ignore[union-attr]
        return user_cache.read(kernel_cache.path()) is not None

    def are_compiling(self) -> bool:
        """Whether the compiler is at work; until it has ended no rate says how long a run will take."""
        return self._compiler is not None and self._compiler.poll() is None

    def compile_beside(self) -> None:
        """Start the compiler, unless it runs or there is nothing to do."""
        with self._one_at_a_time:
            if self._compiler is None and not self.are_ready():
                LOG.info(
                    "compiling the simulator beside this run, once for this version (about a minute); "
                    "until it is ready SimPy runs"
                )
                self._start("beside")

    def take(self) -> None:
        """Have the kernels in memory, whatever that needs. Raises ModelError if the world cannot be compiled."""
        with self._one_at_a_time:
            if self._taken:
                return
            if not self._take_from(kernel_cache.path()):
                if self._compiler is None:
                    LOG.info("compiling the simulator, once for this version (about a minute)")
                    self._start()
                self._take_from_compiler()
            self._taken = True

    def stop(self) -> None:
        """End the compiler at once."""
        if self._compiler is not None and self._compiler.poll() is None:
            self._compiler.kill()
            self._compiler.communicate()

    def _start(self, *how: str) -> None:
        paths = [str(HOME.parent), *filter(None, [os.environ.get("PYTHONPATH")])]  # the same source, wherever we are
        self._compiler = subprocess.Popen(
            [sys.executable, "-m", "sim.engine.compiled.compile_once", *how],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        stops.when_time_is_up(self._compiler.kill)

    def _take_from_compiler(self) -> None:
        """Wait for the compiler; one that was killed is started once more, then this process does its work."""
        from sim.engine.compiled import numba_engine

        for again in (True, False):
            assert self._compiler is not None
            try:
                file, said = self._compiler.communicate()
            except BaseException:
                self.stop()
                raise
            ended = self._compiler.returncode
            if ended == ModelError.exit_code:
                raise ModelError(said.strip())
            if ended == 0 and self._take_from(Path(file.strip())):
                return
            LOG.info("the compiler ended with %s; compiling %s", ended, "again" if again else "in this process")
            if again:
                self._start()
        numba_engine.compile_here()
        if file_of_cache := kernel_cache.path():
            with suppress(OSError):
                kernel_cache.keep(file_of_cache, numba_engine.machine_code())

    def _take_from(self, file: Path | None) -> bool:
        """Whether a file holds kernels for this process."""
        from sim.engine.compiled import numba_engine

        code = user_cache.read(file)
        if code is None or file is None:
            return False
        try:
            numba_engine.take(code)
        except Exception as error:  # whatever an unfitting file makes numba raise: it is made anew
            LOG.info("the kernels in %s cannot be used (%s)", file, error)
            with suppress(OSError):
                file.unlink(missing_ok=True)
            return False
        if file == kernel_cache.path():
            with suppress(OSError):  # a cache that is read-only
                os.utime(file)  # in use, so not the first to be tidied away
        else:
            shutil.rmtree(file.parent, ignore_errors=True)  # there was no room in the cache
        return True


KERNELS = _Kernels()
"""Those of this process."""
