package dev.hone.rag.document;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Plain text: paragraphs are separated by blank lines.
final class PlainText implements DocumentReader {
  private static final Pattern BLANK_LINES = Pattern.compile("\\R[ \\t]*(?:\\R[ \\t]*)+");

  @Override
  public void read(byte[] content, DocumentBuilder document) throws UnreadableException {
    for (var paragraph : BLANK_LINES.split(decode(content))) {
      document.code(paragraph);
    }
  }

  /// The file as UTF-8, without its byte order mark.
  static String decode(byte[] content) throws UnreadableException {
    for (byte b : content) {
      if (b == 0) {
        throw new UnreadableException("is not text: it has zero bytes");
      }
    }
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new UnreadableException("is not UTF-8; save it as UTF-8", e);
    }
  }
}
