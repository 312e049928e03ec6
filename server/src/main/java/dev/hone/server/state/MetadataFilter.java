package dev.hone.server.state;

import java.util.Map;

/// Which jobs are listed.
public sealed interface MetadataFilter {
  /// All.
  record Any() implements MetadataFilter {}

  /// Those without metadata: `metadata=null`.
  record Absent() implements MetadataFilter {}

  /// Those that have all of these: `metadata[k]=v`.
  record Has(Map<String, String> pairs) implements MetadataFilter {
    public Has {
      pairs = Map.copyOf(pairs);
    }
  }
}
