package dev.hone.model.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Which bytes a token adds to a text: what the `decoder` of a `tokenizer.json` does to one token.
sealed interface TokenSpelling {
  byte[] bytes(String token);

  /// Whether decoding drops one space in front of a text.
  boolean dropsFirstSpace();

  /// Tokens of GPT-2's kind: each byte is written as a printable character. A token with another
  /// character, as added ones may have, is taken as it is.
  record ByteLevel() implements TokenSpelling {
    private static final int[] BYTE_OF_CHAR = byteOfChar();

    private static int[] byteOfChar() {
      var bytes = new int[512];
      Arrays.fill(bytes, -1);
      int moved = 0;
      for (int b = 0; b < 256; b++) {
        boolean isPrintable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
        bytes[isPrintable ? b : 256 + moved++] = b;
      }
      return bytes;
    }

    @Override
    public byte[] bytes(String token) {
      var bytes = new ByteArrayOutputStream(token.length());
      for (int i = 0; i < token.length(); i++) {
        char c = token.charAt(i);
        if (c >= BYTE_OF_CHAR.length || BYTE_OF_CHAR[c] < 0)
          return token.getBytes(StandardCharsets.UTF_8);
        bytes.write(BYTE_OF_CHAR[c]);
      }
      return bytes.toByteArray();
    }

    @Override
    public boolean dropsFirstSpace() {
      return false;
    }
  }

  /// Tokens of SentencePiece's kind: text with stand-ins, mostly `▁` for a space, and where the
  /// vocabulary has them byte tokens like `<0xE2>`.
  record Spaced(List<Replacement> replacements, boolean hasBytes, boolean dropsFirstSpace)
      implements TokenSpelling {
    public Spaced {
      replacements = List.copyOf(replacements);
    }

    @Override
    public byte[] bytes(String token) {
      if (hasBytes && token.matches("<0x[0-9A-Fa-f]{2}>"))
        return new byte[] {(byte) Integer.parseInt(token, 3, 5, 16)};
      var text = token;
      for (var r : replacements) text = text.replace(r.from(), r.to());
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  record Replacement(String from, String to) {}

  /// @return empty where the decoder does what cannot be told token by token
  static Optional<TokenSpelling> of(JsonNode decoder) {
    var steps = new ArrayList<JsonNode>();
    flatten(decoder, steps);
    var types = steps.stream().map(step -> step.path("type").asString("")).toList();
    if (types.equals(List.of("ByteLevel"))) return Optional.of(new ByteLevel());
    return spaced(steps);
  }

  private static void flatten(JsonNode decoder, List<JsonNode> steps) {
    if (decoder.path("type").asString("").equals("Sequence")) {
      decoder.path("decoders").forEach(step -> flatten(step, steps));
    } else {
      steps.add(decoder);
    }
  }

  private static Optional<TokenSpelling> spaced(List<JsonNode> steps) {
    var replacements = new ArrayList<Replacement>();
    boolean hasBytes = false;
    boolean isFused = false;
    boolean dropsFirstSpace = false;
    for (var step : steps) {
      switch (step.path("type").asString("")) {
        case "Replace" -> {
          if (!step.path("pattern").path("String").isString() || isFused) return Optional.empty();
          replacements.add(
              new Replacement(
                  step.path("pattern").path("String").asString(),
                  step.path("content").asString("")));
        }
        case "Metaspace" -> {
          replacements.add(new Replacement(step.path("replacement").asString("▁"), " "));
          dropsFirstSpace = addsFirstSpace(step);
        }
        case "ByteFallback" -> hasBytes = true;
        case "Fuse" -> isFused = true;
        case "Strip" -> {
          if (!isFused || !stripsOneSpace(step)) return Optional.empty();
          dropsFirstSpace = true;
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(new Spaced(replacements, hasBytes, dropsFirstSpace));
  }

  private static boolean addsFirstSpace(JsonNode metaspace) {
    return metaspace.has("prepend_scheme")
        ? !metaspace.path("prepend_scheme").asString("").equals("never")
        : metaspace.path("add_prefix_space").asBoolean(true);
  }

  private static boolean stripsOneSpace(JsonNode strip) {
    return strip.path("content").asString("").equals(" ")
        && strip.path("start").asInt(0) == 1
        && strip.path("stop").asInt(0) == 0;
  }
}
