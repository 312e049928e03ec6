package dev.hone.ladder.rung;

/// An answer, and what it took.
///
/// @param promptTokens read; 0 without a model
/// @param answerTokens written
/// @param millis from the question to the whole answer
public record Reply(String text, int promptTokens, int answerTokens, double millis) {}
