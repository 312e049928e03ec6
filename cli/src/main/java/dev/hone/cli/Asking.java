package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.model.UsageException;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.answer.Answerer;
import dev.hone.rag.answer.CitedAnswer;
import dev.hone.rag.answer.CitedAnswer.Answered;
import dev.hone.rag.answer.CitedAnswer.Refused;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Runs `hone ask`.
///
/// @param readers the labels of who asks; empty where nobody was named
record Asking(
    Shell shell,
    Path index,
    Map<String, String> filter,
    List<String> readers,
    Answerer.Settings settings,
    int threads,
    CitationText.Format format) {
  /// What the exit code says where the documents have no answer.
  private static final int REFUSED = 3;

  /// Shows what is found.
  int find(String question) throws IOException {
    try (var embedder = OnnxEmbedder.open(threads);
        var opened = DocumentIndex.read(index, embedder)) {
      var retriever = new Retriever(embedder, opened.fusion());
      var found = retriever.find(opened.view(), question, allowed(opened), settings.passages());
      new CitationText(shell.out(), format).found(found);
      return found.isEmpty() ? REFUSED : ErrorReport.FINE;
    }
  }

  private Filter allowed(DocumentIndex.Searchable opened) {
    boolean isChecked = opened.hasAccess();
    if (isChecked && readers.isEmpty()) {
      throw new UsageException(
          index + ": has access rules, and nobody is named who asks",
          "name a label of theirs: --as LABEL");
    }
    return new Filter(filter, isChecked ? Optional.of(Set.copyOf(readers)) : Optional.empty());
  }

  /// Answers.
  ///
  /// @param base empty for the embedded model
  int answer(
      String question, Optional<Path> base, Optional<Path> adapter, Optional<BaseDtype> baseDtype)
      throws IOException {
    var directory = base.isPresent() ? base.get() : Embedded.model();
    CitedAnswer answer;
    try (var embedder = OnnxEmbedder.open(threads);
        var opened = DocumentIndex.read(index, embedder)) {
      var allowed = allowed(opened);
      try (var model = LocalAnswerModel.open(directory, adapter, baseDtype, threads)) {
        var retriever = new Retriever(embedder, opened.fusion());
        var answerer = new Answerer(retriever, model, settings);
        answer = answerer.answer(opened.view(), question, allowed);
      }
    }
    var text = new CitationText(shell.out(), format);
    return switch (answer) {
      case Answered answered -> {
        text.answered(answered);
        yield ErrorReport.FINE;
      }
      case Refused refused -> {
        text.refused(refused);
        yield REFUSED;
      }
    };
  }
}
