"""The kinds of event, by number. Names are in the past tense: what has happened."""

(
    MONTH_CLOSED,
    ORDER_LICENSED,
    ORDER_APPROVED,
    ORDER_SHIPPED,
    ORDER_ARRIVED,
    RENT_EXPIRED,
    CAME_ONLINE,
    ENERGISED,
    RULE_CAME_DUE,
    PHASE_ENDED,
    TALKS_OPENED,
    TALKS_DECIDED,
    TALKS_CLOSED,
    TALKS_RESUMED,
    TRANCHE_PAID,
    FALLBACK_PAID,
    HAPPENED,
    CHANGE_ENDED,
    RETIMED,
    WAFERS_FINISHED,
    CLIMATE_TURNED,
    TRUCE_EXPIRED,
    RULE_ANNOUNCED,
    RULE_TURNED,
    TALKS_STALLED,
) = range(25)

NAMES = {number: name.lower().replace("_", " ") for name, number in list(globals().items()) if isinstance(number, int)}
