"""Names that have changed: what files and options may still say, and what it is called now.

The changelog has the same table, and `python -m sim migrate` writes files anew by it.
"""

import re
from collections.abc import Container
from functools import cache

PATHS: dict[str, str] = {
    "window.measured_from": "window.reporting_from",
    "window.leads_until": "window.reporting_until",
    "window.watched": "window.reference_chip",
    "window.imported": "window.reference_import",
    "market.crowding.taken": "market.crowding.share_lost",
    "foundry.supplies.*.pool": "foundry.supplies.*.pools",
    "foundry.vendors.*.revised": "foundry.vendors.*.revision_time",
    "procurement.likely": "procurement.likely_from",
    "procurement.unlikely_part": "procurement.unlikely_share",
    "procurement.open_odds": "procurement.open_probability",
    "procurement.grey_part": "procurement.grey_share",
    "procurement.prepays": "procurement.prepaid_share",
    "procurement.mistake": "procurement.forecast_deviation",
    "training.anywhere": "training.rollout_share",
    "training.slip": "training.allowed_slip",
    "training.smallest": "training.smallest_release",
    "serving.dearest": "serving.price_ceiling",
    "capital.yielded": "capital.training_concession",
    "capital.talks": "capital.financing",
    "capital.talks.time": "capital.financing.duration",
    "capital.talks.terms": "capital.financing.terms_after",
    "capital.talks.with_fund": "capital.financing.fund_sensitivity",
    "capital.talks.most_sold": "capital.financing.dilution_limit",
    "lab.saves": "lab.austerity",
    "climate.opens": "climate.state",
    "dials.capital": "dials.budget",
}
"""Sections and parameters of scenarios, and what conditions watch, by path; `*` is the id of a thing.

A renamed section takes along what lies below it. Of a path the last step changes, and those of sections above it.
"""

MEASURES: dict[str, str] = {
    "train_capital": "train_budget",
    "serve_capital": "serve_budget",
    "stalled_2026": "first_round_late",
    "refused": "draws_rejected",
    "watched_made": "reference_chip_made",
    "watched_offered": "reference_chip_offered",
    "watched_delivered": "reference_chip_delivered",
    "import_delivered": "reference_import_delivered",
    "there_licensed": "installed_licensed",
    "there_domestic": "installed_domestic",
    "there_grey": "installed_grey",
    "there_rented_home": "installed_rented_home",
    "there_rented_abroad": "installed_rented_abroad",
    "there_opening": "installed_opening",
    "fit_licensed": "training_grade_licensed",
    "fit_domestic": "training_grade_domestic",
    "fit_grey": "training_grade_grey",
    "fit_rented_home": "training_grade_rented_home",
    "fit_rented_abroad": "training_grade_rented_abroad",
    "fit_opening": "training_grade_opening",
    "only_licensed": "inference_only_licensed",
    "only_domestic": "inference_only_domestic",
    "only_grey": "inference_only_grey",
    "only_rented_home": "inference_only_rented_home",
    "only_rented_abroad": "inference_only_rented_abroad",
    "only_opening": "inference_only_opening",
    "fit_trains": "training_grade_trains",
    "fit_serves": "training_grade_serves",
    "fit_repair": "training_grade_repair",
    "fit_waiting": "training_grade_waiting",
    "only_serves": "inference_only_serves",
    "only_repair": "inference_only_repair",
    "only_waiting": "inference_only_waiting",
}
"""Measures and columns of results."""

_ID = re.compile(r"\[([^.\[\]]+)\]")


@cache
def _by_last_step(paths: tuple[str, ...]) -> dict[str, list[list[str]]]:
    """Old paths, in steps, by their last."""
    by_step: dict[str, list[list[str]]] = {}
    for old in paths:
        by_step.setdefault(old.rpartition(".")[2], []).append(old.split("."))
    return by_step


def renamed_path(path: str) -> str | None:
    """What an old path is called now; None for one that has not changed."""
    steps = _ID.sub(r".\1", path).split(".")
    old_paths = _by_last_step(tuple(PATHS))
    may_match = [old for step in dict.fromkeys(steps) for old in old_paths.get(step, ())]
    for old in sorted(may_match, key=len, reverse=True):  # the longest says most
        if len(old) <= len(steps) and all(one in ("*", step) for one, step in zip(old, steps, strict=False)):
            new = PATHS[".".join(old)].split(".")
            called = [step if now == "*" else now for now, step in zip(new, steps, strict=False)]
            return ".".join(called + steps[len(old) :])
    return None


def renamed_in(text: str) -> str:
    """A text, such as a gate, with the measures that it names called as they are now."""
    return re.sub(r"\w+", lambda word: MEASURES.get(word[0], word[0]), text)


def hint(word: str, known: Container[str], above: str = "") -> str:
    """`; it is called ...` for an old name whose new one is known; `above` is the path under which both stand."""
    new = MEASURES.get(word) or renamed_path(f"{above}.{word}".lstrip("."))
    new = new.rpartition(".")[2] if new and above else new
    return f"; it is called `{new}` now: `python -m sim migrate FILE` renames it in a file" if new in known else ""
