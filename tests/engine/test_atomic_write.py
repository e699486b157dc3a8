"""What is written aside: leftovers of killed processes are tidied, those of living ones and of others stay."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim.engine.storage import atomic_write, result_folder
from sim.engine.storage.chunk_store import Chunks
from sim.errors import Unwritten
from tests.structure.source import ROOT

KEY = result_folder.RunKey({}, 1, 0, 1)
KILLED = """
import os, signal, sys
from pathlib import Path
from sim.engine.storage import atomic_write, result_folder
from sim.engine.storage.chunk_store import Chunks

def killed(folder):
    (folder / "half").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)

out, what = Path(sys.argv[1]), sys.argv[2]
if what == "folder":
    result_folder.publish(out / "x" / "run", killed, result_folder.RunKey({}, 1, 0, 1), {})
elif what == "chunk":
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    Chunks(out / "x").write("ab" + "c" * 30, [1.0])
else:
    with atomic_write.shelf() as shelf:
        killed(Path(shelf))
"""


def write(folder: Path) -> None:
    result_folder.write_json(folder / "a.json", {"a": 1})


@pytest.mark.parametrize("what", ["folder", "chunk", "shelf"])
def test_what_a_killed_process_left_is_tidied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), what], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = {*tmp_path.rglob("*.*-*")}
    others = [left.with_name(name) for name in (".mine.txt", "._abc.npy", ".a.b.c", ".x.notahost.123-abc", ".DS_Store")]
    others.append(left.with_name(f"{atomic_write.prefix('.living')}abc"))
    others.append(left.with_name(f".elsewhere.{int(atomic_write._HOST, 16) ^ 1:08x}.1234567-abc"))
    for other in others:
        other.touch()
    if what == "folder":
        result_folder.publish(tmp_path / "x" / "run", write, KEY, {})
    elif what == "chunk":
        Chunks(tmp_path / "x").tidy()
    else:
        with atomic_write.shelf():
            pass
    assert not left.exists()
    assert all(other.exists() for other in others)


@pytest.mark.parametrize("error", [PermissionError, FileNotFoundError, OSError])
def test_what_cannot_be_tidied_is_in_nobody_s_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    """In a folder of many users some leftovers are another's; of two who tidy one comes too late."""
    left = tmp_path / f".x.{atomic_write._HOST}.{2**22 + 1}-abc"
    left.touch()

    def refused(*_: object, missing_ok: bool = False) -> None:
        raise error

    monkeypatch.setattr(Path, "unlink", refused)
    atomic_write.tidy(tmp_path)
    assert left.exists()


def test_two_who_publish_the_same_do_not_mind_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stale may be gone when its turn comes, and so may the whole folder not have been there before."""
    folder = tmp_path / "run"
    result_folder.publish(folder, write, KEY, {})
    (folder / "stale.json").touch()
    unlink = Path.unlink

    def late(path: Path, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=True)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", late)
    result_folder.publish(folder, write, KEY, {})
    assert sorted(file.name for file in folder.iterdir()) == ["a.json", "manifest.json", "timing.json"]


@pytest.mark.parametrize("name", ["._abc.npy", ".x.y", ".a.99999999999999999999", ".b.-1", "x.tmp", ".DS_Store"])
def test_foreign_files_in_the_store_of_chunks_stay(tmp_path: Path, name: str) -> None:
    chunks = Chunks(tmp_path)
    chunks.write("ab" + "c" * 30, [[1.0], [2.0]])
    (tmp_path / name).touch()
    (tmp_path / "ab" / name).touch()
    chunks.tidy()
    assert (tmp_path / "ab" / name).exists()
    assert chunks.read("ab" + "c" * 30, 2).tolist() == [[1.0], [2.0]]


def test_a_folder_or_a_file_where_a_chunk_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "ab" / f"{'c' * 30}.npy").mkdir(parents=True)
    (tmp_path / "cd").touch()
    for name in ("ab" + "c" * 30, "cd" + "c" * 30):
        assert Chunks(tmp_path).read(name, 1) is None
        with pytest.raises(Unwritten, match="what is finished is kept"):
            Chunks(tmp_path).write(name, [1.0])


def test_a_reader_sees_the_folder_at_every_moment_of_republishing(tmp_path: Path) -> None:
    """Whole files in it, too; and what the new result no longer has is gone at the end."""
    folder = tmp_path / "run"
    result_folder.publish(folder, write, KEY, {})
    (folder / "stale.json").touch()
    done, missing = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            try:
                assert (folder / "a.json").read_text() == '{\n  "a": 1\n}\n'
            except (OSError, AssertionError) as error:
                missing.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(60):
        result_folder.publish(folder, write, KEY, {})
    done.set()
    reader.join()
    assert missing == []
    assert sorted(file.name for file in folder.iterdir()) == ["a.json", "manifest.json", "timing.json"]
    assert list(tmp_path.iterdir()) == [folder]
    assert result_folder.damaged(folder) == []


def test_republishing_mends_what_was_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    result_folder.publish(folder, write, KEY, {})
    (folder / "a.json").write_text("damaged")
    (folder / "manifest.json").unlink()
    result_folder.publish(folder, write, KEY, {})
    assert result_folder.damaged(folder) == []


@pytest.mark.parametrize("where", ["file/run", "full", "dir"])
def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").touch()
    (tmp_path / "dir" / "a.json").mkdir(parents=True)
    with pytest.raises(Unwritten, match=r"cannot write .*; make room there, or choose another --out"):
        result_folder.publish(tmp_path / where, write, KEY, {})
    assert not [path for path in tmp_path.rglob("*") if str(os.getpid()) in path.name]
