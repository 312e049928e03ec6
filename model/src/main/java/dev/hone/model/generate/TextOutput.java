package dev.hone.model.generate;

import dev.hone.model.text.StreamDecoder;
import java.util.function.Consumer;

/// Turns generated ids into text, hands it on as soon as it is certain, and keeps all of it.
final class TextOutput {
  private final StreamDecoder decoder;
  private final StopStrings stop;
  private final Consumer<String> onText;
  private final StringBuilder text = new StringBuilder();

  TextOutput(StreamDecoder decoder, StopStrings stop, Consumer<String> onText) {
    this.decoder = decoder;
    this.stop = stop;
    this.onText = onText;
  }

  /// @return whether the text goes on: no stop string has come
  boolean add(int id) {
    emit(stop.add(decoder.add(id)));
    return !stop.isStopped();
  }

  /// Hands on what was held back.
  ///
  /// @return whether the text ended without a stop string
  boolean finish() {
    if (!stop.isStopped()) emit(stop.add(decoder.finish()) + stop.finish());
    return !stop.isStopped();
  }

  private void emit(String piece) {
    if (piece.isEmpty()) return;
    text.append(piece);
    onText.accept(piece);
  }

  String text() {
    return text.toString();
  }
}
