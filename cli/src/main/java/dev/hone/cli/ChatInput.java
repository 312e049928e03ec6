package dev.hone.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Where the user's turns come from.
interface ChatInput extends AutoCloseable {
  /// The next turn; empty at the end.
  Optional<String> next() throws IOException;

  /// Begins an answer.
  ///
  /// @return whether the user has asked to end it
  BooleanSupplier answering();

  /// The answer has ended.
  void answered();

  @Override
  void close() throws IOException;
}
