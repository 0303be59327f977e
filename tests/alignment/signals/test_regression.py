"""The shared fit: right coefficients and errors in sluggish noise, and the same bits whoever stands beside."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from alignment.signals.regression import SHARED, Fit, design, regress
from alignment.signals.sums import gram
from alignment.signals.waves import Shape, grams
from tests.counts import count


def _noise(series: int, n: int, phi: float, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    fresh = chance.standard_normal((series, n))
    noise = fresh.copy()
    for t in range(1, n):
        noise[:, t] = phi * noise[:, t - 1] + np.sqrt(1 - phi * phi) * fresh[:, t]
    return noise


def _gappy(values: np.ndarray, share: float, seed: int) -> np.ndarray:
    lost = np.random.default_rng(seed).random(values.shape) < share
    return np.where(lost, np.nan, values)


def _same(one: Fit, other: Fit) -> bool:
    return all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in (
            (np.asarray(getattr(one, f.name)), np.asarray(getattr(other, f.name))) for f in fields(Fit)
        )
    )


def _rows(fit: Fit, start: int, stop: int) -> Fit:
    cut = {f.name: getattr(fit, f.name)[start:stop] for f in fields(Fit) if f.name not in SHARED}
    return Fit(design=fit.design, tested=fit.tested, scenario_phi=fit.scenario_phi, **cut)


@pytest.mark.parametrize(("n", "period"), [(12, 4), (26, None), (26, 12), (52, 12), (104, 52)])
def test_one_series_alone_gives_the_same_bits_as_among_many(n: int, period: int | None) -> None:
    values = 100 + 10 * _noise(count(small=1200, long=10_000), n, 0.4, 3)
    values[::2] = _gappy(values, 0.1, 4)[::2]
    values[5] = 7.0
    values[6] = np.nan
    together = regress(values, period=period)
    for i in (0, 1, 5, 6, 510, 513, len(values) - 1):
        assert _same(regress(values[i], period=period), _rows(together, i, i + 1))
        assert _same(regress(values[i : i + 2], period=period), _rows(together, i, i + 2))
    assert _same(regress(np.asfortranarray(values), period=period), together)
    assert _same(regress(np.repeat(values, 2, axis=1)[:, ::2], period=period), together)


def test_with_next_to_no_noise_line_and_season_are_found() -> None:
    t = np.arange(36)
    season = 5 * np.cos(2 * np.pi * t / 12) + 2 * np.sin(4 * np.pi * t / 12)
    values = 50 + 7 * (t / 35 - 0.5) + season
    values[[4, 20]] = np.nan
    values += np.random.default_rng(3).normal(0, 1e-3, 36)
    fit = regress(values, period=12)
    assert fit.coefficients[0, :5] == pytest.approx([50, 7, 5, 0, 0], abs=3e-3)
    assert fit.per_period[0] == pytest.approx(0.2, abs=1e-4)
    assert fit.fitted[0, 4] == pytest.approx(50 + 7 * (4 / 35 - 0.5) + season[4], abs=5e-3)
    assert np.isnan(fit.residuals[0, [4, 20]]).all()


@pytest.mark.parametrize("phi", [0.0, 0.4, 0.7])
def test_errors_say_how_far_the_line_is_off(phi: float) -> None:
    runs = count(small=600, long=5000)
    fit = regress(_gappy(_noise(runs, 52, phi, 1), 0.1, 2))
    spread = fit.coefficients[:, 1].std()
    assert fit.coefficients[:, 1].mean() == pytest.approx(0, abs=4 * spread / np.sqrt(runs))
    assert np.median(fit.errors[:, 1]) == pytest.approx(spread, rel=0.25)
    assert fit.phi.mean() == pytest.approx(phi, abs=0.1)
    assert fit.innovation_sd.mean() == pytest.approx(np.sqrt(1 - phi * phi), abs=0.06)


def test_a_few_wild_readings_hardly_move_the_line() -> None:
    values = _noise(400, 52, 0.2, 6)
    wild = values.copy()
    wild[:, [7, 50]] += 40.0
    calm, moved = regress(values), regress(wild)
    assert moved.clipped[:, [7, 50]].all()
    assert np.abs(moved.coefficients[:, 1] - calm.coefficients[:, 1]).mean() < 0.5
    assert regress(wild, clip=None).coefficients[:, 1].mean() > 1.0


def test_the_unit_does_not_matter() -> None:
    values = _gappy(_noise(50, 40, 0.3, 8), 0.1, 9)
    fit, other = regress(values, period=12), regress(-3e6 * values + 4e8, period=12)
    assert other.coefficients[:, 1] == pytest.approx(-3e6 * fit.coefficients[:, 1], rel=1e-6)
    assert other.errors == pytest.approx(3e6 * fit.errors, rel=1e-6)
    assert other.phi == pytest.approx(fit.phi, abs=1e-7)


def test_gaps_at_the_ends_only_shorten_the_window() -> None:
    values = _noise(30, 30, 0.3, 12)
    padded = np.full((30, 36), np.nan)
    padded[:, 4:34] = values
    fit, longer = regress(values), regress(padded)
    assert longer.per_period == pytest.approx(fit.per_period, rel=1e-9)
    assert longer.phi == pytest.approx(fit.phi)
    assert (longer.known == 30).all()


def test_what_cannot_be_fitted_is_nan_and_what_never_moves_is_zero() -> None:
    values = np.full((3, 12), 5.3)
    values[1, 4:] = np.nan
    values[2] = np.nan
    fit = regress(values, period=4)
    assert fit.coefficients[0] == pytest.approx([5.3, 0, 0, 0, 0], abs=1e-12)
    assert fit.errors[0, 1] == pytest.approx(0, abs=1e-12)
    assert np.isnan(fit.coefficients[1:]).all()
    assert regress(np.empty((0, 12))).coefficients.shape == (0, 2)


def test_season_needs_two_cycles() -> None:
    assert design(23, 12).shape == (23, 2)
    assert design(24, 12).shape == (24, 8)
    assert design(12, 4, line=False).shape == (12, 4)
    assert design(12, None, line=False).shape == (12, 1)


@pytest.mark.parametrize(
    ("n", "period", "line"), [(12, 4, True), (30, 12, False), (104, 52, True), (24, 2, True), (40, 0, True)]
)
@pytest.mark.parametrize("step", [1, 2])
def test_products_of_columns_are_summed_from_few_sums(n: int, period: int, line: bool, step: int) -> None:
    columns = design(n, period, line=line)
    link = (np.random.default_rng(n).random((n, 6)) < 0.8).astype(float)
    link[:step] = 0.0
    before = np.vstack([np.zeros((step, columns.shape[1])), columns[:-step]])
    found = grams(Shape(n, period, line, 3), link, step)
    for left, right, sums in (
        (columns, columns, found.here),
        (columns, before, found.across),
        (before, before, found.earlier),
    ):
        assert np.allclose(sums, gram(left, right, link), rtol=0, atol=1e-12)
