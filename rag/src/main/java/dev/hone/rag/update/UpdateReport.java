package dev.hone.rag.update;

import java.util.List;
import java.util.SortedMap;

/// What an update did.
///
/// @param added documents that are new, or were renamed
/// @param changed documents whose file has another content
/// @param removed documents whose file is gone, or can no longer be read
/// @param unchanged documents that were left alone
/// @param passages of all documents now
/// @param embedded passages that had to be embedded
/// @param stripped characters that nobody would have seen, in the documents read now
/// @param failures files that could not be read, with the reason
/// @param ignored files of other kinds, by the end of their name
public record UpdateReport(
    int added,
    int changed,
    int removed,
    int unchanged,
    long passages,
    long embedded,
    long stripped,
    List<Failure> failures,
    SortedMap<String, Integer> ignored,
    double seconds) {

  /// A file that could not be read.
  public record Failure(String source, String reason) {}
}
