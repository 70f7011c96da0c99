"""What several rooms need of statistics: means with their errors, errors of dependent draws, intervals, streams."""

from __future__ import annotations

from glosten.statistics._bootstrap import bootstrap_means, mean_block
from glosten.statistics._clusters import clustered_error, overlapping_error
from glosten.statistics._correlation import (
    Estimate,
    middle_ranks,
    pearson,
    pearson_influence,
    slope,
    slope_influence,
    spearman,
    spearman_influence,
)
from glosten.statistics._intervals import Interval, normal_interval, percentile_interval, student_interval
from glosten.statistics._mean import Mean, means_of_sums
from glosten.statistics._newey_west import automatic_lag, long_run_covariance, mean_in_time, serial_error
from glosten.statistics._prints import number_orders
from glosten.statistics._streams import (
    FRACTIONS,
    advance,
    advance_word,
    advance_words,
    bits,
    exchange_halves,
    sequence,
    stream,
    uncompiled_advance,
    uncompiled_bits,
    uniform,
)

__all__ = [
    "FRACTIONS",
    "Estimate",
    "Interval",
    "Mean",
    "advance",
    "advance_word",
    "advance_words",
    "automatic_lag",
    "bits",
    "bootstrap_means",
    "clustered_error",
    "exchange_halves",
    "long_run_covariance",
    "mean_block",
    "mean_in_time",
    "means_of_sums",
    "middle_ranks",
    "normal_interval",
    "number_orders",
    "overlapping_error",
    "pearson",
    "pearson_influence",
    "percentile_interval",
    "sequence",
    "serial_error",
    "slope",
    "slope_influence",
    "spearman",
    "spearman_influence",
    "stream",
    "student_interval",
    "uncompiled_advance",
    "uncompiled_bits",
    "uniform",
]
