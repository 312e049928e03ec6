package dev.hone.rag.document;

import java.io.IOException;

/// Reads one format.
@FunctionalInterface
interface DocumentReader {
  /// Feeds what the file says to `document`, in order.
  ///
  /// @param content the whole file
  /// @throws IOException with the reason alone, when the file is not of the format or damaged
  void read(byte[] content, DocumentBuilder document) throws IOException;
}
