package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.FileObject;
import dev.hone.server.job.FileChecks;
import dev.hone.server.state.Files.Received;
import dev.hone.server.state.NewFile;
import dev.hone.server.state.Scope;
import dev.hone.server.state.State;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.commons.fileupload.FileItemStream;
import tools.jackson.databind.JsonNode;

/// `/v1/files`.
final class FilesEndpoint {
  private static final int USUAL_LIMIT = 10_000;

  /// Of a form beside its file.
  private static final int FORM_BYTES = 64 << 10;

  private static final int LONGEST_FIELD = 10_000;
  private static final Set<String> FIELDS =
      Set.of("purpose", "expires_after[anchor]", "expires_after[seconds]");

  private final State state;
  private final FileChecks checks;

  FilesEndpoint(State state) {
    this.state = state;
    this.checks = new FileChecks(state);
  }

  JsonNode list(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    Query.requireKnown(request, Set.of("purpose", "limit", "order", "after"));
    var purpose = Query.text(request, "purpose");
    var page = Query.page(request, USUAL_LIMIT);
    return state.files().list(caller.tenant(), purpose, page).toJson();
  }

  JsonNode retrieve(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    return state.files().retrieve(caller.tenant(), Query.id(request)).toJson();
  }

  JsonNode delete(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var deleted = state.files().delete(caller.tenant(), Query.id(request));
    state.audit().add(caller.tenant(), caller.client(), "file.delete", deleted.id(), "");
    return deleted.toJson();
  }

  /// `POST /v1/files/{id}/check`, which is Hone's own.
  JsonNode check(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    return checks.check(caller.tenant(), Query.id(request));
  }

  void content(Caller caller, ServerRequest request, ServerResponse response) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var path = state.files().content(caller.tenant(), Query.id(request));
    response.header(HeaderNames.CONTENT_TYPE, "application/octet-stream");
    response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(Files.size(path)));
    try (var out = response.outputStream()) {
      Files.copy(path, out);
    }
  }

  /// Some clients send the purpose in front of the file and some behind it, so that a content is
  /// stored before it is known whether it may be.
  JsonNode create(Caller caller, ServerRequest request) throws IOException {
    caller.require(Scope.FINE_TUNING);
    var sent = new Sent(state.files());
    try {
      var form = Form.of(request, dev.hone.server.state.Files.MOST_BYTES + FORM_BYTES);
      for (var part = form.next(); part.isPresent(); part = form.next()) {
        sent.take(part.get());
      }
      return created(caller, sent).toJson();
    } catch (ApiException | IOException e) {
      sent.discard();
      throw e;
    }
  }

  private FileObject created(Caller caller, Sent sent) throws IOException {
    var content =
        sent.content.orElseThrow(() ->
            ApiException.invalid(
                "file", "missing_required_parameter", "Missing required parameter: 'file'."));
    var file = state.files().create(caller.tenant(), described(sent.name, sent.fields), content);
    state.audit().add(caller.tenant(), caller.client(), "file.create", file.id(), file.purpose());
    return file;
  }

  /// What a form has brought so far.
  private static final class Sent {
    private final dev.hone.server.state.Files files;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private String name = "";
    private Optional<Received> content = Optional.empty();

    Sent(dev.hone.server.state.Files files) {
      this.files = files;
    }

    void take(FileItemStream part) throws IOException {
      if (part.getFieldName().equals("file") && content.isEmpty()) {
        receive(part);
      } else {
        add(part, fields);
      }
    }

    private void receive(FileItemStream part) throws IOException {
      name = Form.filename(part);
      if (name.isEmpty()) {
        throw ApiException.invalid("file", "'file' must be a file with a name");
      }
      if (fields.containsKey("purpose")) {
        described(name, fields); // what is refused need not be stored first
      }
      try (var stream = Form.content(part)) {
        content = Optional.of(files.receive(stream));
      }
    }

    void discard() throws IOException {
      if (content.isPresent()) {
        files.discard(content.get());
      }
    }
  }

  private static NewFile described(String name, Map<String, String> fields) {
    var purpose = fields.get("purpose");
    if (purpose == null) {
      throw ApiException.invalid(
          "purpose", "missing_required_parameter", "Missing required parameter: 'purpose'.");
    }
    var anchor = fields.getOrDefault("expires_after[anchor]", "created_at");
    if (!anchor.equals("created_at")) {
      throw ApiException.invalid("expires_after[anchor]", "must be 'created_at'");
    }
    return new NewFile(name, purpose, seconds(fields));
  }

  private static OptionalLong seconds(Map<String, String> fields) {
    var text = fields.get("expires_after[seconds]");
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw ApiException.invalid(
          "expires_after[seconds]", "must be an integer, got '%s'".formatted(text));
    }
  }

  private static void add(FileItemStream part, Map<String, String> fields) throws IOException {
    var name = part.getFieldName();
    if (!FIELDS.contains(name) || fields.containsKey(name)) {
      throw ApiException.invalid(
          name, "unknown_parameter", "Unknown parameter: '%s'.".formatted(name));
    }
    try (var content = Form.content(part)) {
      var bytes = content.readNBytes(LONGEST_FIELD);
      fields.put(name, new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
