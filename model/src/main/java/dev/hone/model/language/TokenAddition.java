package dev.hone.model.language;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.Proof;
import dev.hone.model.adapter.Provenance;
import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelFile;
import dev.hone.model.checkpoint.NewRows;
import dev.hone.model.text.NewTokens;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Writes a model again with new tokens. See [NewTokens] for the tokenizer's files and [NewRows]
/// for the weights.
///
/// A model with a proof must replay it, and gets one of its own with the new tokens.
public final class TokenAddition {
  private TokenAddition() {}

  /// What was written.
  ///
  /// @param vocabSizeBefore rows of the base's embedding
  /// @param vocabSize rows of the new one; the same where the base had rows to spare
  public record Report(List<NewTokens.Token> tokens, int vocabSizeBefore, int vocabSize) {
    public Report {
      tokens = List.copyOf(tokens);
    }
  }

  /// Writes the directory `out`.
  ///
  /// @param base a Hugging Face directory
  /// @param contents the tokens' texts
  /// @param isSpecial whether they are left out of a text for people
  /// @param out a new or empty directory
  /// @throws CheckpointException when a file cannot be read or written
  /// @throws UsageException for a token or a base that this cannot be done with
  public static Report write(Path base, List<String> contents, boolean isSpecial, Path out)
      throws CheckpointException {
    if (ModelFile.isGguf(base)) {
      throw new UsageException(
          base + ": is a GGUF file, which gets no new tokens",
          "write it as a directory first: hone export --base %s --to hf --out DIR".formatted(base));
    }
    try (var arena = Arena.ofConfined()) {
      var model = Checkpoint.open(base, arena);
      var added = NewTokens.of(base, Tokenizer.open(model), contents, isSpecial);
      AtomicDirectory.write(out, dir -> false, dir -> write(model, added, dir));
      int before = model.config().vocabSize();
      return new Report(added.tokens(), before, Math.max(before, added.pieces().lastKey() + 1));
    }
  }

  private static void write(Checkpoint base, NewTokens added, Path dir) throws IOException {
    boolean isProven = Proof.read(base.dir(), base.config()).isPresent();
    if (isProven) open(base.dir()).close();
    NewRows.write(base, added.pieces(), dir);
    added.write(dir);
    var provenance = base.dir().resolve(Provenance.FILE);
    if (Files.exists(provenance)) AtomicFile.copy(provenance, dir.resolve(Provenance.FILE));
    if (isProven) prove(dir);
    try (var arena = Arena.ofConfined()) {
      Tokenizer.open(Checkpoint.open(dir, arena)); // what cannot be read again is not left behind
    }
  }

  private static LanguageModel open(Path dir) throws CheckpointException {
    return LanguageModel.open(dir, Optional.empty(), Optional.empty(), Proof.MAX_TOKENS);
  }

  private static void prove(Path dir) throws CheckpointException {
    try (var model = open(dir)) {
      Proof.ofModel(model.renderer(), model.decoder()).write(dir);
    }
  }
}
