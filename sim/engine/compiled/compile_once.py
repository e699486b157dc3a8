"""The compiler, a program of its own: keeps the kernels and prints their file.

Run as `python -m sim.engine.compiled.compile_once [beside]`.

numba compiles each of some 400 marked functions as a library of its own: it links the callees in, optimises, emits
machine code, and makes the function callable from Python and from C, although only the kernels are ever called. So
every function is optimised and emitted once for each of its callers' callers; and the name of the future's record,
33 kB of text, is written anew at each pass. Here callees stay as they were lowered, only the kernels are linked,
optimised, emitted and made callable, and the name is kept. What the world never does is not looked for: counting rows
from the end, closures, arithmetic of whole arrays. A row of a table is an address, of which numba would write down the
whole array. All that takes a third of numba's time, and makes the same results to the last bit.

That reaches into numba's insides, so it is done for versions that were tested and left alone for others, which compile
as numba does. A process of its own keeps these changes away from all other use of numba, and can be killed at any time.
"""

import contextlib
import gc
import operator
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

GARBAGE_AFTER = 1_000_000
"""Objects after which Python looks for garbage: nearly all that numba makes is needed to the end.

It takes some 110 MB more than Python's own number."""

ADDRESS = 4
"""The part of numba's arrays that is the address of their first row."""

IDLE_PASSES = ("WithLifting", "InlineClosureLikes", "InlineOverloads", "NopythonRewrites")
"""Passes of numba over what the world does not have: `with`, closures, overloads to inline, whole arrays."""


def main() -> None:
    """Compile unless another process has, and print the file that holds the kernels.

    Ends with 4 and the reason if the world cannot be compiled.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # numba would swallow an exception in some of its callbacks
    if sys.argv[1:] == ["beside"] and hasattr(os, "nice"):
        os.nice(PATIENCE)
    gc.set_threshold(GARBAGE_AFTER)
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
    from numba.core import types
    from numba.core.codegen import CPUCodeLibrary
    from numba.core.compiler_machinery import PassManager
    from numba.core.cpu import CPUContext
    from numba.core.imputils import lower_builtin, lower_getattr_generic
    from numba.core.types import npytypes
    from numba.np import arrayobj

    executable, finalize, add_pass = CPUContext.get_executable, CPUCodeLibrary.finalize, PassManager.add_pass

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

    def add_unless_idle(self: Any, kind: Any, description: str = "") -> None:
        if kind.__name__ not in IDLE_PASSES:
            add_pass(self, kind, description)  # type: ignore[no-untyped-call]

    CPUContext.create_cfunc_wrapper = lambda *_: None  # type: ignore[method-assign]
    CPUContext.get_executable = get_executable  # type: ignore[method-assign]
    CPUCodeLibrary.finalize = finalized  # type: ignore[method-assign]
    PassManager.add_pass = add_unless_idle  # type: ignore[method-assign]
    for named in (npytypes.Record, npytypes.NestedArray):
        named.__repr__ = _kept(named.__repr__)  # type: ignore[method-assign]
    arrayobj.fix_integer_index = _from_the_front
    lower_getattr_generic(types.Record)(_column)  # type: ignore[no-untyped-call]
    lower_builtin(operator.getitem, types.NestedArray, types.Integer)(_row)  # type: ignore[no-untyped-call]


def _from_the_front(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """An index as it is: the world never counts rows from the end, so none is looked at for that."""
    from numba.core import types

    return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)


def _column(context: Any, builder: Any, kind: Any, record: Any, name: str) -> Any:
    """What a column of a record holds: of a table, an array all of which is known but where it is."""
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.np.arrayobj import record_getattr

    of = kind.typeof(name)
    if not isinstance(of, types.NestedArray):
        return record_getattr(context, builder, kind, record, name)
    parts = context.get_value_type(of)
    known = [None, None, of.nitems, of.size, ir.Undefined, of.shape, of.strides]
    array = ir.Constant(parts, [ir.Constant(part, value) for part, value in zip(parts.elements, known, strict=True)])
    row, offset = context.get_data_type(of.dtype), kind.offset(name)
    address = cgutils.get_record_member(builder, record, offset, row)  # type: ignore[no-untyped-call]
    return builder.insert_value(array, address, ADDRESS)


def _row(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """A row of a table, by its number."""
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.np import arrayobj

    table, number = signature.args
    row = context.cast(builder, arguments[1], number, types.intp)
    if context.enable_boundscheck:
        rows = ir.Constant(row.type, table.shape[0])
        cgutils.do_boundscheck(context, builder, row, rows, 0)  # type: ignore[no-untyped-call]
    address = builder.gep(builder.extract_value(arguments[0], ADDRESS), [row])
    return arrayobj.load_item(context, builder, table, address)  # type: ignore[no-untyped-call]


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
