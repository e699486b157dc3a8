"""The command line. An error is one message and an exit code; heavy imports wait for the verb that needs them.

Exit codes: 0 done and gates hold, 1 a gate fails, 2 bad input, 3 a gate is undecided or a precision not reached, 4 the
program or a check inside the model failed, 130 interrupted, 141 nobody reads the output any more.
"""

import logging
import os
import sys
from typing import Any

import click

from sim.cli import answers, files, machine, migrate, new, questions, studies
from sim.cli.output import encodable, say, say_all
from sim.cli.verbs import RENAMED_VERBS
from sim.errors import ChokepointError, Interrupted, Unwritten, logged
from sim.stops import stopped

VERBS: tuple[click.Command, ...] = (
    new.new,
    answers.run,
    answers.compare,
    questions.relief,
    questions.survival,
    questions.story,
    studies.sweep,
    studies.sensitivity,
    studies.discovery,
    studies.search,
    files.explain,
    files.validate,
    migrate.migrate,
    files.schema,
    studies.validation,
    machine.bench,
    machine.warm,
)
"""In the order of the help."""


class _Verbs(click.Group):
    """Verbs in the order of use; what goes wrong ends as one message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, [RENAMED_VERBS.get(args[0], args[0]), *args[1:]])

    def invoke(self, ctx: click.Context) -> Any:
        encodable()
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()  # what cannot be printed breaks here, where it is reported
        except click.ClickException as error:
            error.message = logged(error.message, keep="\n")  # type: ignore[misc]
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            _fail(Interrupted("interrupted; nothing is half-written"))
        except BrokenPipeError:
            _leave()
        except ChokepointError as error:
            _fail(error)
        except ModuleNotFoundError as error:
            _fail(ChokepointError(f"this Python has no {error.name}; install the project into it: pip install -e ."))
        except OSError as error:
            _mute()
            reason = f"{error.filename or 'the output or a temporary file'}: {error.strerror or error}"
            _fail(
                Unwritten(f"{reason}; make room, or name another folder: --out for results, TMPDIR for temporary files")
            )
        except Exception as error:
            broke = f"internal error: {type(error).__name__}: {error} (a bug; please report it)"
            _fail(ChokepointError(f"{broke}\nrun again with --debug for the traceback"))


def _fail(error: ChokepointError) -> None:
    if stopped() and not isinstance(error, Interrupted):
        error = Interrupted("interrupted; nothing is half-written")
    if "--debug" in sys.argv:
        raise error
    say_all(str(error), err=True)
    sys.exit(error.exit_code)


def _leave() -> None:
    """Whoever reads the output has closed it: leave without a word, as the signal SIGPIPE ends other programs."""
    _mute()
    sys.exit(128 + 13)


class _Lines(logging.Handler):
    """What the engine says of its work, a line each, beside the results."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a line; where a bar is drawn, above it."""
        say(self.format(record), err=True)


def _mute() -> None:
    """Let what is still buffered go nowhere, if the output takes no more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Verbs, context_settings={"show_default": True})
@click.version_option(package_name="chokepoint")
def main() -> None:
    """Which bottleneck, when, how badly, how likely, and what would help most: an AI lab's compute at risk."""
    log = logging.getLogger("sim")
    if not log.handlers:
        log.addHandler(_Lines())
    log.setLevel(logging.INFO)


for each in VERBS:
    main.add_command(each)
