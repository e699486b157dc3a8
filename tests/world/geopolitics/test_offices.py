"""A third government, of transit or a host of rented chips, is YAML: an office among those that clear an offer."""

import re

import pytest

from sim.errors import InputError
from sim.story.story import tell
from sim.world.geopolitics import controls, customs, licences, offices
from sim.world.purchasing import orders, planner
from sim.world.purchasing.orders import order_decided, order_shipped
from tests.world.a_future import LoggedFuture, small, small_template
from tests.world.needs import Needs

NEEDS = Needs(
    settings={
        25: (
            "capital.cash=$2bn",
            "market.offers.h100_malaysia.rent=$1 / hour",
            "controls.rules.us_cloud_access.probability=1",
            "controls.rules.us_cloud_access.effective=2027-01-01",
            "controls.rules.us_cloud_access.places=[malaysia]",
        )
    }
)
"""One country is closed and another is not, and it is cheap to rent there."""

OFFICE = "{id: my, name: Malaysia (transit), source: test, decision: 40 days, granted: %s, granted_discouraged: 1, "
OFFICE += "granted_presumed: 0}"
RULE = "{id: %s, source: test, government: %s, item: accelerator, regime: %s, effective: %s%s}"
ABROAD = (
    "{id: abroad, source: test, chip: h800, pathway: rented_abroad, holding: cloud, %s"
    "rent: $2 / hour, contract: 90 days, depth: 500 chips, build: 10 days, transit: 0 days}"
)
THROUGH = "{id: h200, cleared_by: [my]}, {id: h20, source: test, chip: h20, pathway: licensed, holding: h200_hall, "
THROUGH += "exporter: us, buyer: cn, price: $10k, build: 60 days, transit: 20 days}, " + ABROAD % "cleared_by: [my], "


def world(*rules: str, more: str = "", granted: float = 1.0) -> LoggedFuture:
    """The small world with a third government, through which the H200 comes and which hosts rent; the H20 does not."""
    controlled = f"controls: {{governments: [{OFFICE % granted}], rules: [{', '.join(rules)}]}}"
    return small(f"{controlled}\nmarket: {{offers: [{THROUGH}]}}\n{more}").begin()


def rule(government: str, regime: str = "case_by_case", effective: str = "2026-01-01", more: str = "") -> str:
    """A rule of a government on accelerators, called by it."""
    return RULE % (f"of_{government}", government, regime, effective, more)


def placed(future: LoggedFuture, *offers: str) -> LoggedFuture:
    """Orders of 100 chips on the first day."""
    for month, offer in enumerate(offers):
        orders.place(future, future.at("offers", offer), 0, 100.0, month)
    return future


def whose(future: LoggedFuture, offer: str) -> list[str]:
    """The governments that clear an offer, in their order."""
    return [future.things["governments"][each.government] for each in future.clearances_of(offer)]


def test_offices_stand_in_the_order_of_clearing() -> None:
    future = world()
    assert [whose(future, offer) for offer in ("h200", "h20", "abroad", "rent")] == [
        ["us", "my", "cn"],
        ["us", "cn"],
        ["my"],
        [],
    ]
    roles = [each.role for each in future.clearances_of("h200")]
    assert roles == [offices.EXPORTER, offices.BETWEEN, offices.BUYER]
    assert [future.the("governments", name).buys for name in ("us", "my", "cn")] == [0, 0, 1]


@pytest.mark.parametrize(
    ("ruled", "days"),
    [
        (("my",), [40.0]),
        (("us", "my"), [90.0, 130.0]),
        (("my", "cn"), [40.0, 100.0]),
        (("us", "my", "cn"), [90.0, 130.0, 190.0]),
    ],
)
def test_its_time_comes_on_top_and_the_plan_knows_it(ruled: tuple[str, ...], days: list[float]) -> None:
    future = placed(world(*map(rule, ruled)), "h200")
    planner.timed(future)
    assert future.the("offers", "h200").ships == days[-1] + 60.0
    assert future.until(260.0).story(order_decided) == [(day, "order decided") for day in days]
    assert future.story(order_shipped) == [(days[-1] + 60.0, "order shipped")]
    assert future.orders[0].late_licence == 0.0


def test_its_refusals_are_counted_and_end_only_what_it_clears() -> None:
    future = placed(world(rule("us"), rule("my")), "h200", "h20")
    refusing = placed(world(rule("us"), rule("my", "presumption_of_denial")), "h200", "h20", "rent")
    for each, refused in ((future, 0.0), (refusing, 100.0)):
        each.until(300.0)
        assert [each.the("governments", name).refused for name in ("us", "my", "cn")] == [0.0, refused, 0.0]
        assert each.stages[orders.REFUSED].units == refused
    assert [order.stage for order in refusing.placed()][:3] == [orders.REFUSED, orders.DELIVERED, orders.DELIVERED]


def test_its_denial_stops_at_the_border_what_it_had_cleared_and_nothing_else() -> None:
    future = placed(world(rule("us"), rule("my", "denial", "2026-05-01")), "h200", "h20").until(149.0)
    assert [order.stage for order in future.placed()][:2] == [orders.AT_VENDOR, orders.AT_VENDOR]
    assert controls.denied(future, future.at("offers", "h200"))
    assert not controls.denied(future, future.at("offers", "h20"))
    future.until(300.0)
    assert [order.stage for order in future.placed()][:2] == [orders.REFUSED, orders.DELIVERED]
    assert not future.the("governments", "my").shut  # the measure is on what exporters shut out


def test_a_rule_of_the_host_stops_rent() -> None:
    cloud = rule("my", "denial").replace("accelerator", "cloud")
    future = placed(world(cloud), "abroad", "rent", "h200").until(100.0)
    assert [order.stage for order in future.placed()][:3] == [orders.REFUSED, orders.DELIVERED, orders.DELIVERED]


@pytest.mark.parametrize(
    ("dials", "passes"), [("control: 1", 1.0), ("control: 0.4", 0.4), ("buyer_gate: 1", 0.0), ("licence: 1", 0.0)]
)
def test_dials_of_control_ease_its_denial_and_the_buyers_do_not(dials: str, passes: float) -> None:
    future = world(rule("my", "denial"), more=f"dials: {{{dials}}}")
    o = future.at("offers", "h200")
    if passes < 1.0:
        assert controls.passing_all(future, o) == passes
    stopped = sum(licences.stopped(future, o, luck) for luck in range(2000))
    assert 1.0 - stopped / 2000 == pytest.approx(passes, abs=0.03)


def test_removing_licences_takes_its_time_away() -> None:
    future = placed(world(rule("us"), rule("my"), more="dials: {licence: 1}"), "h200").until(50.0)
    assert future.story(order_decided) == [(0.0, "order decided")] * 2


def test_quotas_and_fees_of_every_office_count() -> None:
    future = world(
        rule("us", more=", quota: 400 chips / year, fee: 10%"),
        rule("my", more=", quota: 200 chips / year, fee: 20%"),
        rule("cn", more=", quota: 800 chips / year"),
    )
    o = future.at("offers", "h200")
    assert controls.quota_of_offer(future, o, 0.0) == 50.0
    assert orders.charged_price(future, o) == pytest.approx(40_000.0 * 1.1 * 1.2)
    placed(future, "h200").until(170.0)
    assert future.orders[0].stage == orders.REFUSED
    assert future.the("governments", "my").refused == 100.0


def test_its_luck_is_its_own() -> None:
    """An office between draws by its own key: the exporter's and the buyer's decisions stay as they were."""
    days = "{id: us, decision: {p5: 30 days, p50: 90 days, p95: 200 days}}"
    rules = f"rules: [{rule('us')}, {rule('my')}]"
    governments = f"governments: [{days}, {OFFICE % 1}]"
    alone = placed(small(f"controls: {{{governments}, {rules}}}").begin(), "h200").until(400.0)
    through = f"controls: {{{governments}, {rules}}}\nmarket: {{offers: [{{id: h200, cleared_by: [my]}}]}}"
    longer = placed(small(through).begin(), "h200").until(400.0)
    assert longer.story(order_decided)[0] == alone.story(order_decided)[0]
    assert longer.story(order_decided)[1][0] == pytest.approx(alone.story(order_decided)[0][0] + 40.0)


def test_a_whole_future_with_three_governments_keeps_its_books() -> None:
    """Every month-end checks them; chips that the third refuses are among those that stand somewhere."""
    rules = ", ".join(map(rule, ("us", "my", "cn")))
    third = f"controls: {{governments: [{OFFICE % 0.5}], rules: [{rules}]}}"
    future = small(f"training: {{latent: 1}}\n{third}\nmarket: {{offers: [{{id: h200, cleared_by: [my]}}]}}").run()
    assert sum(stage.units for stage in future.stages) == future.lab[0].ordered > 0.0
    refused = [future.the("governments", name).refused for name in ("us", "my", "cn")]
    assert refused[1] > 0.0
    assert sum(refused) == future.stages[orders.REFUSED].units


def test_its_decisions_are_told_by_its_name() -> None:
    changes = f"controls: {{governments: [{OFFICE % 1}], rules: [{rule('us')}, {rule('my')}]}}\n"
    changes += "training: {latent: 1}\nmarket: {offers: [{id: h200, cleared_by: [my]}]}"
    texts = [entry.text for entry in tell(small_template(changes), 1, 0, "a third").tale.entries]
    assert any("licenses" in text and "Malaysia has yet to decide" in text for text in texts)
    assert any(text.startswith("Malaysia clears") for text in texts)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ("[mars]", "no `mars` in governments; one of cn, us"),
        ("[my2]", "no `my2` in governments"),
        ("{us: 1}", "no `{us: 1}` in governments"),
        ("[us]", "`us` is the exporter of this offer; leave it out here"),
        ("[cn]", "`cn` is the buyer of this offer; leave it out here"),
    ],
)
def test_what_no_list_of_offices_is(ids: str, message: str) -> None:
    with pytest.raises(InputError, match="cleared_by") as caught:
        small(f"market: {{offers: [{{id: h200, cleared_by: {ids}}}]}}")
    assert message in str(caught.value)


def test_an_office_named_twice_is_refused() -> None:
    twice = f"controls: {{governments: [{OFFICE % 1}]}}\nmarket: {{offers: [{{id: h200, cleared_by: [my, my]}}]}}"
    with pytest.raises(InputError, match="named twice"):
        small(twice)


PLACES = "places: [{id: malaysia, source: test}, {id: singapore, source: test}]"
THERE = (
    "{id: %s, source: test, chip: h800, pathway: rented_abroad, holding: cloud, exporter: us, place: %s, "
    "rent: $2 / hour, contract: 90 days, depth: 500 chips, build: 10 days, transit: 0 days}"
)
SHUT = "{id: shut, source: test, government: us, item: %s, regime: denial, effective: 2026-06-01%s}"


def hosts(item: str = "cloud", where: str = ", places: [malaysia]") -> LoggedFuture:
    """Rent in two places, and a rule from day 151 on."""
    offers = ", ".join(THERE % (place, place) for place in ("malaysia", "singapore"))
    rules = SHUT % (item, where)
    return small(f"controls: {{{PLACES}, rules: [{rules}]}}\nmarket: {{offers: [{offers}]}}").begin()


@pytest.mark.parametrize(
    ("item", "where", "shut"),
    [
        ("cloud", ", places: [malaysia]", ["malaysia"]),
        ("cloud", ", places: [malaysia, singapore]", ["malaysia", "singapore"]),
        ("cloud", "", ["malaysia", "singapore"]),
        ("entity", ", places: [singapore]", ["singapore"]),
        ("entity", "", ["malaysia", "singapore", "h200"]),
    ],
)
def test_a_rule_that_names_places_is_of_what_stands_there(item: str, where: str, shut: list[str]) -> None:
    future = hosts(item, where)
    offers = ("malaysia", "singapore", "h200", "rent")
    assert [each for each in offers if controls.denied(future, future.at("offers", each))] == []
    future.until(152.0)
    assert [each for each in offers if controls.denied(future, future.at("offers", each))] == shut


def test_a_country_that_closes_shuts_its_rent_and_no_other() -> None:
    future = hosts()
    for offer in ("malaysia", "singapore"):
        future.deliver(offer, 200.0)
        future.the("offers", offer).on_rent = 200.0
    future.until(400.0)
    assert [future.the("offers", offer).on_rent for offer in ("malaysia", "singapore")] == [0.0, 200.0]
    assert future.the("holdings", "cloud").returned == 200.0


def test_customs_of_a_place_hold_what_passes_there() -> None:
    held = "{id: held, source: test, government: cn, item: accelerator, regime: inspection, places: [malaysia], "
    held += "effective: 2026-01-01, inspection: 9 days}"
    through = "{id: h200, place: malaysia}, {id: grey, place: singapore}"
    future = small(f"controls: {{{PLACES}, rules: [{held}]}}\nmarket: {{offers: [{through}]}}").begin()
    assert [customs.held(future, future.at("offers", offer), 1) for offer in ("h200", "grey")] == [9.0, 0.0]


@pytest.mark.parametrize(
    ("named", "message"),
    [("[malasia]", "no `malasia` in places; did you mean `malaysia`?"), ("[malaysia, malaysia]", "is named twice")],
)
def test_places_that_a_rule_names_are_there_once(named: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        hosts(where=f", places: {named}")
