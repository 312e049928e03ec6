package dev.hone.rag.document;

import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Looks for compressed streams of a PDF that would inflate beyond reason, before anything reads
/// them. Inflates without keeping the result: a bomb costs a second and no memory.
final class PdfStreams {
  private static final byte[] STREAM = "stream".getBytes(StandardCharsets.US_ASCII);
  private static final long HARMLESS = 20 << 20;

  private PdfStreams() {}

  static void check(byte[] pdf, Limits limits) throws UnreadableException {
    var inflater = new Inflater();
    try {
      for (int at = next(pdf, 0); at >= 0; at = next(pdf, at)) {
        check(inflater, pdf, at, limits);
      }
    } finally {
      inflater.end();
    }
  }

  /// The offset behind the next keyword `stream` and its line end; negative where there is none.
  private static int next(byte[] pdf, int from) {
    for (int i = from; i + STREAM.length + 2 < pdf.length; i++) {
      if (pdf[i] == 's' && isKeyword(pdf, i)) {
        int end = i + STREAM.length;
        return pdf[end] == '\r' && pdf[end + 1] == '\n' ? end + 2 : end + 1;
      }
    }
    return -1;
  }

  private static boolean isKeyword(byte[] pdf, int at) {
    for (int i = 0; i < STREAM.length; i++) {
      if (pdf[at + i] != STREAM[i]) {
        return false;
      }
    }
    byte before = at == 0 ? 0 : pdf[at - 1];
    byte after = pdf[at + STREAM.length];
    return before != 'd' && (after == '\r' || after == '\n'); // not endstream
  }

  private static void check(Inflater inflater, byte[] pdf, int at, Limits limits)
      throws UnreadableException {
    inflater.reset();
    inflater.setInput(pdf, at, pdf.length - at);
    var sink = new byte[1 << 16];
    try {
      while (!inflater.finished() && inflater.inflate(sink) > 0) {
        long out = inflater.getBytesWritten();
        if (out > HARMLESS && out > inflater.getBytesRead() * limits.inflateRatio()) {
          throw new UnreadableException(
              "has a stream that inflates more than %d times".formatted(limits.inflateRatio()));
        }
      }
    } catch (DataFormatException e) {
      // Not deflate, or damaged: for PDFBox to judge.
      return;
    }
  }
}
