package dev.hone.cli;

import dev.hone.hosted.Budget;
import dev.hone.hosted.HostedName;
import dev.hone.hosted.Patience;
import dev.hone.hosted.Providers;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.LocalModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The model of a climb, opened.
///
/// @param local the same where it is on this machine: only such are trained
record OpenedModel(ChatModel chat, Optional<LocalModel> local) implements AutoCloseable {
  static OpenedModel local(Path directory, int threads, int answerTokens) throws IOException {
    var model = LocalModel.open(directory, Optional.empty(), threads, answerTokens);
    return new OpenedModel(model, Optional.of(model));
  }

  static OpenedModel hosted(
      HostedName name, Optional<Path> keyFile, Budget budget, int answerTokens) throws IOException {
    var chat = Providers.open(name, System.getenv(), keyFile, Patience.USUAL, budget, answerTokens);
    return new OpenedModel(chat, Optional.empty());
  }

  @Override
  public void close() {
    local.ifPresent(LocalModel::close);
  }
}
