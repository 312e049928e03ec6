package dev.hone.server.http;

import dev.hone.server.openai.Spent;
import dev.hone.server.state.Keys;
import java.io.IOException;

/// Counts the tokens of answers, for Prometheus and for the key that asked.
record TokenCount(Meter meter, Keys keys) {
  private static final System.Logger LOG = System.getLogger(TokenCount.class.getName());

  /// A database that is away does not take an answer back.
  void add(Caller caller, Spent spent) {
    meter.used(spent.promptTokens(), spent.answerTokens());
    if (caller.key().isEmpty()) {
      return;
    }
    var id = caller.key().get().id();
    long tokens = spent.promptTokens() + spent.answerTokens();
    try {
      keys.addUsage(caller.tenant(), id, tokens);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "%d tokens of key %s not counted".formatted(tokens, id), e);
    }
  }
}
