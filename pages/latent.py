"""Latent space: a trained generator as a thing to play with."""

import streamlit as st

from gan_core.config import ImageConfig
from gan_core.latent.generators import Card
from pages.components import in_url
from pages.components.i18n import t
from pages.components.latent.card import config_of, show_card
from pages.components.latent.choosing import choose
from pages.components.latent.settings import FIELDS, PAGE, come_back, fit, shown
from pages.components.latent.stage import latent_stage

LEGEND = (
    "- **z** is what G makes an image of: a row of random numbers. A seed always gives the same z. The sliders move "
    "it, and each image is drawn anew by G: nothing is recorded.\n"
    "- **Directions**: G is bent, but near one z it is almost straight. There, of all directions of length 1, the "
    "first one changes the image most, the second one most of those at a right angle to the first, and so on (the "
    "singular vectors of G's Jacobian). The bar and the per cent beside a slider say how much one unit changes the "
    "greys, as long as G stays straight.\n"
    "- **Coordinates**: the numbers of z as G gets them. As a rule none of them means anything by itself.\n"
    "- **Length |z|**: in many dimensions nearly every z is nearly equally long. Where G has never been, it was never "
    "taught: pull some sliders to their ends and see.\n"
    "- **D** is the discriminator that was trained with this G. It is a judge of fakes, not of beauty: what it thinks "
    "of an image says where the game stood at the end.\n"
    "- **Plane**: images at many z at once, on two directions through the present one. Where the image hardly changes, "
    "G does not listen to that direction; where one digit becomes another, there is a border, and G draws something "
    "between them.\n"
    "- **Walks**: from one z to another, straight or along the shell. A G that knows some images by heart would jump; "
    "one that has learnt what digits have in common turns the one into the other.\n"
    "- **Digits × styles**: each row has one z, each column one digit. What the images of a row have in common, slant "
    "or thickness, comes from z alone.\n"
    "- **Nearest**: the real images that are most like this one. A copy would be far nearer to its original than real "
    "images are to each other.\n"
    "- **The classifier** is a network of its own, which was trained to read real digits.\n"
    "- **The link** in the address bar shows another reader this generator at this point."
)
TOY_LEGEND = (
    "- **z** is one number. G bends the axis of z onto the axis of x: the curve is that map, x = G(z).\n"
    "- **Its slope** dG/dz says how much G stretches the axis there. Where it stretches, the same probability lies on "
    "a longer piece, so the density becomes thinner by as much; where it squeezes, thicker.\n"
    "- **Where several z become one x**, each brings its part: p_g(x) is the sum of p_z(z) / |G'(z)| over all of them. "
    "That is the change of variables.\n"
    "- **Where G turns round**, its slope is 0 and the density has no bound: a peak.\n"
    "- **For images** there is no such curve. z has fewer numbers than x, which has 784: the images of G lie on a thin "
    "surface without any volume, and p_g has no density over x. That is a reason why the JS divergence says so little "
    "there: two such surfaces hardly ever overlap."
)
LONG = "This link is too long to hold all numbers of z that were moved: it leaves them out."
DIMENSIONS = "The twin draws the map from one number z to one number x; this run has {dim} latent dimensions."


@st.fragment
def stage(card: Card) -> None:
    """What the browser draws. It comes back here when the student rests, for the URL."""
    latent_stage(card, key=f"{PAGE}_stage")
    if any(len(FIELDS[name].write(shown(name))) > in_url.LONGEST for name in ("moved", "a", "b")):
        st.caption(t(LONG))
    in_url.end(PAGE, FIELDS)


come_back()
in_url.begin(PAGE, FIELDS)
choice, beside = st.columns([3, 5], gap="medium", vertical_alignment="center")
with choice:
    card = choose()
with beside:
    show_card(card)
config = config_of(card)
digits = config.digits if isinstance(config, ImageConfig) else tuple(range(10))
for name in fit(config.latent_dim, digits):
    st.warning(
        t("{name} in the link belongs to a generator with another number of latent dimensions.").format(name=name)
    )
if isinstance(config, ImageConfig) or config.latent_dim == 1:
    stage(card)
else:
    st.info(t(DIMENSIONS).format(dim=config.latent_dim))
with st.expander(t("How to read this page"), icon=":material/help:"):
    st.markdown(t(LEGEND if isinstance(config, ImageConfig) else TOY_LEGEND))
in_url.end(PAGE, FIELDS)
