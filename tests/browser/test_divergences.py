"""JS against Wasserstein in a real browser: what the student moves, sees and sends to others."""

import re

import pytest
from playwright.sync_api import Page, expect


def open_page(page: Page, server, query: str = "") -> None:
    page.goto(f"{server.url}/divergences?lang=en{query}")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    page.wait_for_selector(".st-key-dirac_radii .main-svg")  # the end of the page


def key(page: Page, name: str):
    return page.locator(f".st-key-{name}")


def middle_of(page: Page, chart: str, path: str) -> float:
    """Where on the screen the middle of a mark is."""
    box = key(page, chart).locator(path).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def test_moving_theta_until_js_is_stuck(page, server):
    open_page(page, server, "&gaussian=9.9")
    expect(page.get_by_text("stuck at log 2")).to_be_visible()
    key(page, "divergences_gaussian").locator("input[type=range]").press("ArrowRight")
    expect(page.get_by_text("JS = 0.693146 is stuck at log 2")).to_be_visible()
    expect(page).to_have_url(re.compile("gaussian=10"))


def test_the_mark_stands_below_the_middle_of_p_g(page, server):
    """The pictures have one x axis: the line at theta is where p_g has its hill."""
    open_page(page, server, "&gaussian=6&sd_q=0.5")
    mark = middle_of(page, "divergences_curves", ".shapelayer path[style*='stroke-width: 2px']")
    hill = key(page, "divergences_distributions").locator(".scatterlayer .trace").nth(1).locator(".js-line")
    points = hill.evaluate(
        """path => { const box = path.getScreenCTM(), at = [...Array(2000).keys()]
             .map(i => path.getPointAtLength(i / 2000 * path.getTotalLength()))
             .reduce((a, b) => a.y < b.y ? a : b);
             return box.a * at.x + box.e }"""
    )
    assert points == pytest.approx(mark, abs=4)


def test_families_views_and_the_smallest_gan(page, server):
    open_page(page, server)
    page.get_by_role("radio", name="Dog, cat, bird").click()
    expect(page.get_by_text("Mode collapse: nothing but dogs.")).to_be_visible()
    page.get_by_role("radio", name="the generator's gradient").click()
    expect(page.get_by_text("Classes cannot be shifted a little")).to_be_visible()
    page.get_by_role("radio", name="Two parallel lines").click()
    expect(key(page, "divergences_curves").locator(".main-svg").first).to_be_visible()
    expect(page).to_have_url(re.compile("family=dirac"))
    slider = key(page, "dirac_dirac_gamma").locator("input[type=range]")
    slider.press("Home")
    expect(page.get_by_role("cell", name="1.001249")).to_have_count(2)  # without a penalty R1 is plain descent
    expect(page).to_have_url(re.compile("dirac_gamma=0"))
