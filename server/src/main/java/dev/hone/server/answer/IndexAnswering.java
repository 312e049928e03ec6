package dev.hone.server.answer;

import dev.hone.model.chat.ModelHost;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.answer.Answerer;
import dev.hone.rag.answer.CitationShape;
import dev.hone.rag.answer.CitedAnswer;
import dev.hone.rag.answer.CitedAnswer.Answered;
import dev.hone.rag.answer.CitedAnswer.Refused;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An index of documents that answers, its citations checked. It is opened for each question, so
/// that a change of the index counts at once. Where the index has access rules, a tenant sees what
/// readers of its name may see.
public final class IndexAnswering implements Answering {
  private final String name;
  private final Path index;
  private final Embedder embedder;
  private final ModelHost host;

  private IndexAnswering(String name, Path index, Embedder embedder, ModelHost host) {
    this.name = name;
    this.index = index;
    this.embedder = embedder;
    this.host = host;
  }

  /// @param embedder of the index; whoever opened it closes it
  /// @throws IOException when the index cannot be opened
  public static IndexAnswering open(String name, Path index, Embedder embedder, ModelHost host)
      throws IOException {
    DocumentIndex.read(index, embedder).close();
    return new IndexAnswering(name, index, embedder, host);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Replied reply(Question question, String tenant) throws IOException {
    var model = new EngineAnswerModel(host, tenant);
    try (var opened = DocumentIndex.read(index, embedder)) {
      var readers =
          opened.hasAccess() ? Optional.of(Set.of(tenant)) : Optional.<Set<String>>empty();
      var answerer =
          new Answerer(new Retriever(embedder, opened.fusion()), model, Answerer.Settings.DEFAULT);
      var answer = answerer.answer(opened.view(), question.text(), new Filter(Map.of(), readers));
      return replied(answer, model.promptTokens(), model.answerTokens());
    }
  }

  /// With its citations.
  static Replied replied(CitedAnswer answer, int promptTokens, int answerTokens) {
    return switch (answer) {
      case Refused refused ->
          new Replied(refused.reason().words(), List.of(), promptTokens, answerTokens);
      case Answered answered -> {
        var message = CitationShape.OPENAI.of(answered);
        yield new Replied(
            String.valueOf(message.get("content")),
            annotations(message.get("annotations")),
            promptTokens,
            answerTokens);
      }
    };
  }

  @SuppressWarnings("unchecked") // as the shape makes them
  private static List<Map<String, Object>> annotations(Object made) {
    return (List<Map<String, Object>>) made;
  }

  @Override
  public void close() {}
}
