"""An `ArgumentParser` that says what is wrong in one sentence."""

import argparse
from typing import NoReturn


class UsageError(ValueError):
    """One sentence about a command line that cannot be obeyed."""


class Parser(argparse.ArgumentParser):
    """Raises what is wrong instead of printing how it is used."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.")


Commands = argparse._SubParsersAction  # it has no public name


def whole(text: str, option: str, low: int, high: int) -> int:
    """The number that an option gives. Raises UsageError."""
    if not (text.isdecimal() and low <= int(text) <= high):
        raise UsageError(f"{option} must be a whole number from {low} to {high}; {text[:40]} is not.")
    return int(text)
