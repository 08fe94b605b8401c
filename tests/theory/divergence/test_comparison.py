"""Golden numbers: by quadrature with 30 to 40 digits (mpmath) and an independent rule in double precision, unless a
closed form is given."""

import math

import numpy as np
import pytest
from scipy.special import erf

from gan_core.fields import ConfigError
from gan_core.theory.distributions import Mixture, Uniform
from gan_core.theory.divergence.closed_forms import LANDMARKS
from gan_core.theory.divergence.comparison import compare, curves, divergence_report, parse_distribution, shifted
from gan_core.theory.divergence.curves import LOG_2, Curves, clamped
from gan_core.theory.divergence.densities import compare_densities, compare_mixed
from gan_core.theory.divergence.discrete import Discrete

EXACT = {"abs": 1e-9, "rel": 0}


def normal(mean, sd=1.0):
    return Mixture.of([(1, mean, sd)])


def piles(*masses):
    return Discrete.of(enumerate(masses))


STANDARD = normal(0)
COLLAPSE = piles(1, 1, 1), piles(1, 0, 0)
DEFAULT = piles(3, 4, 1, 1, 5), piles(2, 2, 3, 5, 2)
WENG = piles(3, 2, 1, 4), piles(1, 2, 4, 3)  # Weng 2017, "From GAN to WGAN"
WIDE = Uniform(0, 4)

GOLDEN = [
    (*DEFAULT, {"js": 0.110120812825, "kl": 0.418741964631, "tv": 3 / 7, "w1": 4 / 7, "w2": 0.755928946018}),
    (*WENG, {"js": 0.077932272994, "kl": 0.306027079469, "tv": 0.3, "w1": 0.5}),
    (piles(1, 2, 0, 0, 3), piles(0, 0, 2, 4, 0), {"js": LOG_2, "kl": math.inf, "w1": 4 / 3, "w2": math.sqrt(2)}),
    (piles(1, 0), piles(1, 1), {"js": 0.215761554339}),  # the square of 0.464501404022 in scipy's documentation
    (*COLLAPSE, {"js": 0.318257084147, "kl": math.inf, "kl_reverse": math.log(3), "tv": 2 / 3, "w1": 1}),
    *((piles(1, 3, 1), shifted(piles(1, 3, 1), k), {"js": js, "w1": k, "w2": k})
      for k, js in [(1, 0.243279064865), (2, 0.554517744448), (3, LOG_2), (7, LOG_2)]),
    *((STANDARD, normal(d), {"js": js, "w1": d, "w2": d, "kl": d * d / 2, "kl_reverse": d * d / 2})
      for d, js in [(0.5, 0.030311300521), (1, 0.111421482185), (2, 0.336830820347), (3, 0.526777306521),
                    (4, 0.632720193737), (5, 0.675942577381), (6, 0.689297933029), (8, 0.693053645483),
                    (10, 0.693146317394)]),
    *((STANDARD, normal(d), {"tv": tv, "hellinger2": h})
      for d, tv, h in [(1, 0.382924922548, 0.117503097415), (2, 0.682689492137, 0.393469340287),
                       (4, 0.954499736104, 0.864664716763)]),
    *((STANDARD, normal(0, sd), {"js": js})
      for sd, js in [(0.1, 0.433310718768), (0.01, 0.640613498970), (0.001, 0.684565979606)]),
    (STANDARD, normal(0, 2), {"js": 0.092733381666, "kl": 0.318147180560, "kl_reverse": 0.806852819440,
                              "w1": 0.797884560803, "w2": 1, "hellinger2": 0.105572809000}),
    (STANDARD, normal(1, 2), {"js": 0.128174973054, "kl": 0.443147180560, "kl_reverse": 1.306852819440,
                              "w1": 1.166630941175, "w2": 1.414213562373, "hellinger2": 0.149194537847}),
    (STANDARD, normal(3, 2), {"w1": 3.000764308634, "w2": 3.162277660168}),
    (STANDARD, normal(1, 3), {"w1": 1.791186229605, "w2": 2.236067977500}),
    *((Uniform(0, 1), Uniform(t, t + 1), {"js": js, "w1": t, "w2": t, "tv": min(t, 1), "hellinger2": min(t, 1)})
      for t, js in [(0.25, 0.173286795140), (0.5, 0.346573590280), (1, LOG_2), (2, LOG_2)]),
    (Uniform(0, 1), WIDE, {"w1": 1.5}),
    (Uniform(0, 2), Uniform(0.75, 1.25), {"w1": 0.375}),
    (Uniform(0, 1), WIDE, {"kl": math.log(4), "kl_reverse": math.inf, "tv": 0.75, "hellinger2": 0.5}),
    (Discrete.of([(0, 1)]), Discrete.of([(-2.5, 1)]),  # Arjovsky et al. 2017, example 1
     {"js": LOG_2, "kl": math.inf, "kl_reverse": math.inf, "tv": 1, "hellinger2": 1, "w1": 2.5, "w2": 2.5}),
    (Uniform(-1, 1), Discrete.of([(0, 1)]), {"js": LOG_2, "tv": 1, "w1": 0.5, "w2": 1 / math.sqrt(3)}),
    (Uniform(-1, 1), Discrete.of([(-1, 1), (1, 1)]), {"w1": 0.5, "w2": 1 / math.sqrt(3), "kl": math.inf}),
]  # fmt: skip


@pytest.mark.parametrize(("p", "q", "expected"), GOLDEN)
def test_golden(p, q, expected):
    found = compare(p, q)
    assert {name: getattr(found, name) for name in expected} == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize(("p", "q", "expected"), GOLDEN)
def test_the_other_way_round(p, q, expected):
    """All but KL are symmetric; a shift of q to the right is one of p to the left."""
    one, other = compare(p, q), compare(q, p)
    assert (one.kl, one.kl_reverse) == pytest.approx((other.kl_reverse, other.kl), rel=1e-12)
    for name in ("js", "js_gap", "tv", "hellinger2", "w1", "w2"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-12)
    assert one.gradients.wasserstein == pytest.approx(-other.gradients.wasserstein, abs=1e-12)


# JS'(d): the saturating gradient is twice that, the non-saturating one d - 2 JS'(d).
@pytest.mark.parametrize(
    ("d", "slope"),
    [
        (0.5, 0.117631753057), (1, 0.198986433592), (2, 0.224799754603), (4, 0.068597408791), (6, 0.006226619610),
        (8, 0.000196437368), (10, 2.232050107e-6), (1.636, 0.233659874758),
    ],
)  # fmt: skip
@pytest.mark.parametrize("side", [-1, 1])
def test_gradients_of_two_normals(d, slope, side):
    found = compare(STANDARD, normal(side * d)).gradients
    assert found.saturating == pytest.approx(side * 2 * slope, abs=1e-9 if d < 10 else 1e-15)
    assert found.non_saturating == pytest.approx(side * (d - 2 * slope), **EXACT)
    assert found.wasserstein == side


@pytest.mark.parametrize(("d", "golden"), [(1, 0.602027132817), (4, 3.862805182419), (8, 7.999607125264)])
def test_the_non_saturating_gradient_grows(d, golden):
    assert compare(STANDARD, normal(d)).gradients.non_saturating == pytest.approx(golden, **EXACT)


def test_the_saturating_gradient_peaks_near_d_1_636():
    d = np.linspace(1.5, 1.8, 3001)
    assert d[np.argmax(curves(STANDARD, STANDARD, d).saturating)] == pytest.approx(1.636, abs=5e-4)


# log 2 - JS -> sqrt(2 pi) exp(-d^2 / 8) / d for large d; the ratio approaches 1 from below.
@pytest.mark.parametrize(("d", "ratio", "within"), [(4, 0.71, 0.005), (10, 0.92, 0.005), (40, 0.994, 0.002)])
def test_the_gap_below_log_2_keeps_its_digits(d, ratio, within):
    gap = compare(STANDARD, normal(d)).js_gap
    assert gap / (math.sqrt(2 * math.pi) * math.exp(-d * d / 8) / d) == pytest.approx(ratio, abs=within)


def test_value_of_the_best_discriminator():
    """V(D*, G) = 2 JS - log 4 (Goodfellow et al. 2014, theorem 1)."""
    for d, value in [(1, -1.163451396750), (2, -0.712632720426), (4, -0.120853973646)]:
        assert 2 * compare(STANDARD, normal(d)).js - math.log(4) == pytest.approx(value, **EXACT)


PAIRS = [
    (normal(0), normal(0.7)),
    (normal(0), normal(1, 2)),
    (normal(2, 0.01), normal(0, 3)),
    (normal(0), normal(25)),
    (Mixture.of([(1, -2, 0.5), (3, 2, 0.3)]), Mixture.of([(2, 0, 1), (1, 3, 0.1)])),
    (Mixture.of([(1, -2, 0.5), (3, 2, 0.3)]), normal(0.3, 2)),
    (Uniform(0, 2), Uniform(0.5, 4)),
    (Uniform(0, 2), normal(1, 0.5)),
]
FIELDS = ("js", "js_gap", "kl", "kl_reverse", "tv", "hellinger2", "w1", "w2")


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_closed_forms_and_quadrature_agree(p, q):
    one, other = compare(p, q), compare_densities(p, q).at(0)
    for name in FIELDS:
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-10, rel=1e-10), name
    assert vars(one.gradients) == pytest.approx(vars(other.gradients), abs=1e-10, rel=1e-10, nan_ok=True)


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_against_a_brute_grid(p, q):
    """Definitions, word by word, on a fine even grid: an oracle that shares no code."""
    marks = np.concatenate([q.quantile(np.array([1e-14, 1 - 1e-14])), p.quantile(np.array([1e-14, 1 - 1e-14]))])
    x = np.linspace(marks.min() - 1e-3, marks.max() + 1e-3, 2_000_001)
    a, b = p.pdf(x), q.pdf(x)
    found = compare(p, q)
    step = x[1] - x[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        js = (np.nansum(a * np.log(2 * a / (a + b))) + np.nansum(b * np.log(2 * b / (a + b)))) / 2 * step
    assert found.js == pytest.approx(js, abs=2e-5)
    assert found.tv == pytest.approx(np.abs(a - b).sum() / 2 * step, abs=2e-5)
    assert found.hellinger2 == pytest.approx(1 - np.sqrt(a * b).sum() * step, abs=2e-5)
    assert found.w1 == pytest.approx(np.abs(p.cdf(x) - q.cdf(x)).sum() * step, abs=2e-5)


@pytest.mark.parametrize(("p", "q"), [pair for pair in PAIRS if isinstance(pair[0], Mixture)])
def test_gradients_are_derivatives(p, q):
    """For densities without edges, the saturating one of 2 JS and the Wasserstein one of W1."""
    h = 1e-4 * min(p.sd, q.sd)
    low, high = (compare(p, shifted(q, side * h)) for side in (-1, 1))
    found = compare(p, q).gradients
    assert found.saturating == pytest.approx((high.js - low.js) / h, abs=1e-6 / min(p.sd, q.sd))
    assert found.wasserstein == pytest.approx((high.w1 - low.w1) / (2 * h), abs=1e-6)


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (Discrete.of([(0, 1)]), Discrete.of([(2, 1)]), (math.nan, math.nan, 1)),
        (Discrete.of([(0, 1)]), Discrete.of([(0, 1)]), (math.nan, math.nan, 0)),
        (*COLLAPSE, (math.nan, math.nan, -2 / 3)),  # a third of the mass is where it should be
        (Uniform(0, 1), Uniform(0.5, 1.5), (0, math.nan, 1)),  # D* is a step: flat at every fake, and 0 at some
        (Uniform(0, 4), Uniform(1, 2), (0, 0, -1 / 3)),
        (Uniform(1, 2), Uniform(0, 4), (0, math.nan, 1 / 3)),
        (STANDARD, Discrete.of([(1, 1)]), (math.nan, math.nan, erf(1 / math.sqrt(2)))),
        (Discrete.of([(1, 1)]), STANDARD, (0, math.nan, -erf(1 / math.sqrt(2)))),
        (STANDARD, STANDARD, (0, 0, 0)),
    ],
)
def test_gradients_where_densities_have_edges(p, q, expected):
    found = compare(p, q).gradients
    assert tuple(vars(found).values()) == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_mixed_is_what_narrow_normals_approach():
    points, density = Discrete.of([(-1, 1), (2, 3)]), normal(0.5, 1.5)
    narrow = Mixture.of([(1, -1, 1e-6), (3, 2, 1e-6)])
    mixed, limit = compare(points, density), compare(narrow, density)
    assert (mixed.w1, mixed.w2) == pytest.approx((limit.w1, limit.w2), abs=1e-5)
    assert mixed.gradients.wasserstein == pytest.approx(limit.gradients.wasserstein, abs=1e-5)
    assert limit.js == pytest.approx(mixed.js, abs=1e-4) and limit.tv == pytest.approx(mixed.tv, abs=1e-4)


@pytest.mark.parametrize(("sd_p", "sd_q"), [(1, 1), (1, 1000), (1000, 1), (1e-6, 1e6), (2, 2 * (1 + 1e-15))])
def test_extreme_widths_stay_within_bounds(sd_p, sd_q):
    found = curves(normal(0, sd_p), normal(0, sd_q), np.array([-1e6, -3.0, 0.0, 1e-9, 5.0]))
    for name in ("js", "tv", "hellinger2"):
        values = getattr(found, name)
        assert (values >= 0).all() and (values <= 1).all()
    assert not np.isnan(np.stack([found.kl, found.w1, found.saturating, found.non_saturating])).any()


@pytest.mark.parametrize(
    ("p", "q"), [(STANDARD, normal(0.3, 2)), (Uniform(0, 1), Uniform(-1, 3)), (piles(1, 3, 1), piles(2, 1))]
)
def test_curves_are_comparisons_one_by_one(p, q):
    thetas = np.array([-3.0, -0.25, 0.0, 1.0])
    sheet = curves(p, q, thetas)
    for number, theta in enumerate(thetas):
        one, row = compare(p, shifted(q, theta)), sheet.at(number)
        assert [getattr(one, name) for name in FIELDS] == pytest.approx([getattr(row, name) for name in FIELDS])
        assert vars(one.gradients) == pytest.approx(vars(row.gradients), nan_ok=True)


def test_what_is_out_of_bounds_is_a_mistake_not_a_value():
    assert clamped(np.array([-1e-12, 0.5, 1 + 1e-12]), 1.0).tolist() == [0, 0.5, 1]
    with pytest.raises(AssertionError):
        clamped(np.array([1.713]), LOG_2)  # what an even grid of 2001 points gives for sd 0.001
    with pytest.raises(AssertionError):
        Curves(*(np.array([value]) for value in (-0.1, *[0.0] * 9)))


def test_landmarks_reach_as_far_as_there_is_mass():
    assert erf(LANDMARKS[-1] / math.sqrt(2)) == 1
    assert compare_mixed(STANDARD, piles(1)).js[0] == LOG_2


def test_report_says_none_for_infinite_and_undefined():
    report = divergence_report(parse_distribution("p", "dirac:0"), parse_distribution("q", "dirac:3"))
    assert list(report) == ["js", "kl", "kl_reverse", "tv", "hellinger2", "w1", "w2", "gradients"]
    assert report["kl"] is None and report["w1"] == 3
    assert report["gradients"] == {"saturating": None, "non_saturating": None, "wasserstein": 1}
    report = divergence_report(parse_distribution("p", "normal:0,1"), parse_distribution("q", "normal:4,1"))
    assert report["js"] == pytest.approx(0.632720193737, **EXACT)
    assert report["gradients"]["saturating"] == pytest.approx(0.137194817581, **EXACT)


@pytest.mark.parametrize(
    ("text", "mean", "sd"),
    [
        ("normal:1,2", 1, 2),
        (" uniform:-1,1 ", 0, 1 / math.sqrt(3)),
        ("dirac:-3.5", -3.5, 0),
        ("mixture:1,-2,1;3,2,1", 1, 2),
        ("discrete:0=1,4=3", 3, math.sqrt(3)),
        ("discrete:4=1,0=1,4=2", 3, math.sqrt(3)),
    ],
)
def test_distributions_as_text(text, mean, sd):
    found = parse_distribution("p", text)
    assert (found.mean, found.sd) == pytest.approx((mean, sd))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must be normal:mean,sd or"),
        ("cauchy:0,1", "cauchy:0,1 is not"),
        ("normal:0", "must look like normal:mean,sd; 0 does not"),
        ("normal:0,x", "must look like normal:mean,sd; 0,x does not"),
        ("normal:", 'must look like normal:mean,sd; "" does not'),
        ("normal:0,0", "standard deviation must be at least 0.000001; 0 is not"),
        ("normal:0,-1", "-1 is not"),
        ("normal:nan,1", "from -1,000,000 to 1,000,000; nan is not"),
        ("normal:0,inf", "inf is not"),
        ("normal:1e7,1", "1e+07 is not"),
        ("uniform:1,1", "high must exceed low by at least 0.000001; 1 and 1 do not"),
        ("uniform:2,1", "2 and 1 do not"),
        ("dirac:0,1", "must look like dirac:x; 0,1 does not"),
        ("mixture:1,0", "must look like mixture:weight,mean,sd;...; 1,0 does not"),
        ("mixture:0,0,1", "weight must be at least 0.000001; 0 is not"),
        ("discrete:1", "must look like discrete:x=mass,x=mass,...; 1 does not"),
        ("discrete:1=-1", "mass must be"),
        ("discrete:" + ",".join(["1=1"] * 1001), "at most 1000 parts; there are 1001"),
    ],
)
@pytest.mark.parametrize("field", ["p", "q"])
def test_bad_text_gets_a_sentence(field, text, sentence):
    with pytest.raises(ConfigError) as caught:
        parse_distribution(field, text)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"Distribution {field}") and sentence in str(caught.value)
