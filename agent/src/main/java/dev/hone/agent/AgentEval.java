package dev.hone.agent;

import dev.hone.agent.AgentRequest.Base.Elsewhere;
import dev.hone.agent.AgentRequest.Base.Here;
import dev.hone.ladder.rung.AtOnce;
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

  private AgentResult run() throws IOException {
    return switch (request.base()) {
      case Here here -> here(here);
      case Elsewhere(var model, var atOnce) -> measured(model, Optional.empty(), atOnce);
    };
  }

  private AgentResult here(Here here) throws IOException {
    listener.phase("opening the model");
    try (var base = HoneBase.builder().directory(here.directory()).threads(here.threads()).open()) {
      var plain = model(base, here.maxTokens(), Optional.empty());
      var tuned =
          here.adapter()
              .<ChatModel>map(adapter -> model(base, here.maxTokens(), Optional.of(adapter)));
      return measured(plain, tuned, AT_ONCE);
    } catch (IllegalArgumentException e) {
      throw e.getCause() instanceof UsageException refused ? refused : e;
    }
  }

  private AgentResult measured(ChatModel plain, Optional<ChatModel> tuned, int atOnce)
      throws IOException {
    long started = System.nanoTime();
    var asked = score("the base as an agent", plain, atOnce, UnaryOperator.identity());
    var prompted = Optional.<AgentScore>empty();
    if (request.system().isPresent()) {
      var text = request.system().get();
      prompted =
          Optional.of(
              score("the prompt as an agent", plain, atOnce, turn -> turn.withSystem(text)));
    }
    var adapted = Optional.<AgentScore>empty();
    if (tuned.isPresent()) {
      adapted =
          Optional.of(
              score("the adapter as an agent", tuned.get(), atOnce, UnaryOperator.identity()));
    }
    return new AgentResult(
        recordings, asked, prompted, adapted, (System.nanoTime() - started) / 1e9);
  }

  private static HoneChatModel model(HoneBase base, int maxTokens, Optional<Path> adapter) {
    var builder =
        HoneChatModel.builder().base(base).temperature(0).seed(0).maxOutputTokens(maxTokens);
    adapter.ifPresent(builder::adapter);
    return builder.build();
  }

  /// Several conversations at once, whose answers a model on this machine computes in the same
  /// passes.
  private AgentScore score(String phase, ChatModel model, int atOnce, UnaryOperator<Turn> asked)
      throws IOException {
    listener.phase(phase);
    var loop = new AgentLoop(model, request.maxSteps());
    var conversations = new ArrayList<List<Run>>();
    AtOnce.ask(
        atOnce,
        0,
        recordings.size(),
        place -> recordings.get(place).turns().stream().map(asked).map(loop::run).toList(),
        (place, runs) -> {
          conversations.add(runs);
          listener.progressed("row", conversations.size(), recordings.size());
        });
    return new AgentScore(conversations);
  }
}
