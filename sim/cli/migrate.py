"""The verb that writes files of an earlier version anew."""

import sys
from pathlib import Path

import click

from sim.cli.output import say, write_file
from sim.cli.verbs import Verb
from sim.errors import InputError, Problem
from sim.language.counting import counted


@click.command(cls=Verb)
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Only print what would change; ends with 1 if anything would.")
def migrate(files: tuple[Path, ...], check: bool) -> None:
    """Update files that use old names.

    Scenario, sweep, policy and gate files; comments and layout stay.
    """
    from sim.language.yaml_nodes import read_text
    from sim.scenario.reading.migrate import migrated

    results, problems = [], list[Problem]()
    for path in files:
        try:
            results.append((path, *migrated(read_text(path, str(path)), str(path))))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)  # and no file is written
    for path, text, renamings in results:
        say(f"{path}: {counted(len(renamings), 'names')} {'to change' if check else 'changed'}")
        for each in renamings:
            say(f"  {each.place}  {each.old} -> {each.new}")
        if renamings and not check:
            mark = path.read_bytes()[:3] == b"\xef\xbb\xbf"
            write_file(path.resolve(), ("\ufeff" if mark else "") + text, "file")
    if check and any(renamings for _, _, renamings in results):
        sys.exit(1)
