"""Work that numba need not do to compile the world. The compiler's process leaves it out, for tested versions of numba.

numba compiles each of some 400 marked functions as a library of its own: it links the callees in, optimises, emits
machine code, and makes the function callable from Python and from C, although only the kernels are ever called. So
every function would be optimised and emitted once for each of its callers' callers. Here callees stay as they were
lowered, and only the kernels are linked, optimised, emitted and made callable.

What the world never does is not looked for: counting rows from the end, closures, arithmetic of whole arrays. A row of
a table is an address, of which numba would write down the whole array. Nothing is made while a future runs, so who
holds what is not counted, and no end of a variable's life is sought. What is always the same is found out once: what a
call comes to for arguments of given kinds, and the name of the future's record, 33 kB of text. No step is timed.

Kernels that are made without any of this compute the same to the last bit.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import llvmlite.binding.ffi
from llvmlite import ir
from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core import base, cgutils, postproc, transforms, types
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler_machinery import PassManager
from numba.core.cpu import CPUContext
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.lowering import Lower
from numba.core.types import npytypes
from numba.core.types.functions import BaseFunction
from numba.np import arrayobj

IDLE_PASSES = ("WithLifting", "InlineClosureLikes", "InlineOverloads", "NopythonRewrites")
"""Passes of numba over what the world does not have: `with`, closures, overloads to inline, whole arrays."""

ADDRESS = 4
"""The part of numba's arrays that is the address of their first row."""


def take(kernels: Sequence[Any]) -> None:
    """Let numba do no more than these kernels need."""
    for kernel in kernels:
        kernel.targetoptions["_nrt"] = False  # nothing is counted, here and in all that is called
    _link_only([kernel.py_func.__qualname__ for kernel in kernels])
    _pass_over()
    _find_out_once()
    arrayobj.fix_integer_index = _from_the_front
    lower_getattr_generic(types.Record)(_column)  # type: ignore[no-untyped-call]
    lower_builtin(operator.getitem, types.NestedArray, types.Integer)(_row)  # type: ignore[no-untyped-call]


def _link_only(kernels: Sequence[str]) -> None:
    """Link, optimise, emit and make callable nothing but these functions."""
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

    CPUContext.create_cfunc_wrapper = lambda *_: None  # type: ignore[method-assign]
    CPUContext.get_executable = get_executable  # type: ignore[method-assign]
    CPUCodeLibrary.finalize = finalized  # type: ignore[method-assign]


def _add_callees(library: Any, callees: list[Any], seen: set[Any]) -> None:
    """All libraries below one, each behind those that it calls."""
    for below in library._linking_libraries:
        if below not in seen:
            seen.add(below)
            _add_callees(below, callees, seen)
            callees.append(below)


def _pass_over() -> None:
    """Leave out passes that find nothing, the ends of variables, and the record of how long everything took."""
    add_pass = PassManager.add_pass

    def add_unless_idle(self: Any, kind: Any, description: str = "") -> None:
        if kind.__name__ not in IDLE_PASSES:
            add_pass(self, kind, description)  # type: ignore[no-untyped-call]

    def run_untimed(self: Any, _: int, each: Any, function: Any) -> None:
        each.analysis = self._analysis
        for step in (each.run_initialization, each.run_pass, each.run_finalizer):
            step(function)

    def without_ends(self: Any, emit_dels: bool = False, extend_lifetimes: bool = False) -> None:
        self.func_ir.blocks = transforms.canonicalize_cfg(self.func_ir.blocks)  # type: ignore[no-untyped-call]
        self.func_ir.variable_lifetime = postproc.VariableLifetime(self.func_ir.blocks)  # type: ignore[no-untyped-call]
        self.func_ir.generator_info = None

    PassManager.add_pass = add_unless_idle  # type: ignore[method-assign]
    PassManager._runPass = run_untimed  # type: ignore[method-assign]
    postproc.PostProcessor.run = without_ends  # type: ignore[method-assign]
    Lower.delvar = lambda *_: None  # type: ignore[method-assign]
    llvmlite.binding.ffi.lib._lock._cblist.clear()


def _find_out_once() -> None:
    """Keep what is asked again and again."""
    for named in (npytypes.Record, npytypes.NestedArray):
        named.__repr__ = _once(named.__repr__, id)  # type: ignore[method-assign]
    base._has_loc = _once(base._has_loc, id)
    CPUContext.get_abi_sizeof = _once(CPUContext.get_abi_sizeof, lambda _, kind: kind)  # type: ignore[method-assign]
    BaseFunction.get_call_type = _once(BaseFunction.get_call_type, _call)  # type: ignore[method-assign]


def _call(function: Any, _: Any, kinds: Any, named: Any) -> Any:
    """What a call is: the function, and what its arguments are. numba has each kind once, under a number."""
    return function._code, *(kind._code for kind in kinds), *((name, kind._code) for name, kind in named.items())


def _once(work: Callable[..., Any], key_of: Callable[..., Any]) -> Callable[..., Any]:
    """The same result without the work; what it was asked for is kept, so that nothing else gets its id or number."""
    known: dict[Any, tuple[Any, Any]] = {}

    def remembered(*arguments: Any) -> Any:
        key = key_of(*arguments)
        if key not in known:
            known[key] = work(*arguments), arguments
        return known[key][0]

    return remembered


def _from_the_front(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """An index as it is: the world never counts rows from the end, so none is looked at for that."""
    return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)


def _column(context: Any, builder: Any, kind: Any, record: Any, name: str) -> Any:
    """What a column of a record holds: of a table, an array all of which is known but where it is."""
    of = kind.typeof(name)
    if not isinstance(of, types.NestedArray):
        return arrayobj.record_getattr(context, builder, kind, record, name)
    parts = context.get_value_type(of)
    known = [None, None, of.nitems, of.size, ir.Undefined, of.shape, of.strides]
    array = ir.Constant(parts, [ir.Constant(part, value) for part, value in zip(parts.elements, known, strict=True)])
    row, offset = context.get_data_type(of.dtype), kind.offset(name)
    address = cgutils.get_record_member(builder, record, offset, row)  # type: ignore[no-untyped-call]
    return builder.insert_value(array, address, ADDRESS)


def _row(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """A row of a table, by its number."""
    table, number = signature.args
    row = context.cast(builder, arguments[1], number, types.intp)
    if context.enable_boundscheck:
        rows = ir.Constant(row.type, table.shape[0])
        cgutils.do_boundscheck(context, builder, row, rows, 0)  # type: ignore[no-untyped-call]
    address = builder.gep(builder.extract_value(arguments[0], ADDRESS), [row])
    return arrayobj.load_item(context, builder, table, address)  # type: ignore[no-untyped-call]
