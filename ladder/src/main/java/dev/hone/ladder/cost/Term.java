package dev.hone.ladder.cost;

/// A part of a cost.
///
/// @param inputs what it was computed from, in words
public record Term(String name, Money money, String inputs) {}
