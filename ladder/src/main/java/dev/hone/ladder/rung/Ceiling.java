package dev.hone.ladder.rung;

/// What bounds a rung before it is made.
///
/// @param basis what it is, in words that go on from "with" or "as"
/// @param solution that knows what no real one can know
public record Ceiling(String basis, Solution solution) {}
