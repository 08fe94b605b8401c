import math

import numpy as np
import pytest

from gan_core.theory.divergence.quadrature import composite, sign_changes


def test_polynomials_are_integrated_exactly():
    x, weight = composite(np.array([-1.0, 0.5, 0.5, 2.0]), 8)
    for power in range(16):
        exact = (2.0 ** (power + 1) - (-1.0) ** (power + 1)) / (power + 1)
        assert weight @ x**power == pytest.approx(exact, rel=1e-13)
    assert (np.diff(x) >= 0).all() and weight.sum() == pytest.approx(3)


def test_many_rows_at_once():
    cuts = np.array([[0.0, 1.0, 2.0], [-3.0, 0.0, 5.0]])
    x, weight = composite(cuts, 20)
    assert x.shape == weight.shape == (2, 40)
    assert (weight * np.exp(x)).sum(axis=1) == pytest.approx(np.exp(cuts[:, 2]) - np.exp(cuts[:, 0]), rel=1e-13)


def test_a_narrow_peak_is_seen_only_with_a_cut():
    peak = lambda x: np.exp(-0.5 * (x / 1e-3) ** 2) / (1e-3 * math.sqrt(2 * math.pi))  # noqa: E731
    cut, coarse = np.array([-10, -0.01, 0, 0.01, 10]), np.array([-10, 0.5, 10])
    assert np.dot(composite(cut, 48)[1], peak(composite(cut, 48)[0])) == pytest.approx(1, abs=1e-12)
    assert np.dot(composite(coarse, 48)[1], peak(composite(coarse, 48)[0])) != pytest.approx(1, abs=0.1)


def test_sign_changes_of_a_curve_and_of_a_jump():
    assert sign_changes(np.cos, np.linspace(0, 9, 20)) == pytest.approx(np.pi * np.array([0.5, 1.5, 2.5]), abs=1e-14)
    jump = sign_changes(lambda x: np.where(x < 1 / 3, -1.0, 2.0), np.linspace(0, 1, 5))
    assert jump == pytest.approx([1 / 3], abs=1e-15)
    assert len(sign_changes(np.ones_like, np.linspace(0, 1, 5))) == 0
