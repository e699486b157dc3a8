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
    TALKS_STALLED,
) = range(20)

NAMES = {number: name.lower().replace("_", " ") for name, number in list(globals().items()) if isinstance(number, int)}
