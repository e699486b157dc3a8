import os
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.language.yaml_nodes import MAX_BYTES, flow, parse, plain, read_file

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]\n" for below, name in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("2026-11-10", "2026-11-10"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("1e5", 1e5),
        ("4.8e3", 4800.0),
        (".5", 0.5),
        ("-3", -3.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("'3'", "3"),
        ('"null"', "null"),
    ],
)
def test_only_the_scalars_of_yaml_1_2_have_a_type(text: str, value: object) -> None:
    assert plain(parse(f"a: {text}", "f")) == {"a": value}


def test_every_node_knows_its_place_and_its_key() -> None:
    node = parse("a:\n  - b: 1\n    long: two\n", "f").mapping["a"].items[0].mapping["long"]
    assert (str(node.place), str(node.key_place)) == ("f:3:11", "f:3:5")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\nb: 2\na: 3", "3:1", "duplicate key `a` (first on line 1)"),
        ("? [x]\n: 1", "1:3", "a key must be plain text"),
        ("a:\n\tb: 1", "2:1", "a tab; indent with spaces"),
        ("a: !!python/object/apply:os.system [ls]", "1:4", "the tag"),
        ("a: !mine 3", "1:4", "the tag `!mine` is refused"),
        (BOMB, "6:", "more than 200,000 values"),
        ("a: &a [1, *a]", "1:11", "stands inside what it names"),
        ("a: *nothing", "1:4", "names no anchor"),
        ("a: .inf", "1:4", ".inf is refused"),
        ("a: .nan", "1:4", ".nan is refused"),
        ("a: 1e999", "1:4", "too large"),
        ("a: " + "9" * 5000, "1:4", "too large"),
        ("a: 1\n---\nb: 2", "2:1", "a second document"),
        ("a: x\0y", "1:5", "a NUL byte"),
        ("a: x\x07y", "1:5", "a control character"),
        ("a: [1, 2\n", "2:1", "not YAML"),
        ("[" * 100, "1:62", "nested deeper"),
        ("[" * 200_000, "1:", "nested deeper"),
        ("a: " + "{b: " * 100_000, "1:", "nested deeper"),
    ],
)
def test_traps_and_attacks_are_refused_at_their_place(text: str, place: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text, "f")
    problem = refused.value.problems[0]
    assert str(problem.place).startswith(f"f:{place}")
    assert message in problem.message


def test_every_duplicate_is_reported_at_once() -> None:
    with pytest.raises(InputError) as refused:
        parse("a: 1\na: 2\nb: {c: 1, c: 2}", "f")
    assert len(refused.value.problems) == 2


EMPTY = {"empty.yaml": "", "comment.yaml": "# only a comment\n", "dashes.yaml": "---\n", "null.yaml": "null\n"}


def test_files_that_are_no_scenario(tmp_path: Path) -> None:
    (tmp_path / "tighten.yaml").write_text("a: 1")
    for name, text in EMPTY.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: caf\xe9".encode("latin-1"))
    with (tmp_path / "huge.yaml").open("wb") as huge:
        huge.truncate(200_000_000)  # sparse: no disk is used, and reading it would be noticed
    os.mkfifo(tmp_path / "pipe.yaml")
    cases = [
        ("thigten.yaml", "no such file; did you mean `tighten.yaml`?"),
        ("latin.yaml", "not UTF-8"),
        ("huge.yaml", f"200 MB; a scenario has at most {MAX_BYTES / 1e6:.0f} MB"),
        ("pipe.yaml", "not a regular file"),
        (".", "a directory"),
        *((name, "the file is empty") for name in EMPTY),
    ]
    for name, message in cases:
        with pytest.raises(InputError, match="1 problem") as refused:
            read_file(tmp_path / name, name)
        assert message in str(refused.value)


@pytest.mark.parametrize("text", ["{a: 1, b: [x, 2.5], c: null, d: true}", '"12"', "12 weeks", "{}"])
def test_flow_is_read_back_equal(text: str) -> None:
    assert plain(parse(flow(parse(text, "f")), "f")) == plain(parse(text, "f"))
