"""The commands `transport` and `divergence`."""

import argparse
import json

from gan_core.calculator import report
from gan_core.cli.parser import Commands
from gan_core.theory.divergence.comparison import divergence_report, parse_distribution
from gan_core.theory.transport.piles import read_piles
from gan_core.theory.transport.unequal import settle


def add_to(commands: Commands) -> None:
    transport = commands.add_parser("transport", help="Wasserstein distance of two piles, exactly", allow_abbrev=False)
    transport.set_defaults(command=_transport)
    transport.add_argument("--p", required=True, metavar="3,4,1,1,5", help="masses of the first pile")
    transport.add_argument("--q", required=True, metavar="2,2,3,5,2", help="masses of the second pile")
    transport.add_argument("--x", metavar="0,1,2,3,4", help="their positions; 0, 1, 2, ... if not given")
    transport.add_argument("--unequal", default="", metavar="normalise|partial|penalty:K", help="if the masses differ")
    transport.add_argument("--json", action="store_true", help="one JSON object")
    divergence = commands.add_parser("divergence", help="divergences of two distributions", allow_abbrev=False)
    divergence.set_defaults(command=_divergence)
    forms = "normal:MEAN,SD | uniform:LOW,HIGH | dirac:X | mixture:W,M,SD;W,M,SD | discrete:X=MASS,X=MASS"
    divergence.add_argument("--p", required=True, metavar="DISTRIBUTION", help=forms)
    divergence.add_argument(
        "--q", required=True, metavar="DISTRIBUTION", help="the generator's, which the gradients move"
    )
    divergence.add_argument("--json", action="store_true", help="one JSON object")


def _transport(options: argparse.Namespace) -> None:
    x = options.x.split(",") if options.x is not None else None
    piles, notes = read_piles(x, options.p.split(","), options.q.split(","))
    settled = settle(piles, options.unequal)
    answer = report(settled, notes)
    if options.json:
        print(json.dumps(answer))
        return
    for note in answer["notes"]:
        print(note)
    print(f"W1 = {answer['w1']}, for each unit of mass {answer['normalised']['per_unit_mass']}")
    if "cost" in answer:
        print(f"cost, with penalty {answer['penalty']} for each unit left over: {answer['cost']}")
    print(f"{'flows':<10}", *answer["flows"])
    print(f"{'dual':<10}", *answer["dual"])
    for name, moves in answer["plans"].items():
        print(f"{name:<10}", *(f"{origin}>{end}:{mass}" for origin, end, mass in moves if origin != end))
    print(
        "optimal plans:", answer["plan_count"] if answer["plan_count_complete"] else f"more than {answer['plan_count']}"
    )


def _divergence(options: argparse.Namespace) -> None:
    answer = divergence_report(parse_distribution("p", options.p), parse_distribution("q", options.q))
    if options.json:
        print(json.dumps(answer))
        return
    gradients = answer.pop("gradients")
    for name, value in [*answer.items(), *((f"gradient, {name}", value) for name, value in gradients.items())]:
        print(f"{name:<26}", "infinite or undefined" if value is None else f"{value:.12g}")
