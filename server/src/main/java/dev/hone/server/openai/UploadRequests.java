package dev.hone.server.openai;

import dev.hone.server.state.NewFile;
import dev.hone.server.state.NewUpload;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Requests about uploads.
public final class UploadRequests {
  private UploadRequests() {}

  /// Which parts make the file.
  ///
  /// @param md5 of the whole, in hexadecimal digits
  public record Completion(List<String> partIds, Optional<String> md5) {
    public Completion {
      partIds = List.copyOf(partIds);
    }
  }

  public static NewUpload create(Fields fields) {
    var filename = fields.requireText("filename");
    var purpose = fields.requireText("purpose");
    fields.require("bytes");
    long bytes = fields.wholeNumber("bytes", 1, NewUpload.MOST_BYTES).orElseThrow();
    fields.text("mime_type"); // files are told by their purpose
    var seconds = expiry(fields);
    fields.end();
    return new NewUpload(new NewFile(filename, purpose, seconds), bytes);
  }

  private static OptionalLong expiry(Fields fields) {
    var after = fields.object("expires_after");
    if (after.isEmpty()) {
      return OptionalLong.empty();
    }
    after.get().onlyIf("anchor", "\"created_at\"");
    var seconds = after.get().wholeNumber("seconds", 1, Long.MAX_VALUE);
    after.get().end();
    return seconds;
  }

  public static Completion complete(Fields fields) {
    var ids = fields.requireTexts("part_ids");
    var md5 = fields.text("md5");
    fields.end();
    return new Completion(ids, md5);
  }
}
