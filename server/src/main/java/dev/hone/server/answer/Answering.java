package dev.hone.server.answer;

import java.io.IOException;

/// Answers a question as a whole. Of many threads.
public interface Answering extends AutoCloseable {
  /// As requests have it.
  String name();

  /// @param tenant who asks
  Replied reply(Question question, String tenant) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
