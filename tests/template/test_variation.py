"""A variation of a scenario is what a file with its values would be."""

from sim.language.distributions import Fixed, Uniform
from sim.template.variation import Setting, varied
from tests.world.a_future import template_of

GOOD = "foundry.lines.smic.good"


def test_what_is_no_longer_uncertain_is_correlated_with_nothing() -> None:
    scenario = template_of("baseline", ()).scenario
    certain = varied(scenario, [Setting(GOOD, Fixed(0.3), "0.3")])
    with_good = [pair for pair in scenario.correlations if GOOD in (pair.first, pair.second)]
    assert len(with_good) == 2
    assert set(certain.correlations) == set(scenario.correlations) - set(with_good)
    wider = varied(scenario, [Setting(GOOD, Uniform(0.1, 0.9), "between 0.1 and 0.9")])
    assert wider.correlations == scenario.correlations
