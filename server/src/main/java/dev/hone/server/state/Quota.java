package dev.hone.server.state;

/// What a tenant may have.
///
/// @param fileBytes of files and parts of uploads
/// @param openJobs that have not ended
public record Quota(long fileBytes, long openJobs) {
  public Quota {
    if (fileBytes < 0 || openJobs < 0) {
      throw new IllegalArgumentException(
          "a quota is not negative, got %d bytes, %d jobs".formatted(fileBytes, openJobs));
    }
  }

  /// 100 GiB, and 100 jobs.
  public static final Quota DEFAULT = new Quota(100L << 30, 100);
}
