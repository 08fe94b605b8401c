import pytest

from gan_core.fields import ConfigError
from pages.components.in_url import finite, number, number_text, one_of


@pytest.mark.parametrize("value", [0.1234567891234567, 1 / 3, 5.0, 1e-300, 2e12, -0.5])
def test_a_number_in_a_link_is_the_same_number(value):
    assert finite("f", number_text(value)) == value


def test_whole_numbers_are_short():
    assert number_text(3.0) == number_text(3) == "3"


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "", "a", "1e999", "0x10"])
def test_what_is_no_finite_number_is_refused(text):
    with pytest.raises(ConfigError, match="is not a number"):
        finite("f", text)
    with pytest.raises(ConfigError, match="from 0 to 3"):
        number("power", 1, 0, 3).read(text)


@pytest.mark.parametrize(("text", "allowed"), [("0", True), ("3", True), ("3.01", False), ("-0.01", False)])
def test_the_bounds_belong_to_the_range(text, allowed):
    field = number("power", 1, 0, 3)
    if allowed:
        assert field.read(text) == float(text)
    else:
        with pytest.raises(ConfigError, match="power must be a number from 0 to 3"):
            field.read(text)


def test_a_choice_is_one_of_a_list():
    field = one_of("plan", ("fifo", "relay"))
    assert (field.default, field.read("relay")) == ("fifo", "relay")
    with pytest.raises(ConfigError, match="plan must be one of fifo, relay; x is not"):
        field.read("x")
