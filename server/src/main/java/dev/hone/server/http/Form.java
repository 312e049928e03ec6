package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.fileupload.FileItemIterator;
import org.apache.commons.fileupload.FileItemStream;
import org.apache.commons.fileupload.FileUpload;
import org.apache.commons.fileupload.FileUploadException;
import org.apache.commons.fileupload.InvalidFileNameException;
import org.apache.commons.fileupload.UploadContext;

/// A multipart form, part by part as it comes: nothing is kept in memory or put on disk here.
final class Form {
  private static final int MOST_PARTS = 20;
  private static final int HEADER_BYTES = 4 << 10;

  private final FileItemIterator parts;

  private Form(FileItemIterator parts) {
    this.parts = parts;
  }

  /// @param mostBytes of the whole form
  /// @throws ApiException when it is no form
  static Form of(ServerRequest request, long mostBytes) {
    var type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
    if (!type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
      throw refused("its content type must be multipart/form-data");
    }
    var upload = new FileUpload();
    upload.setFileCountMax(MOST_PARTS);
    upload.setPartHeaderSizeMax(HEADER_BYTES);
    upload.setSizeMax(mostBytes);
    upload.setHeaderEncoding("UTF-8");
    try {
      return new Form(upload.getItemIterator(new Body(request)));
    } catch (FileUploadException | IOException e) {
      throw refused(e.getMessage());
    }
  }

  /// The next part; empty behind the last.
  Optional<FileItemStream> next() {
    try {
      return parts.hasNext() ? Optional.of(parts.next()) : Optional.empty();
    } catch (FileUploadException | IOException e) {
      throw refused(e.getMessage());
    }
  }

  /// What a part holds.
  static InputStream content(FileItemStream part) throws IOException {
    return new SentStream(part.openStream());
  }

  /// A file's name, as its sender calls it; empty where it has none.
  static String filename(FileItemStream part) {
    try {
      return part.getName() == null ? "" : part.getName();
    } catch (InvalidFileNameException e) {
      throw ApiException.invalid("file", "a file's name must not contain NUL");
    }
  }

  private static ApiException refused(String why) {
    return new ApiException(
        400,
        "Could not read the multipart form: " + why,
        "invalid_request_error",
        Optional.empty(),
        Optional.empty());
  }

  /// The body of a request, as the library wants it.
  private record Body(ServerRequest request) implements UploadContext {
    @Override
    public String getCharacterEncoding() {
      return StandardCharsets.UTF_8.name();
    }

    @Override
    public String getContentType() {
      return request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
    }

    @Override
    public long contentLength() {
      return request.headers().contentLength().orElse(-1);
    }

    @Override
    @Deprecated // by the library
    public int getContentLength() {
      return (int) Math.min(Integer.MAX_VALUE, contentLength());
    }

    @Override
    public InputStream getInputStream() {
      return new SentStream(request.content().inputStream());
    }
  }
}
