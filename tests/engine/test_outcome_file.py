"""Outcomes on disk are the table that they would be in memory, and memory does not grow with them."""

import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.engine.storage.outcome_file import OutcomeFile
from sim.engine.storage.result_folder import ROW_GROUP, write_blocks, write_parquet
from sim.errors import Unwritten

COLUMNS = ("one", "other", "third")


def table(first: int, futures: int) -> pd.DataFrame:
    numbers = np.random.default_rng(first).normal(size=(futures, len(COLUMNS)))
    return pd.DataFrame(numbers, pd.RangeIndex(first, first + futures, name="future"), list(COLUMNS))


def stored(rows: pd.DataFrame, size: int = 7) -> OutcomeFile:
    """Put in blocks, the last one first."""
    file = OutcomeFile(COLUMNS, int(rows.index[0]), len(rows))
    for at in reversed(range(0, len(rows), size)):
        file.put(at, rows.iloc[at : at + size].to_numpy())
    return file


def test_they_are_the_table_that_was_put_in() -> None:
    rows = table(5, 20)
    file = stored(rows)
    assert file.whole().equals(rows)
    assert file["other"].equals(rows["other"])
    assert file[["third", "one"]].equals(rows[["third", "one"]])
    assert len(file) == 20
    assert "other" in file
    assert "none" not in file
    assert file.index.equals(rows.index)


def test_the_first_of_them_share_the_file() -> None:
    rows = table(5, 20)
    first = stored(rows).head(3)
    assert first.whole().equals(rows.head(3))
    assert first["third"].equals(rows["third"].head(3))


def test_more_futures_follow() -> None:
    one, other = table(5, 20), table(25, 9)
    assert stored(one).followed_by(stored(other)).whole().equals(pd.concat([one, other]))


@pytest.mark.parametrize("futures", [10, ROW_GROUP, 2 * ROW_GROUP + 100])
def test_a_file_written_in_blocks_has_the_bytes_of_one_written_at_once(tmp_path: Path, futures: int) -> None:
    rows = table(3, futures)
    write_parquet(tmp_path / "once.parquet", rows.reset_index())
    write_blocks(tmp_path / "blocks.parquet", stored(rows, 1000).blocks(ROW_GROUP))
    assert (tmp_path / "blocks.parquet").read_bytes() == (tmp_path / "once.parquet").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_memory_holds_a_block_and_not_the_whole(tmp_path: Path) -> None:
    blocks = 30
    part = table(0, ROW_GROUP).to_numpy()
    tracemalloc.start()
    try:
        file = OutcomeFile(COLUMNS, 0, blocks * ROW_GROUP)
        for number in range(blocks):
            file.put(number * ROW_GROUP, part)
        write_blocks(tmp_path / "outcomes.parquet", file.blocks(ROW_GROUP))
        assert tracemalloc.get_traced_memory()[1] < blocks / 4 * part.nbytes
    finally:
        tracemalloc.stop()


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(Unwritten, match=r"cannot keep the outcomes in .*nowhere: No such file.*set TMPDIR"):
        OutcomeFile(COLUMNS, 0, 10)
