"""Nobody compiles by hand, and nobody twice: one cache for all clones, and whatever befalls it costs time alone.

Real processes in caches of their own. Their compiler stands in for the real one where compiling is not the question:
it waits to be let go, and leaves the kernel on which these tests run.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.engine.compiled import kernel_cache
from sim.engine.compiled.compiler import KERNELS
from sim.engine.runner import Job, run
from sim.engine.storage import user_cache
from tests.engine.futures import SEED, template
from tests.structure.source import ROOT

WORLD = str(ROOT / "tests" / "world" / "small.yaml")
UNCERTAIN = "training.growth={p5: 2x / year, p50: 4x / year, p95: 8x / year}"
RUN = ["run", WORLD, "--set", UNCERTAIN, "--futures", "8", "--relief=1", "--split=1"]
SHORT = ["run", WORLD, "--futures", "2", "--split=0", "--relief=0", "--quiet"]
PROMISED = ("outcomes.parquet", "series.parquet", "summary.json", "findings.md", "removals.csv", "report.html")
"""Files of a run that depend on all that it computed."""


STAND_IN = """
def compiled_code() -> bytes:
    import time
    deadline, beside = time.monotonic() + 300.0, Path(os.environ["XDG_CACHE_HOME"]).parent
    while not (beside / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    with (beside / "compiled").open("a") as times:
        times.write("once ")
    return user_cache.read(Path({kernel!r})) or b""


if __name__ == "__main__":
"""
"""Ends the page of the compiler: it is let go by a file beside the cache, and takes a kernel that is there.

Another file beside the cache says how often."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program whose compiler stands in for the real one."""
    root = copied(Path(), tmp_path_factory.mktemp("copy"))
    KERNELS.take()
    page = root / "sim" / "engine" / "compiled" / "compile_once.py"
    entry = 'if __name__ == "__main__":\n'
    stand_in = STAND_IN.lstrip().format(kernel=str(kernel_cache.path()))
    page.write_text(page.read_text().replace(entry, stand_in))
    return root


def copied(source: Path, to: Path) -> Path:
    """Another copy of the program, in another place."""
    shutil.copytree(source / "sim", to / "sim")
    shutil.copytree(source / "scenarios", to / "scenarios")
    return to


@pytest.fixture(scope="module")
def clone(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second copy."""
    return copied(copy, tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def began_cold(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A cache that two runs found empty, and what the second said, which handed over to the kernel.

    The first ended before its compiler, which left the kernel; that of the second waited for it.
    """
    home = tmp_path_factory.mktemp("warm") / "cache"
    ended(sim(*SHORT, "--out", str(home / "out"), cache=home, at=copy))
    assert len(compilers(home)) == 1
    run = sim(*RUN, "--out", "runs", cache=home, at=copy)  # beside its program, like all that are compared with it
    early = ""
    while "8 futures, final" not in early:  # of SimPy; what is asked beside them waits for the kernel
        early += run.stderr.readline()  # type: ignore[union-attr]
        assert run.poll() is None, run.communicate()
    assert len(compilers(home)) == 2
    assert kernels(home) == []
    let_go(home)
    said = ended(run)
    wait_for_compilers(home)
    return home, said.stdout, early + said.stderr


@pytest.fixture(scope="module")
def warm(began_cold: tuple[Path, str, str]) -> Path:
    """A cache that holds the kernel."""
    return began_cold[0]


@pytest.fixture(scope="module")
def usual(clone: Path, warm: Path) -> subprocess.CompletedProcess[str]:
    """A run of the second copy, with a kernel that is there."""
    return ended(sim(*RUN, "--out", "warm", cache=warm, at=clone))


def let_go(cache: Path) -> None:
    """Compilers of a cache go on."""
    cache.with_name("go").touch()


def sim(*words: str, cache: Path | str, at: Path = Path(), **environment: str) -> subprocess.Popen[str]:
    """A command of the program, with a cache of its own. If it is the real compiler that compiles, then quickly."""
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *words],
        cwd=at.resolve(),
        env={**os.environ, "PYTHONPATH": str(at.resolve()), "NUMBA_OPT": "0", "XDG_CACHE_HOME": str(cache)}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """What a process said, once it has ended well."""
    out, errors = process.communicate(timeout=500)
    assert process.returncode == 0, errors
    return subprocess.CompletedProcess(process.args, 0, out, errors)


def results(out: Path) -> dict[str, bytes]:
    """The promised files of the one run in a folder."""
    (folder,) = (path.parent for path in out.rglob("manifest.json"))
    return {name: (folder / name).read_bytes() for name in PROMISED}


def kernels(cache: Path) -> list[Path]:
    """The kernels in a cache."""
    return sorted(cache.glob("chokepoint/kernels/*.bin"))


def compilers(cache: Path) -> list[int]:
    """The compilers that run for a cache, by process."""
    result = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, environment = ((folder / name).read_bytes().split(b"\0") for name in ("cmdline", "environ"))
        except OSError:
            continue
        if b"sim.engine.compiled.compile_once" in words and f"XDG_CACHE_HOME={cache}".encode() in environment:
            result.append(int(folder.name))
    return result


def wait_for_compilers(cache: Path, seconds: float = 400.0) -> None:
    """Until they have ended by themselves."""
    deadline = time.monotonic() + seconds
    while compilers(cache) and time.monotonic() < deadline:
        time.sleep(0.2)


def kill_compiler(cache: Path, process: subprocess.Popen[str]) -> None:
    """Kill the compiler of a process as soon as there is one."""
    while not (result := compilers(cache)):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    os.kill(result[0], signal.SIGKILL)
    while result[0] in compilers(cache):
        time.sleep(0.05)


@pytest.fixture
def cold(tmp_path: Path) -> Iterator[Path]:
    """An empty cache, whose compilers do not outlive the test."""
    yield tmp_path / "cold"
    for each in compilers(tmp_path / "cold"):
        os.kill(each, signal.SIGKILL)


def test_a_second_clone_compiles_nothing(clone: Path, warm: Path, usual: subprocess.CompletedProcess[str]) -> None:
    assert "compiling" not in usual.stderr
    said = ended(sim("warm", cache=warm, at=clone)).stdout
    assert said.startswith("already compiled")
    assert len(kernels(warm)) == 1
    assert not list(clone.rglob("*.nb[ci]"))


def test_an_edit_is_seen_and_a_file_in_a_folder_below_too(tmp_path: Path) -> None:
    kernel, model = "sim.engine.compiled.kernel_cache", "sim.engine.storage.fingerprints"
    name = f"import {kernel} as kernel, {model} as model; print(kernel.kernel_name(), model.model_hash())"
    clone = copied(Path(), tmp_path)

    def names() -> list[str]:
        environment = {**os.environ, "PYTHONPATH": str(clone)}
        return subprocess.check_output([sys.executable, "-c", name], cwd=clone, env=environment, text=True).split()

    first = names()
    (clone / "sim" / "world" / "below").mkdir()
    (clone / "sim" / "world" / "below" / "page.py").write_text("MONTH = 30.0\n")
    below = names()
    page = clone / "sim" / "world" / "shortfall" / "causes.py"
    page.write_text(page.read_text().replace("GRAIN = 1024.0", "GRAIN = 512.0"))
    edited = names()
    shortcuts = clone / "sim" / "engine" / "compiled" / "shortcuts.py"
    shortcuts.write_text(shortcuts.read_text().replace("ADDRESS = 4", "ADDRESS = 5"))
    assert len({*first, *below, *edited, *names()}) == 8


@pytest.mark.parametrize("setting", ["NUMBA_BOUNDSCHECK", "NUMBA_OPT", "NUMBA_CPU_NAME"])
def test_settings_of_the_compiler_name_the_kernel(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(setting, raising=False)  # one of them is set while this very suite checks bounds
    usual = kernel_cache.kernel_name.__wrapped__()
    monkeypatch.setenv(setting, "1")
    assert kernel_cache.kernel_name.__wrapped__() != usual


def test_cold_and_warm_give_the_same_bytes(
    copy: Path, clone: Path, began_cold: tuple[Path, str, str], usual: subprocess.CompletedProcess[str]
) -> None:
    """SimPy begins, and hands over to the kernel once that is there; two runs that find none compile once."""
    home, out, errors = began_cold
    assert "compiling the simulator beside this run" in errors
    assert "8 futures, final" in errors
    assert (home.parent / "compiled").read_text() == "once "
    assert results(copy / "runs") == results(clone / "warm")
    assert out.replace("runs/", "warm/") == usual.stdout  # names of one length: lines break alike


def test_a_run_may_begin_under_simpy_and_end_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What SimPy had in hand when the kernel was ready runs again, and nothing is lost, doubled or moved."""
    job = Job(template("both"), SEED, 24, task_size=2, workers=2)
    whole = run(job, "compiled", lambda n: None)
    done: list[int] = []
    monkeypatch.setattr(KERNELS, "are_ready", lambda: len(done) > 2)
    monkeypatch.setattr(KERNELS, "compile_beside", lambda: None)
    turned = run(job, "auto", done.append)
    assert done == [2] * 12
    assert turned.stored.whole().equals(whole.stored.whole())
    assert (turned.histograms.counts == whole.histograms.counts).all()
    assert (turned.sample == whole.sample).all()
    assert (turned.inputs == whole.inputs).all()


def test_what_is_no_kernel_and_a_killed_compiler_cost_no_answer(
    copy: Path, clone: Path, warm: Path, usual: subprocess.CompletedProcess[str], cold: Path
) -> None:
    """A whole file that numba cannot use is made anew; the compiler that does so is killed, and started once more."""
    (kernel,) = kernels(warm)
    unfit = cold / kernel.relative_to(warm)
    kernel_cache.keep(unfit, b"whole, and no kernel")
    process = sim(*RUN, "--out", "killed", "--quiet", cache=cold, at=copy)
    kill_compiler(cold, process)
    let_go(cold)
    assert "the compiler ended with -9; compiling again" in ended(process).stderr
    assert results(copy / "killed") == results(clone / "warm")
    assert unfit.stat().st_size > 100_000


@pytest.mark.parametrize("words", [("warm",), tuple(RUN)])
def test_ctrl_c_ends_compiling_at_once(words: tuple[str, ...], cold: Path, tmp_path: Path) -> None:
    """In the middle of it: numba is there."""
    process = sim(*words, *([] if words == ("warm",) else ["--out", str(tmp_path / "out")]), cache=cold)
    while not any("llvmlite" in Path(f"/proc/{each}/maps").read_text() for each in compilers(cold)):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    wait_for_compilers(cold, seconds=5.0)  # the system takes a killed process away when it comes to it
    assert compilers(cold) == []
    assert kernels(cold) == []


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 1000])
def test_a_damaged_kernel_counts_as_missing(damage: bytes, tmp_path: Path) -> None:
    file = tmp_path / "kernel.bin"
    kernel_cache.keep(file, b"a kernel" * 1000)
    whole = file.read_bytes()
    assert user_cache.read(file) == b"a kernel" * 1000
    file.write_bytes(whole[: len(damage)] + damage)
    assert user_cache.read(file) is None
    file.write_bytes(whole[: -len(damage)] if damage else b"")
    assert user_cache.read(file) is None


def test_a_cache_that_cannot_be_written_costs_time_alone(copy: Path, tmp_path: Path) -> None:
    """The kernel serves this process, and is left nowhere: neither beside the source nor among temporary files."""
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    aside = tmp_path / "temporary"
    aside.mkdir()
    before = {path for path in (copy / "sim").rglob("*") if path.suffix != ".pyc"}
    let_go(blocked)
    assert "not kept" in ended(sim("warm", cache=blocked, at=copy, TMPDIR=str(aside))).stdout
    assert list(aside.iterdir()) == []
    assert {path for path in (copy / "sim").rglob("*") if path.suffix != ".pyc"} == before


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert kernel_cache.path() is None
    assert user_cache.read(None) is None


def test_kernels_that_were_not_used_for_longest_go_first(tmp_path: Path) -> None:
    for number in range(kernel_cache.KEPT + 3):
        file = tmp_path / f"{number}.bin"
        kernel_cache.keep(file, b"a kernel")
        os.utime(file, (number, number))
    kernel_cache.keep(tmp_path / "last.bin", b"a kernel")
    left = {file.stem for file in tmp_path.glob("*.bin")}
    assert left == {"last", *(str(number) for number in range(4, kernel_cache.KEPT + 3))}


@pytest.mark.long
def test_a_compiler_that_is_killed_twice_is_done_without(cold: Path) -> None:
    process = sim("warm", cache=cold)
    for _ in range(2):
        kill_compiler(cold, process)
    assert "compiling in this process" in ended(process).stderr
    assert len(kernels(cold)) == 1


PLAIN = """
import sys
from sim.engine.compiled import compile_once, kernel_cache, numba_engine
numba_engine.TESTED = () if sys.argv[1] == "plain" else numba_engine.TESTED
kernel_cache.kernel_name = lambda: sys.argv[1]
kernel_cache.keep(kernel_cache.path(), compile_once.compiled_code())
from sim.engine.runner import run_chunk
from sim.engine.compiled.compiler import KERNELS
from tests.engine.futures import template
KERNELS.take()
print(run_chunk(template("both"), 1, 0, 40, "compiled").series.tobytes().hex())
"""


@pytest.mark.long
def test_versions_of_numba_that_were_not_tested_compile_to_the_same_bits(tmp_path: Path) -> None:
    """What is left out of compiling is left in for them: it takes longer, and no bit of a future moves."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    plain, once = (
        subprocess.run([sys.executable, "-c", PLAIN, how], env=environment, capture_output=True, text=True, check=True)
        for how in ("plain", "once")
    )
    assert plain.stdout == once.stdout
