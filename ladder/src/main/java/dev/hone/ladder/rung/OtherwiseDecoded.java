package dev.hone.ladder.rung;

import dev.hone.model.text.Conversation;
import java.util.Set;

/// A model that is asked with another decoding, and is as it was in all else.
interface OtherwiseDecoded extends ChatModel {
  /// The one that is asked.
  ChatModel model();

  @Override
  default boolean fits(Conversation asked) {
    return model().fits(asked);
  }

  @Override
  default int contextTokens() {
    return model().contextTokens();
  }

  @Override
  default Set<String> controlTokens() {
    return model().controlTokens();
  }
}
