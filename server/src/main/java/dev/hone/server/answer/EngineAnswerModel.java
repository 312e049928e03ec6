package dev.hone.server.answer;

import dev.hone.model.chat.ModelHost;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.serve.Request;
import dev.hone.model.text.Conversation;
import dev.hone.rag.answer.AnswerModel;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/// The base as the one who words an answer from passages. For one answer, whose tokens it counts.
final class EngineAnswerModel implements AnswerModel {
  private static final int ROOM = 96;
  private static final int MOST_TOKENS = 256;

  private final ModelHost host;
  private final String client;
  private int promptTokens;
  private int answerTokens;

  EngineAnswerModel(ModelHost host, String client) {
    this.host = host;
    this.client = client;
  }

  int promptTokens() {
    return promptTokens;
  }

  int answerTokens() {
    return answerTokens;
  }

  @Override
  public boolean fits(Conversation conversation) {
    int length = host.base().renderer().renderPrompt(conversation).length;
    return length + ROOM <= host.contextLength();
  }

  @Override
  public String answer(Conversation conversation) throws IOException {
    int[] prompt = host.base().renderer().renderPrompt(conversation);
    var options =
        SamplingOptions.greedy(Math.clamp(host.contextLength() - prompt.length, 1, MOST_TOKENS))
            .withStopIds(host.stopIds(host.base()));
    var ticket = host.submit(Request.of(prompt, options).withClient(client));
    try {
      var generation = ticket.result().get().generation();
      promptTokens += prompt.length;
      answerTokens += generation.ids().size();
      return generation.text();
    } catch (ExecutionException e) {
      throw new IOException("the engine failed", e);
    } catch (InterruptedException e) {
      ticket.cancel();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while answering", e);
    }
  }

  @Override
  public Set<String> controlTokens() {
    return host.tokenizer().specialTokens();
  }
}
