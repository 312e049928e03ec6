package dev.hone.rag.passage;

/// Counts a text as the embedder will: without the special tokens around it.
@FunctionalInterface
public interface TokenCounter {
  int count(String text);
}
