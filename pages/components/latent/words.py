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
    "gain_note": "Bar: how much it changes here, per unit.",
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
    "inside_shell": "Shorter than 95 % of all z, {low} to {high}: G hardly ever saw such a z in training. The image "
    "becomes an average one.",
    "outside_shell": "Longer than 95 % of all z, {low} to {high}: G hardly ever saw such a z in training. Nothing "
    "obliges it to draw a digit here.",
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
    "tab_list": "What else can be seen from here",
}
NEAREST = {
    "intro": "Did G learn to draw, or does it know training images by heart? These come nearest to its image.",
    "pixel": "By pixels",
    "pixel_help": "Distance: root of the mean square difference of the greys, black to white = 1.",
    "feature": "By features",
    "feature_help": "Distance between the 64 numbers that the digit classifier computes just before it decides: it "
    "sees shapes, not single pixels.",
    "usual": "usual among real images: {distance}",
    "copy": "In both ways the nearest training image is less than half as far as real images usually are from each "
    "other ({pixel} and {feature} of it): it looks as if G knew this image by heart.",
    "near_pixel": "By pixels the nearest is unusually near ({pixel} of the usual distance), by features it is not "
    "({feature}). A simple shape, like a straight 1, is near to many.",
    "near_feature": "By features the nearest is unusually near ({feature} of the usual distance), by pixels it is not "
    "({pixel}): the same shape, drawn anew.",
    "no_copy": "No sign of a copy: the nearest training images are {pixel} (pixels) and {feature} (features) of the "
    "distance that real images usually have. One image proves nothing: look at several z.",
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
