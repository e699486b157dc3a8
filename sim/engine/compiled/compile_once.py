"""The compiler, a program of its own: keeps the kernels and prints their file.

Run as `python -m sim.engine.compiled.compile_once [beside]`.

numba compiles each of some 400 marked functions as a library of its own: it links the callees in, optimises, emits
machine code, and makes the function callable from Python, although only the kernels are ever called. So every function
is optimised and emitted once for each of its callers' callers; and the name of the future's record, 33 kB of text, is
written anew at each pass. Here callees stay as they were lowered, the kernels alone are linked, optimised and emitted,
and the name is kept: two fifths of the time, and the same machine code where it counts, to the last bit of a result.
And no index is looked at for counting from the end, which the world never does.

That reaches into numba's insides, so it is done for versions that were tested and left alone for others, which compile
as numba does. A process of its own keeps these changes away from all other use of numba, and can be killed at any time.
"""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.engine.compiled import kernel_cache
from sim.errors import ModelError

PATIENCE = 3
"""How much it gives way to what runs beside it, as `nice` counts: half a share of a busy core, no less."""


def main() -> None:
    """Compile unless another process has, and print the file that holds the kernels.

    Ends with 4 and the reason if the world cannot be compiled.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # numba would swallow an exception in some of its callbacks
    if sys.argv[1:] == ["beside"] and hasattr(os, "nice"):
        os.nice(PATIENCE)
    file = kernel_cache.path()
    with contextlib.ExitStack() as stack:
        if file:
            with contextlib.suppress(OSError, NotImplementedError):  # no right to write here, or no locks
                stack.enter_context(kernel_cache.locked(file))
        if kernel_cache.read(file) is None:
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
        _only([kernel.py_func.__qualname__ for kernel in numba_engine.KERNELS])
    numba_engine.compile_here()
    return numba_engine.machine_code()


def _keep(code: bytes, file: Path | None) -> Path:
    """Where it is kept: in the cache, else in a folder from which whoever waits for it takes it away."""
    if file:
        with contextlib.suppress(OSError):
            kernel_cache.write(file, code)
            return file
    aside = Path(tempfile.mkdtemp(prefix="chokepoint-")) / "kernels.bin"
    kernel_cache.write(aside, code)
    return aside


def _only(kernels: list[str]) -> None:
    """Let numba link, optimise, emit and make callable nothing but these functions."""
    from numba import _dynfunc  # type: ignore[attr-defined]
    from numba.core.codegen import CPUCodeLibrary
    from numba.core.cpu import CPUContext
    from numba.core.types import npytypes
    from numba.np import arrayobj

    executable, finalize = CPUContext.get_executable, CPUCodeLibrary.finalize

    def get_executable(self: Any, library: Any, fndesc: Any, env: Any) -> Any:
        if fndesc.qualname in kernels:
            return executable(self, library, fndesc, env)  # type: ignore[no-untyped-call]
        name = fndesc.qualname.split(".")[-1]
        return _dynfunc.make_function(fndesc.lookup_module(), name, "part of a kernel", 1, env, (library,))

    def finalized(self: Any) -> None:
        if self.name not in kernels:
            self._raise_if_finalized()
            self._finalized = True
            return
        callees: list[Any] = []
        _add_callees(self, callees, set())
        for library in callees:
            self._reload_init.update(library._reload_init)
        self._linking_libraries = callees[::-1]  # callers first: the linker drops what nobody has asked for yet
        finalize(self)  # type: ignore[no-untyped-call]

    CPUContext.get_executable = get_executable  # type: ignore[method-assign]
    CPUCodeLibrary.finalize = finalized  # type: ignore[method-assign]
    for named in (npytypes.Record, npytypes.NestedArray):
        named.__repr__ = _kept(named.__repr__)  # type: ignore[method-assign]
    arrayobj.fix_integer_index = _from_the_front


def _from_the_front(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """An index as it is: the world never counts rows from the end, so none is looked at for that."""
    from numba.core import types

    return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)


def _add_callees(library: Any, callees: list[Any], seen: set[Any]) -> None:
    """All libraries below one, each behind those that it calls."""
    for below in library._linking_libraries:
        if below not in seen:
            seen.add(below)
            _add_callees(below, callees, seen)
            callees.append(below)


def _kept(text_of: Callable[[Any], str]) -> Callable[[Any], str]:
    """The same text without writing it anew; the objects are kept, so that no other gets the id of one."""
    texts: dict[int, tuple[Any, str]] = {}

    def text(self: Any) -> str:
        if id(self) not in texts:
            texts[id(self)] = self, text_of(self)
        return texts[id(self)][1]

    return text


if __name__ == "__main__":
    main()
