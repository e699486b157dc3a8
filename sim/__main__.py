"""`python -m sim`. Signals are heard before anything else is loaded."""

import os
import signal
import sys

# numpy's products of matrices in one thread, here and in workers: they are small, and others would wait for a free core
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run a verb and end with its exit code, or with that of the signal that stopped it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until it is heard it ends the program, without a traceback
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever started this has closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    from sim.stops import deafen, hear, leave, stopped

    hear()
    try:
        from sim.cli import main as verbs

        verbs()
    except KeyboardInterrupt:  # before a verb began, or after it ended
        print("interrupted; nothing is half-written", file=sys.stderr)
    except BaseException:
        if not stopped():
            raise
    finally:  # where it is stopped no exception is left that would hold the frames of its work, and with them workers
        deafen()
        if stopped():
            leave()


if __name__ == "__main__":
    main()
