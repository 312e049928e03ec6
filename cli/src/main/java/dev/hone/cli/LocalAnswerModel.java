package dev.hone.cli;

import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.text.Conversation;
import dev.hone.rag.answer.AnswerModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// A model in this process that answers from passages, as `hone chat` would.
record LocalAnswerModel(ModelSpeaker speaker) implements AnswerModel, AutoCloseable {
  private static final int MAX_POSITIONS = 4096;
  private static final int MAX_TOKENS = 256;

  /// Room that a prompt must leave for an answer.
  private static final int ANSWER_TOKENS = 64;

  static LocalAnswerModel open(
      Path base, Optional<Path> adapter, Optional<BaseDtype> baseDtype, int threads)
      throws IOException {
    var sampling = SamplingFlags.ofMaxTokens(MAX_TOKENS);
    return new LocalAnswerModel(
        ModelSpeaker.open(base, adapter, baseDtype, MAX_POSITIONS, sampling, threads));
  }

  @Override
  public boolean fits(Conversation conversation) {
    return speaker.hasRoom(conversation, ANSWER_TOKENS);
  }

  @Override
  public String answer(Conversation conversation) {
    return speaker.answer(conversation, text -> {}, () -> false).text();
  }

  @Override
  public Set<String> controlTokens() {
    return speaker.controlTokens();
  }

  @Override
  public void close() {
    speaker.close();
  }
}
