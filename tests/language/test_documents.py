import json
import math
from dataclasses import dataclass
from datetime import date

import pytest

from sim.errors import Place
from sim.language.documents import Document, plain_json


@dataclass(frozen=True, slots=True)
class Part(Document, keys="mean error=half"):
    mean: float
    half: float


@dataclass(frozen=True, slots=True)
class Named:
    name: str


@dataclass(frozen=True, slots=True)
class Whole(Document, keys="day=at *part names=named.name keys=by_name.keys parts=by_name.values none=nothing.name"):
    at: date
    part: Part
    named: tuple[Named, ...]
    by_name: dict[str, Part]
    nothing: Named | None = None


@dataclass(frozen=True, slots=True)
class Plain(Document):
    second: frozenset[str]
    first: Place


WHOLE = Whole(date(2027, 3, 1), Part(1.0, math.inf), (Named("b"), Named("a")), {"x": Part(2.0, math.nan)})


def test_keys_stand_in_their_order_and_paths_lead_to_values() -> None:
    assert json.dumps(WHOLE.as_json()) == (
        '{"day": "2027-03-01", "mean": 1.0, "error": null, "names": ["b", "a"], "keys": ["x"], '
        '"parts": [{"mean": 2.0, "error": null}], "none": null}'
    )


def test_without_keys_it_is_its_fields() -> None:
    result = Plain(frozenset({"b", "a"}), Place("x.yaml", 1, 2)).as_json()
    assert json.dumps(result) == '{"second": ["a", "b"], "first": "x.yaml:1:2"}'


def test_a_class_below_has_the_keys_of_the_one_above_until_it_names_its_own() -> None:
    @dataclass(frozen=True, slots=True)
    class Below(Part):
        more: float = 3.0

    @dataclass(frozen=True, slots=True)
    class Own(Part, keys="more"):
        more: float = 3.0

    assert Below(1.0, 2.0).as_json() == {"mean": 1.0, "error": 2.0}
    assert Own(1.0, 2.0).as_json() == {"more": 3.0}


@pytest.mark.parametrize("value", [Named("a"), object(), {"x": [b"a"]}, 1j])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no form in JSON"):
        plain_json(value)


def test_a_key_that_leads_nowhere_is_an_error() -> None:
    @dataclass(frozen=True, slots=True)
    class Odd(Document, keys="gone"):
        there: float = 1.0

    with pytest.raises(AttributeError):
        Odd().as_json()
