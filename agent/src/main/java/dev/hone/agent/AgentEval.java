package dev.hone.agent;

import dev.hone.langchain4j.HoneBase;
import dev.hone.langchain4j.HoneChatModel;
import dev.hone.model.UsageException;
import dev.hone.tune.run.TuneListener;
import dev.langchain4j.model.chat.ChatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/// Runs recorded conversations again with a model, without and with a prompt, and with an adapter.
/// Every turn begins with what was recorded before it, so that an error does not spoil the turns
/// behind it. The model always takes the likeliest token.
public final class AgentEval {
  private static final int AT_ONCE = 16;

  private final AgentRequest request;
  private final List<Recording> recordings;
  private final TuneListener listener;

  private AgentEval(AgentRequest request, List<Recording> recordings, TuneListener listener) {
    this.request = request;
    this.recordings = recordings;
    this.listener = listener;
  }

  /// @throws UsageException when model, adapter or rows cannot be used
  public static AgentResult run(AgentRequest request, TuneListener listener) throws IOException {
    listener.phase("reading the rows");
    return new AgentEval(request, Recording.read(request.data()), listener).run();
  }

  private AgentResult run() {
    listener.phase("opening the model");
    try (var base =
        HoneBase.builder().directory(request.base()).threads(request.threads()).open()) {
      var plain = model(base, Optional.empty());
      var tuned = request.adapter().map(adapter -> model(base, Optional.of(adapter)));
      long started = System.nanoTime();
      var asked = score("the base as an agent", plain, UnaryOperator.identity());
      var prompted =
          request
              .system()
              .map(text -> score("the prompt as an agent", plain, turn -> turn.withSystem(text)));
      var adapted =
          tuned.map(model -> score("the adapter as an agent", model, UnaryOperator.identity()));
      return new AgentResult(
          recordings, asked, prompted, adapted, (System.nanoTime() - started) / 1e9);
    } catch (IllegalArgumentException e) {
      throw e.getCause() instanceof UsageException refused ? refused : e;
    }
  }

  private HoneChatModel model(HoneBase base, Optional<Path> adapter) {
    var builder =
        HoneChatModel.builder()
            .base(base)
            .temperature(0)
            .seed(0)
            .maxOutputTokens(request.maxTokens());
    adapter.ifPresent(builder::adapter);
    return builder.build();
  }

  /// Several conversations at once, whose answers the model computes in the same passes.
  private AgentScore score(String phase, ChatModel model, UnaryOperator<Turn> asked) {
    listener.phase(phase);
    var loop = new AgentLoop(model, request.maxSteps());
    var conversations = new ArrayList<List<Run>>();
    try (var pool = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      var running =
          recordings.stream()
              .map(recording ->
                  CompletableFuture.supplyAsync(
                      () -> recording.turns().stream().map(asked).map(loop::run).toList(), pool))
              .toList();
      for (var conversation : running) {
        conversations.add(conversation.join());
        listener.progressed("row", conversations.size(), recordings.size());
      }
    }
    return new AgentScore(conversations);
  }
}
