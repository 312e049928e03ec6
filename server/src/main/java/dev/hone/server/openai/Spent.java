package dev.hone.server.openai;

/// Tokens that a request took, whether or not its answer reached the client.
public record Spent(long promptTokens, long answerTokens) {}
