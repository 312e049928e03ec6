package dev.hone.ladder.statistics;

/// An estimate and the limits of its confidence interval.
public record Interval(double estimate, double low, double high) {}
