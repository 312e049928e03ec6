package dev.hone.cli;

import dev.hone.model.generate.Generation;
import dev.hone.model.text.Conversation;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Who answers in a chat.
@FunctionalInterface
interface Speaker {
  /// Answers the last message.
  ///
  /// @param onText takes the answer piece by piece
  /// @param cancelled asked again and again; true ends the answer
  Generation answer(Conversation conversation, Consumer<String> onText, BooleanSupplier cancelled);
}
