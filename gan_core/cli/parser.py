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
