"""Takeaways: what each folded part of the page says, in one line, so that nobody opens it to find out."""

from sim.findings.constraint_sentences import binding
from sim.language.counting import counted
from sim.measures.measures import PATHWAYS
from sim.measures.thing_names import BY_PATHWAY
from sim.measures.wording import day_text
from sim.report.contents import PageContents
from sim.report.tables import ranked


def takeaways(contents: PageContents) -> dict[str, str]:
    """By the part of the page."""
    first = contents.scenarios[0].findings
    found = {each.measure.name: each for each in first.summaries}
    end, title = day_text(first.run.window_end), first.title
    widest = max(PATHWAYS, key=lambda name: found[name].mean.value)
    uncertain = sum(each.kind == "epistemic" for each in contents.assumptions)
    moving = ranked(contents)
    tales = sum(len(each.findings.tales) for each in contents.scenarios)
    return {
        "answer": "Which, when, how badly, how likely and what helps, in sentences with every error.",
        "scenarios": "Every changed value, and why.",
        "over_time": f"By {end} the lab owns {found['owned'].centre_text} in the median future of {title}.",
        "bottlenecks": f"Of training, {binding(first.bottlenecks[0])}.",
        "campaigns": f"The final run of the next flagship is {found['next_run'].centre_text}, that of the one after "
        f"{found['second_run'].centre_text}.",
        "supply": f"The largest pathway is {BY_PATHWAY[widest]}: {found[widest].mean.text('H100e')} on average.",
        "money": f"At its lowest, cash pays for {found['lowest_runway'].centre_text} of operations, and "
        f"{found['lowest_plan_runway'].centre_text} of the plan.",
        "differences": f"Every measure of each scenario less that of {title}, future by future.",
        "relief": "Each single cause made 10% easier, and removed."
        if any(each.findings.relief for each in contents.scenarios)
        else "Not computed here.",
        "exceedance": "The share of futures beyond any value of a measure.",
        "measures": f"{counted(len(first.measures), 'measures')}, with 90% intervals and simulation errors.",
        "stories": f"{counted(tales, 'single futures')}, event by event." if tales else "No stories in this run.",
        "assumptions": f"{counted(len(contents.assumptions), 'values')}, {uncertain} of them uncertain"
        + (f"; {moving[0].path} moves the shortfall most." if moving else "."),
        "limits": "What the model leaves out, and what a reader must know.",
        "reproduce": f"The command, the seed ({contents.comparison.seed}) and the versions that give the same bytes.",
    }
