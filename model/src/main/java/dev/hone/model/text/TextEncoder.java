package dev.hone.model.text;

import java.util.OptionalInt;

/// Text to token ids and back: what rendering needs of a tokenizer.
public interface TextEncoder {
  /// The ids of `text`. Adds no token of its own, but the text of a special token (`<|im_end|>`)
  /// becomes its id.
  int[] encode(String text);

  /// The text of `ids`, the text of special tokens included.
  String decode(int[] ids);

  /// The id whose text is exactly `token`; empty where the vocabulary has none.
  OptionalInt idOf(String token);

  /// Whether `id` is a special token: a mark of the format, never a part of what somebody wrote.
  boolean isSpecial(int id);

  /// The text of the token `id` as the vocabulary has it.
  String token(int id);
}
