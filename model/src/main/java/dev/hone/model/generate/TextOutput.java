package dev.hone.model.generate;

import dev.hone.model.text.StreamDecoder;
import dev.hone.model.text.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

/// Turns generated ids into text, hands it on as soon as it is certain, and keeps all of it.
public final class TextOutput {
  private final StreamDecoder decoder;
  private final StopStrings stop;
  private final Consumer<String> onText;
  private final StringBuilder text = new StringBuilder();

  private TextOutput(StreamDecoder decoder, StopStrings stop, Consumer<String> onText) {
    this.decoder = decoder;
    this.stop = stop;
    this.onText = onText;
  }

  /// Special tokens give no text.
  ///
  /// @param stop strings that end the text where they begin
  /// @param onText takes pieces of whole characters
  public static TextOutput of(Tokenizer tokenizer, List<String> stop, Consumer<String> onText) {
    return new TextOutput(tokenizer.stream(true), new StopStrings(stop), onText);
  }

  /// Takes the next token.
  ///
  /// @return whether the text goes on: no stop string has come
  public boolean add(int id) {
    emit(stop.add(decoder.add(id)));
    return !stop.isStopped();
  }

  /// Hands on what was held back.
  ///
  /// @return whether the text ended without a stop string
  public boolean finish() {
    if (!stop.isStopped()) emit(stop.add(decoder.finish()) + stop.finish());
    return !stop.isStopped();
  }

  private void emit(String piece) {
    if (piece.isEmpty()) return;
    text.append(piece);
    onText.accept(piece);
  }

  /// All that was handed on.
  public String text() {
    return text.toString();
  }
}
