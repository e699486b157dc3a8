"""The same chunks on a Dask cluster of two worker processes: the same bytes, also when a worker is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.engine import cluster
from sim.errors import ModelError
from tests.engine.test_sweep_faults import promised, run, toy

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", silence_logs=50
    ) as advance:
        yield advance


@pytest.mark.filterwarnings("default")
def test_the_same_bytes_also_when_a_worker_is_killed(scheduler: Any, tmp_path: Path) -> None:
    path = toy(tmp_path)
    here = run(path, tmp_path / "here")
    there = run(path, tmp_path / "there", cluster=scheduler.scheduler_address)
    assert promised(there.published.folder) == promised(here.published.folder)
    assert there.ran == 12
    with distributed.Client(scheduler.scheduler_address, set_as_default=False) as client:
        victim = next(iter(client.run(os.getpid).values()))
    done: list[int] = []

    def count(finished: int) -> None:
        if finished and not any(done):
            os.kill(victim, signal.SIGKILL)
        done.append(finished)

    again = run(path, tmp_path / "again", count, cluster=scheduler.scheduler_address)
    assert sum(done) == 6 * 130
    assert promised(again.published.folder) == promised(here.published.folder)


@pytest.mark.filterwarnings("default")
def test_a_worker_that_dies_while_it_is_asked_who_it_is_stops_nothing(
    scheduler: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, died, identity = os.getpid(), tmp_path / "died", cluster._identity()

    def dying() -> tuple[str, str]:
        if os.getpid() != here and not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return identity

    monkeypatch.setattr(cluster, "_identity", dying)
    assert run(toy(tmp_path), tmp_path / "out", cluster=scheduler.scheduler_address).ran == 12
    assert died.exists()


@pytest.mark.filterwarnings("default")
def test_a_worker_that_computes_differently_is_refused_by_name(
    scheduler: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "arithmetic_fingerprint", lambda: "another")
    with pytest.raises(ModelError, match=r"worker tcp://127\.0\.0\.1:\d+ is refused: its arithmetic differs"):
        run(toy(tmp_path), tmp_path / "out", cluster=scheduler.scheduler_address)


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(ModelError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run(toy(tmp_path), tmp_path / "out", cluster="tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    ("address", "open_"),
    [
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tls://192.0.2.1:8786", False),
        ("tcp://192.0.2.1:8786", True),
        ("192.0.2.1:8786", True),
    ],
)
def test_an_open_scheduler_is_known(address: str, open_: bool) -> None:
    assert cluster.is_open(address) is open_
