from pathlib import Path

import pytest

from tests.scenario.toy import BASELINE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds the toy baseline."""
    (tmp_path / "baseline.yaml").write_text(BASELINE, encoding="utf-8")
    return tmp_path
