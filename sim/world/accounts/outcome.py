"""Outcome: what one future comes to, column by column; a column that studies ask of is a measure.

A number is declared here once: what it means and, as a measure, its title, its better direction, and what it hangs on.
It is written where it is known: at the end of the future, or on the page that sees it happen.
"""

from sim.language.declarations import (
    FLOP,
    MW,
    USD,
    Day,
    Days,
    H100e,
    Months,
    Number,
    People,
    Ratio,
    Section,
    Share,
    TokensPerDay,
    TrainUnits,
    Units,
    measured,
    state,
)
from sim.world.accounts.starting_position import Opening


class Releases(Section):
    """When flagships come out, and how large, against plan."""

    next_released: Share = state("1 if the next flagship is out by the end")
    next_due: Day = state("day on which it is planned to be out")
    next_delay: Months = measured(
        "its delay in months; not out: the least it can be",
        "Next flagship, delay",
        "lower",
        definition="months from planned to actual release of the next flagship; early is negative",
        reached="next_released",
        wants="train_wanted",
    )
    next_size: Ratio = measured(
        "training work of the next flagship over plan; not out by the end: the work done so far",
        "Next flagship, size of plan",
        "higher",
        kind="share",
        wants="train_wanted",
    )
    next_run: FLOP = measured(
        "work of the final run of the next flagship; not out by the end: the work done so far, physical FLOP",
        "Next flagship, final run",
        "higher",
        wants="train_wanted",
    )
    second_released: Share = state("1 if the second flagship is out by the end")
    second_due: Day = state("day on which it is planned to be out")
    second_delay: Months = measured(
        "its delay in months; not out: the least it can be",
        "Second flagship, delay",
        "lower",
        definition="months from planned to actual release of the second flagship; early is negative",
        reached="second_released",
        wants="train_wanted",
    )
    second_size: Ratio = measured(
        "training work of the second flagship over plan; not out: the work done so far",
        "Second flagship, size of plan",
        "higher",
        kind="share",
        wants="train_wanted",
    )
    second_run: FLOP = measured(
        "work of the final run of the second flagship; not out by the end: the work done so far, physical FLOP",
        "Second flagship, final run",
        "higher",
        wants="train_wanted",
    )
    third_released: Share = state("1 if the third flagship is out by the end")
    third_delay: Months = state("its delay in months; not out: the least it can be")
    third_size: Ratio = state("its size over plan; not out: the work done so far")


class Outcome(Releases, Opening):
    """What one future comes to; causes and pathways are kept beside it. Measures are what is `measured`, in order."""

    train_short: Share = measured(
        "training compute missing, as a share of what is wanted, in the measured year",
        "Training shortfall",
        "lower",
        kind="share",
        wants="train_wanted",
    )
    tokens_served: TokensPerDay = state("tokens served a day, in the measured year")
    unserved: Share = measured(
        "tokens wanted and not served, over wanted, in the measured year",
        "Unserved demand",
        "lower",
        kind="share",
        wants="tokens_wanted",
    )
    train_effective: TrainUnits = measured(
        "training units at work at the end of the reporting window",
        "Training compute, of wanted",
        "higher",
        kind="share",
        unit="ratio",
        definition="training units at work over training units wanted, at the end of the reporting window",
        against="train_wanted",
        wants="train_wanted",
    )
    owned: H100e = measured("owned H100e at the end of the reporting window", "Owned compute", "higher")
    owned_later: H100e = measured("owned H100e at the later date", "Owned compute, later", "higher")
    rented: H100e = state("rented H100e at the end of the reporting window")
    power: MW = measured("power drawn by owned chips at the end of the reporting window", "Power drawn", "lower")
    lowest_cash: USD = measured("lowest month-end cash in the reporting window", "Lowest cash", "higher")
    lowest_runway: Months = measured(
        "lowest month-end in the reporting window: months that cash lasts at that month's net burn, no purchases",
        "Lowest runway",
        "higher",
    )
    lowest_plan_runway: Months = measured(
        "lowest when a month began in the reporting window: months that cash lasts with all that the plan would buy if "
        "money were no limit, at the plan's pace",
        "Lowest runway of the plan",
        "higher",
    )
    raised: USD = measured(
        "money and credit raised by the end of the reporting window", "Money raised", "higher", low=0.0
    )
    closed: Share = measured(
        "1 if a round closed by the end of the reporting window", "A round closes", "higher", kind="flag"
    )
    closed_on: Day = state("day of the first close; if none, the last day")
    stalled: Share = measured(
        "1 if talks stalled by the end of the reporting window", "Talks stall", "lower", kind="flag"
    )
    window_closed: Share = measured(
        "1 if a chip that the exporter let through was shut out by the end of the reporting window",
        "The exporter's window closes",
        "lower",
        kind="flag",
    )
    rupture: Share = measured(
        "1 if relations had been a rupture by the end of the reporting window",
        "Relations rupture",
        "lower",
        kind="flag",
    )
    truce_lapsed: Share = measured(
        "1 if the truce ran out by the end of the reporting window and was not prolonged",
        "The truce lapses",
        "lower",
        kind="flag",
    )
    listed: Share = measured(
        "1 if the lab itself was listed by the end of the reporting window", "The lab is listed", "lower", kind="flag"
    )
    rounds: Number = state("rounds closed by the end", low=0.0)
    fallback: USD = state("other finance, in stalls and otherwise, by the end", low=0.0)
    draws_rejected: Number = state("draws of the opening that contradicted what was seen, before this one")
    first_round_late: Share = measured(
        "1 if no round has closed by the date on which the first is due",
        "First round late or stalled",
        "lower",
        kind="flag",
    )
    reference_chip_made: Units = state("chips of the watched supply made nationwide by the end of the reporting window")
    reference_chip_offered: Units = state("of these, offered to the lab by then")
    reference_chip_delivered: Units = state("of these, delivered to the lab by then")
    made_before: Units = state("domestic chips of all kinds made nationwide from the first day to the measured year")
    made_measured: Units = state("and in the reporting window from then on")
    reference_import_delivered: Units = state("chips of the watched import delivered to the lab by then")
    dilution: Share = measured(
        "share of the lab sold by the end of the reporting window", "Share of the lab sold", "lower", kind="share"
    )
    insolvent: Share = measured("1 if insolvent by the end", "Insolvent", "lower", kind="flag")
    insolvent_on: Day = state("day of it; if not, the last day")
    insolvent_days: Days = state("days in arrears by the end")
    train_wanted: TrainUnits = state("training units wanted at the end of the reporting window")
    tokens_wanted: TokensPerDay = state("tokens wanted a day at the end of the reporting window")
    trained: FLOP = measured("training work done in all, physical FLOP", "Training work done", "higher")
    frontier_gap: Months = measured(
        "months since the best rival had what the lab's best flagship has, at the end of the reporting window",
        "Behind the frontier",
        "lower",
    )
    unserved_here: Share = measured(
        "tokens wanted and served neither by the lab nor by other hosts, over wanted, in the measured year",
        "Lost reach",
        "lower",
        kind="share",
        wants="tokens_wanted",
    )
    revenue: USD = measured("revenue by the end of the reporting window", "Revenue", "higher", low=0.0)
    longest_rationing: Days = measured(
        "longest time of tokens refused even at the highest price, in the reporting window, days",
        "Longest rationing",
        "lower",
        unit="days",
    )
    release_rationed: Share = measured(
        "1 if, in a month within three of the release awaited on the first day, over 5% of the demand could not be "
        "served at the price before",
        "Release rationed",
        "lower",
        kind="flag",
    )
    goodput: Share = measured(
        "share of time that training moved forward, repairs counted, over the reporting window",
        "Goodput of training",
        "higher",
        kind="share",
    )
    restarts: Number = measured(
        "final runs restarted by the end of the reporting window", "Final runs restarted", "lower", unit="runs", low=0.0
    )
    people: People = measured("people at the lab at the end of the reporting window", "People", "higher")
    domestic_maturity: Share = state("utilisation of the domestic chips' software over its ceiling then")
    idle: H100e = state("H100e delivered and not yet running then")
