"""Train a GAN, measure a generator, let it draw, or compute the distances of the lessons, without a screen."""

import os
import re
import sys
from collections.abc import Sequence

from gan_core.cli import distances, sampling, training
from gan_core.cli.parser import Parser, UsageError
from gan_core.fields import ConfigError


def main(arguments: Sequence[str] | None = None) -> int:
    """Obey one command line. Returns the exit status: 0, or 2 for bad input, with one sentence on stderr."""
    try:
        options = _parser().parse_args(_with_negative_lists(sys.argv[1:] if arguments is None else arguments))
        options.command(options)
    except (UsageError, ConfigError) as error:
        return _complain(str(error))
    except BrokenPipeError:  # the reader, `head` for example, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _complain(f"Cannot write {error.filename}: {error.strerror}.")
    except KeyboardInterrupt:
        return 130
    return 0


def _complain(sentence: str) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return 2


def _parser() -> Parser:
    parser = Parser(prog="python -m gan_core", description=__doc__, allow_abbrev=False)
    names = "train | evaluate | presets | sample | transport | divergence"
    commands = parser.add_subparsers(metavar=names, required=True)
    training.add_to(commands)
    sampling.add_to(commands)
    distances.add_to(commands)
    return parser


def _with_negative_lists(arguments: Sequence[str]) -> list[str]:
    """`--x -1,0,1` as `--x=-1,0,1`: argparse takes a list that begins with a minus for an option."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] in ("--x", "--p", "--q") and re.match(r"-[\d.]", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined
