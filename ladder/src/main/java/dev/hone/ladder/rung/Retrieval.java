package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.model.text.Conversation;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.answer.AnswerModel;
import dev.hone.rag.answer.Answerer;
import dev.hone.rag.answer.CitedAnswer.Answered;
import dev.hone.rag.answer.CitedAnswer.Refused;
import dev.hone.rag.answer.Statement;
import dev.hone.rag.document.Limits;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import dev.hone.rag.update.UpdateListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The model answers from passages of the documents, and its citations are checked.
///
/// @param name `retrieval`, or what distinguishes a tuned model's
/// @param embedder for the index
public record Retrieval(String name, ChatModel model, Path docs, Embedder embedder)
    implements Rung {
  @Override
  public String description() {
    return "answers from passages of %s, citations checked".formatted(docs.getFileName());
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var path = materials.directory().resolve("index");
    var options = new DocumentIndex.Options(Optional.empty(), false, Optional.empty());
    try (var index = DocumentIndex.open(path, embedder, options)) {
      index.update(docs, Limits.DEFAULT, Optional.empty(), new Shown(materials.progress()));
    }
    return new Answering(model, DocumentIndex.read(path, embedder), embedder, path);
  }

  private record Shown(Materials.Progress progress) implements UpdateListener {
    @Override
    public void progressed(long done, long total) {
      progress.at("indexing", done, total);
    }

    @Override
    public void failed(String source, String reason) {
      progress.at("%s: %s".formatted(source, reason), 0, 0);
    }
  }

  /// An index that is open, and the model.
  record Answering(ChatModel model, DocumentIndex.Searchable opened, Embedder embedder, Path path)
      implements Solution {
    @Override
    public Reply answer(Item item) throws IOException {
      long start = System.nanoTime();
      var counting = new Counting(model);
      var answerer =
          new Answerer(
              new Retriever(embedder, opened.fusion()), counting, Answerer.Settings.DEFAULT);
      var answer = answerer.answer(opened.view(), item.question(), Filter.NONE);
      var text =
          switch (answer) {
            case Answered answered ->
                answered.statements().stream()
                    .filter(Statement::isSupported)
                    .map(Statement::text)
                    .collect(Collectors.joining(" "));
            case Refused refused -> refused.reason().words();
          };
      return new Reply(
          text, counting.promptTokens, counting.answerTokens, (System.nanoTime() - start) / 1e6);
    }

    @Override
    public Map<String, Object> recipe() {
      var recipe = new LinkedHashMap<String, Object>();
      recipe.put("kind", "retrieval");
      recipe.put("index", path.toString());
      recipe.putAll(model.recipe());
      return recipe;
    }

    @Override
    public void close() throws IOException {
      opened.close();
    }
  }

  /// Counts what an answer took.
  private static final class Counting implements AnswerModel {
    private final ChatModel model;
    private int promptTokens;
    private int answerTokens;

    Counting(ChatModel model) {
      this.model = model;
    }

    @Override
    public boolean fits(Conversation conversation) {
      return model.fits(conversation);
    }

    @Override
    public String answer(Conversation conversation) throws IOException {
      var reply = model.reply(conversation);
      promptTokens += reply.promptTokens();
      answerTokens += reply.answerTokens();
      return reply.text();
    }

    @Override
    public Set<String> controlTokens() {
      return model.controlTokens();
    }
  }
}
