package dev.hone.ladder.rung;

import dev.hone.rag.embed.Embedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The model answers from passages of the documents, and its citations are checked. How relevant a
/// passage must be for an answer is chosen on selection rows.
///
/// @param embedder for the index
public record Retrieval(ChatModel model, Path docs, Embedder embedder) implements Rung {
  @Override
  public String name() {
    return "retrieval";
  }

  @Override
  public String description() {
    return "answers from passages of %s, citations checked".formatted(docs.getFileName());
  }

  /// The right passage alone.
  @Override
  public Optional<Ceiling> ceiling(Materials materials) throws IOException {
    var oracle = new OracleContext(model, Optional.of(docs), Optional.of(embedder));
    return Optional.of(new Ceiling(oracle.description(), oracle.build(materials)));
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var index = PassageIndex.make(docs, embedder, model.contextTokens(), materials);
    var answering = FromPassages.plain("retrieval", model, index, embedder);
    var reach = Map.<String, Object>of("answers_in_passages", answering.reach(materials));
    return new Annotated(answering.chosen(materials), reach, List.of());
  }
}
