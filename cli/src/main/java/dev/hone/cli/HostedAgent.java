package dev.hone.cli;

import dev.hone.agent.AgentRequest;
import dev.hone.agent.AgentRequest.Base.Elsewhere;
import dev.hone.hosted.HostedName;
import dev.hone.hosted.Patience;
import dev.hone.hosted.Providers;
import dev.hone.hosted.StoppedException;
import dev.hone.model.UsageException;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Measures a hosted model as an agent.
///
/// @param system a prompt to measure beside the rows' own
/// @param maxTokens the most tokens of a message
/// @param maxSteps the most messages of a turn
record HostedAgent(
    HostedName name, Optional<String> system, Source data, int maxTokens, int maxSteps) {
  /// @param file where what was called and said goes
  void run(Shell shell, AskingOptions asking, Optional<Path> file, boolean isJson)
      throws IOException {
    var spent = Files.createTempDirectory("hone-agent").resolve("spent.json");
    try {
      var budget = asking.spending().open(spent, name, false);
      var model =
          Providers.open(
              name, System.getenv(), asking.keyFile(), Patience.USUAL, budget, maxTokens);
      var base = new Elsewhere(model.chat(), asking.concurrency());
      AgentReport.run(shell, new AgentRequest(base, system, data, maxSteps), file, isJson);
      new SpentSoFar(Optional.of(name.text()), Optional.of(budget), Optional.empty(), false)
          .lines()
          .forEach(shell.err()::println);
    } catch (StoppedException e) {
      throw new UsageException(e.getMessage(), e.hint(), e);
    } finally {
      Files.deleteIfExists(spent);
      Files.delete(spent.getParent());
    }
  }
}
