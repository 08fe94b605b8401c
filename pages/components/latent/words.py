"""What the stage of the page "Latent space" says, in the reader's language."""

from functools import cache
from typing import Any

from gan_core.data import SETS
from pages.components.i18n import t
from pages.components.latent.view_words import MATRIX, PLANE, TWIN, WALK

PRESENT = {
    "picture": "The image that G draws",
    "png": "PNG",
    "save": "Save the image",
    "step": "step {step}",
    "goes_on": "step {step} · still training",
    "probability": "D: P(real)",
    "probability_help": "The discriminator that was trained with this generator: its probability that the image is "
    "real. If D has lost the game it is near 1/2 for everything, the tick in the middle.",
    "smoothed": "Its labels were smoothed: at best it answers {top} times the probability that the image is real.",
    "score": "Score of D",
    "score_help": "The discriminator that was trained with this generator. Its loss does not make a probability of "
    "the score: high means real, and only the comparison says how high. Bars: the middle 90 % of the scores of fakes "
    "and of real images; the line in them: the median.",
    "fakes": "fakes",
    "reals": "real",
    "usual": "Score {score}. Fakes usually get {a} to {b}, real images {c} to {d}.",
    "classifier": "The classifier reads",
    "classifier_help": "A digit classifier that knows nothing of this generator.",
    "not_readable": "The classifier knows digits only, and this generator draws something else.",
    "reads": "The classifier reads {digit}, {percent} %.",
    "no_score": "The score is not a number: the training has diverged.",
    "no_image": "This generator makes no numbers any more: it has diverged.",
    "seed": "z of seed",
    "seed_help": "The latent z is drawn at random; a seed always gives the same one.",
    "random": "Random z",
    "reset": "Reset",
    "reset_help": "Back to the z of the seed",
    "here": "Directions here",
    "here_help": "Find the strongest directions at the z where you are now; the sliders count from there.",
    "sliders": "Sliders that move z",
    "directions": "Directions",
    "coordinates": "Coordinates",
    "directions_note": "In these directions the image changes most. They were found at the z of the seed.",
    "directions_here_note": "In these directions the image changes most. They were found at a z that was moved.",
    "coordinates_note": "The numbers of z one by one, those first that change the image most.",
    "directions_step": "They are those of step {step} of the run.",
    "gain_note": "Bar: how much it changes per unit there; of a conditional G, the mean over its digits.",
    "waiting": "The strongest directions are being looked for ...",
    "direction": "Direction {number}",
    "coordinate": "z {number}",
    "gain": "moves the picture by {percent} of black to white per unit",
    "page": "{first}-{last} of {dim}",
    "stronger": "Stronger coordinates",
    "weaker": "Weaker coordinates",
    "norm": "Length |z|",
    "norm_help": "The square root of the sum of the squares of all numbers of z. In many dimensions nearly all z have "
    "nearly the same length: they lie on a thin shell, hatched here for 95 % of them.",
    "on_shell": "95 % of all z are from {low} to {high} long: this one too.",
    "shorter": "Rather short: 95 % of all z are from {low} to {high} long, one in 40 is shorter than that.",
    "longer": "Rather long: 95 % of all z are from {low} to {high} long, one in 40 is longer than that.",
    "far_inside": "Far shorter than the z of the training (95 % are from {low} to {high} long): nothing obliges G to "
    "draw well here.",
    "far_outside": "Far longer than the z of the training (95 % are from {low} to {high} long): nothing obliges G to "
    "draw well here.",
    "outside_cube": "{count} of {dim} numbers of z are beyond -1 to 1: G never saw such a z in training.",
    "outside_cube_one": "1 of {dim} numbers of z is beyond -1 to 1: G never saw such a z in training.",
    "condition": "Condition c",
    "condition_help": "What G is told to draw. On the stage, the keys 0 to 9 choose it, too.",
    "unconditional": "This generator has no condition: it was never told which image is which digit, so z alone "
    "decides what it draws.",
    "lesson": "To the lesson on conditional GANs",
    "not_learnt": "This digit was not among the training images.",
    "style": "The same z under every digit: z is the style, c the digit. Click one to take it.",
    "take": "Take {digit}",
    "blend": "blend with",
    "blend_help": "G was told one digit at a time, as a learnt vector; here it gets a vector between two of them.",
    "other": "Second digit",
    "share": "Share of the second digit",
    "mixture": "{one} % {first} + {two} % {second}",
    "alone": "{first} alone",
    "unreachable": "The server does not answer. Trying again.",
    "cut": "The answer did not arrive as a whole.",
    "ask_again": "Try again",
    "far": "No number of z may be moved by more than {most}: z is as near to that place as it may be.",
    "tab_list": "What else can be seen from here",
}
NEAREST = {
    "intro": "Did G learn to draw, or does it know training images by heart? These come nearest to its image.",
    "pixel": "By pixels",
    "pixel_help": "Distance: root of the mean square difference of the greys, black to white = 1.",
    "feature": "By features",
    "feature_help": "Distance between the 64 numbers that the digit classifier computes just before it decides: it "
    "sees shapes, not single pixels.",
    "own": "the first one is {own} from its own nearest other one; usual: {distance}",
    "copy": "By pixels, G's image is {ratio} times as far from the nearest training image as that one is from its own "
    "nearest other one. That is less than half: it looks as if G knew it by heart.",
    "no_copy": "By pixels, G's image is {ratio} times as far from the nearest training image as that one is from its "
    "own nearest other one. Only below 0.5 it would look like a copy. One image proves nothing: look at several z.",
    "nothing": "Its training images, {trained}, are not on this server: there is nothing to compare with.",
    "pixels_only": "They are compared by pixels only: the classifier, which gives the features, knows digits alone.",
    "source": "Looked for among {count} images: {set}.",
    "part": "Looked for among {count} images: {set}. But this G learnt from others, too ({trained}): a copy of one of "
    "those would not be found.",
}
TABS = {
    "plane": "Plane",
    "walk": "Walks",
    "matrix": "Digits × styles",
    "nearest": "Nearest",
}
VIEWS = {"nearest": NEAREST, "plane": PLANE, "walk": WALK, "matrix": MATRIX, "twin": TWIN, "tabs": TABS}


@cache
def stage_words(language: str) -> dict[str, Any]:
    """The sentences of the image and the sliders, and those of each tab in a table of its own."""
    views = {view: _in(language, words) for view, words in VIEWS.items()}
    views["nearest"] |= {"sets": {name: t(each.title) for name, each in SETS.items()}}
    return _in(language, PRESENT) | views | {"lesson_address": f"./mnist?preset=cgan_lesson&lang={language}"}


def _in(language: str, words: dict[str, str]) -> dict[str, Any]:
    return {name: t(word) for name, word in words.items()} | {"locale": language}
