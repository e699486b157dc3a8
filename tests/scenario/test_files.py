"""What a file names is looked for beside it, below it and in the working directory, and nowhere else."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.measures.gate_language import gates_of
from sim.runs.run import read
from sim.scenario.reading.files import named_file
from sim.studies.sweep.file import read_sweep
from tests.structure.source import ROOT

SMALL = ROOT / "tests" / "world" / "small.yaml"
SECRET = 'aws_key: AKIAEXAMPLE\npassword: "hunter2"\nname: topsecret\n'
OUTSIDE = [
    "../secret/creds.yaml",
    "{root}/secret/creds.yaml",
    "link.yaml",
    "door/creds.yaml",
    "below/../../secret/creds.yaml",
]
OUTSIDE += ["../secret/not_there.yaml", "../../secret/x.yaml", "below/up/secret/creds.yaml"]
NAMED = {
    "extends": "extends: '{file}'\n",
    "gate": "extends: small.yaml\ngates: ['delta({file}, mean(owned)) <= 1']\n",
    "sweep": "scenarios: ['{file}']\nfactors: [{{path: capital.cash, values: [$1M]}}]\n",
    "sweep's gate": "scenarios: [small.yaml]\nfactors: [{{path: capital.cash, values: [$1M]}}]\n"
    "gates: ['delta({file}, mean(owned)) <= 1']\n",
    "sweep's target": "scenarios: [small.yaml]\nfactors: [{{path: capital.cash, values: [$1M]}}]\n"
    "target: 'delta({file}, mean(owned)) <= 1'\n",
}
"""Every place where a file names another."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with links that lead out of it, in a working directory beside it."""
    home = tmp_path / "home"
    for each in (home / "below", tmp_path / "secret", tmp_path / "here" / "deep"):
        each.mkdir(parents=True)
    (tmp_path / "secret" / "creds.yaml").write_text(SECRET)
    (home / "link.yaml").symlink_to(tmp_path / "secret" / "creds.yaml")
    (home / "door").symlink_to(tmp_path / "secret")
    (home / "below" / "up").symlink_to(tmp_path)
    for copy in (home / "small.yaml", home / "below" / "small.yaml", tmp_path / "here" / "deep" / "small.yaml"):
        copy.write_bytes(SMALL.read_bytes())
    monkeypatch.chdir(tmp_path / "here")
    return home


def read_all(path: Path) -> None:
    """As the verbs read it."""
    if "factors" in path.read_text():
        read_sweep(path, lambda scenario: read(scenario, (), ()))
    else:
        gates_of(read(path, (), ()), path)


@pytest.mark.parametrize("file", OUTSIDE)
@pytest.mark.parametrize("where", NAMED)
def test_no_file_outside_is_read(folder: Path, where: str, file: str) -> None:
    path = folder / "own.yaml"
    path.write_text(NAMED[where].format(file=file.format(root=folder.parent)))
    with pytest.raises(InputError, match="climbs out of the folder") as refused:
        read_all(path)
    assert not any(word in str(refused.value) for word in ("aws_key", "AKIA", "hunter2", "topsecret", "no such file"))


@pytest.mark.parametrize("where", NAMED)
@pytest.mark.parametrize(
    "file", ["small.yaml", "below/small.yaml", "../here/deep/small.yaml", "{here}/deep/small.yaml"]
)
def test_files_beside_below_and_in_the_working_directory_are_read(folder: Path, where: str, file: str) -> None:
    path = folder / "own.yaml"
    if where.startswith("sweep's") or where == "gate":
        (folder / "small.yaml").write_bytes(SMALL.read_bytes())
    path.write_text(NAMED[where].format(file=file.format(here=Path.cwd())))
    read_all(path)


@pytest.mark.parametrize("file", ["a\0b.yaml", "x" * 5000 + ".yaml", "lost.yaml"])
def test_a_name_that_no_file_can_have_is_refused(folder: Path, file: str) -> None:
    (folder / "lost.yaml").symlink_to("lost.yaml")
    with pytest.raises(ValueError, match=r"no file can have this name|leads to no file"):
        named_file(file, folder / "own.yaml")


def test_a_working_directory_that_is_the_whole_disk_opens_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    with pytest.raises(ValueError, match="climbs out"):
        named_file("../secret/creds.yaml", folder / "own.yaml")
