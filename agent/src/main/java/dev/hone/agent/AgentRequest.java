package dev.hone.agent;

import dev.hone.tune.data.Source;
import dev.langchain4j.model.chat.ChatModel;
import java.nio.file.Path;
import java.util.Optional;

/// What is to be measured.
///
/// @param system a prompt for the base, measured beside the base as the rows ask
/// @param data rows with tools
/// @param maxSteps the most messages of a turn
public record AgentRequest(Base base, Optional<String> system, Source data, int maxSteps) {
  /// The model.
  public sealed interface Base {
    /// On this machine.
    ///
    /// @param adapter measured beside the base alone
    /// @param maxTokens the most tokens of a message
    record Here(Path directory, Optional<Path> adapter, int maxTokens, int threads)
        implements Base {}

    /// Asked over the network.
    ///
    /// @param atOnce conversations that go on at the same time
    record Elsewhere(ChatModel model, int atOnce) implements Base {}
  }
}
