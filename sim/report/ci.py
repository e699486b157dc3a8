"""What a build server reads: JUnit XML, a Markdown summary, and annotations that point at a gate's own line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sim.errors import logged, visible
from sim.findings.markdown import plain
from sim.language.documents import Document
from sim.measures.gates import Verdict

WORDS = {"passes": "passes", "fails": "**fails**", "undecided": "undecided"}
RANKS = {"fails": 1, "undecided": 2, "passes": 3}
"""The order of a table; points that broke stand before all."""

MOST_ROWS = 200
"""Rows of a Markdown table; a step summary has a limit."""


@dataclass(frozen=True, slots=True)
class Case(Document, keys="where *verdict"):
    """One thing judged: a gate at a place (a scenario, or a point of a sweep), or a point that broke."""

    where: str
    verdict: Verdict | None = None
    broke: str = ""

    @property
    def name(self) -> str:
        """The gate's text."""
        return self.verdict.gate.text if self.verdict else "the point runs"


def junit(suite: str, cases: Sequence[Case]) -> str:
    """JUnit XML: a gate that fails is a failure, one that is undecided or a point that broke an error."""
    lines = [_case(case) for case in cases]
    failures = sum(1 for case in cases if case.verdict and case.verdict.judgement == "fails")
    errors = sum(1 for case in cases if case.broke or (case.verdict and case.verdict.judgement == "undecided"))
    head = f'<testsuite name={_quoted(suite)} tests="{len(cases)}" failures="{failures}" errors="{errors}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *lines, "</testsuite>", ""])


def _case(case: Case) -> str:
    head = f"  <testcase classname={_quoted(case.where)} name={_quoted(case.name)}"
    if case.broke:
        return f'{head}><error type="broke" message={_quoted(case.broke)}/></testcase>'
    assert case.verdict is not None
    verdict, text = case.verdict, f"{case.verdict.text}; {case.verdict.advice}".rstrip("; ")
    where = visible(f"{verdict.gate.place.file}:{verdict.gate.place.line}")
    if verdict.judgement == "passes":
        return f"{head}><system-out>{escape(visible(text))}</system-out></testcase>"
    kind = "failure" if verdict.judgement == "fails" else "error"
    return (
        f"{head}><{kind} type={_quoted(verdict.judgement)} message={_quoted(text)}>{escape(where)}</{kind}></testcase>"
    )


def markdown(title: str, lead: str, cases: Sequence[Case], notes: Iterable[str] = ()) -> str:
    """A summary for a build's page: a table of gates, what broke and fails first. `lead` and `notes` are markup."""
    ranked = sorted(cases, key=lambda case: RANKS[case.verdict.judgement] if case.verdict else 0)
    rows = [
        f"| {plain(case.where)} | {_code(case.name)} | {_judgement(case)} | {plain(_result_text(case))} |"
        for case in ranked[:MOST_ROWS]
    ]
    left = [f"\n{len(ranked) - MOST_ROWS} more pass or are left out here."] if len(ranked) > MOST_ROWS else []
    table = ["| where | gate | | found |", "|---|---|---|---|", *rows, *left] if rows else []
    return "\n".join([f"## {plain(title)}", "", lead, "", *table, "", *(f"- {note}" for note in notes), ""])


def annotations(cases: Iterable[Case]) -> list[str]:
    """Workflow commands that mark the line of each gate that does not pass."""
    lines = []
    for case in cases:
        if case.verdict and case.verdict.judgement != "passes":
            place = case.verdict.gate.place
            level = "error" if case.verdict.judgement == "fails" else "warning"
            text = f"{case.where}: {case.name} {case.verdict.judgement}: {case.verdict.text} {case.verdict.advice}"
            file = _property(place.file)
            lines.append(f"::{level} file={file},line={place.line},col={place.column}::{_message(text)}")
        elif case.broke:
            lines.append(f"::error::{_message(f'{case.where}: {case.broke}')}")
    return lines


def _judgement(case: Case) -> str:
    return WORDS[case.verdict.judgement] if case.verdict else "**broke**"


def _result_text(case: Case) -> str:
    return f"{case.verdict.text}; {case.verdict.advice}".rstrip("; ") if case.verdict else case.broke


def _code(text: str) -> str:
    """Letters as they are, inside a table; only a backtick would end them."""
    inside = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    return f"`{inside}`"


def _message(text: str) -> str:
    """What a workflow command says, as it escapes it."""
    return logged(text.strip(), keep="\n").replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    """The value of a property of a workflow command, which ends at a comma or a colon."""
    return visible(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def _quoted(text: str) -> str:
    return quoteattr(visible(text, keep="\n"))
