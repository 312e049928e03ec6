package dev.hone.ladder.rung;

import dev.hone.rag.embed.Embedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The model with the right passage before each question: no rung, but what bounds retrieval, and
/// tells what is not known from what is not able.
///
/// @param docs where passages are found; empty where the rows carry their own (`metadata.context`)
public record OracleContext(ChatModel model, Optional<Path> docs, Optional<Embedder> embedder)
    implements Rung {
  @Override
  public String name() {
    return "oracle-context";
  }

  @Override
  public String description() {
    return "the right passage before it";
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    if (docs.isEmpty()) {
      return new Oracle(model, Optional.empty());
    }
    var found = embedder.orElseThrow();
    var index = PassageIndex.make(docs.get(), found, model.contextTokens(), materials);
    return new Oracle(model, Optional.of(new Oracle.Lookup(index, found)));
  }
}
