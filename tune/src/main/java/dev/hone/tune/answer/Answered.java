package dev.hone.tune.answer;

/// A row's question with what the model has said to it.
///
/// @param answer as generated
/// @param isCut whether the token limit ended it
public record Answered(Question question, String answer, boolean isCut) {}
