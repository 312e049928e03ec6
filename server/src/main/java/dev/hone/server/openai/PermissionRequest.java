package dev.hone.server.openai;

import dev.hone.server.api.ApiException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Who shall get a permission.
///
/// @param projectIds each of them once
public record PermissionRequest(List<String> projectIds) {
  private static final int MOST = 1_000;

  /// @throws ApiException naming what is wrong or unknown
  public static PermissionRequest read(JsonNode body) {
    var fields = Fields.of(body);
    var ids = fields.requireTexts("project_ids");
    fields.end();
    if (ids.isEmpty() || ids.size() > MOST) {
      throw ApiException.invalid(
          "project_ids",
          "invalid_value",
          "Invalid 'project_ids': must have 1 to %,d ids, has %,d".formatted(MOST, ids.size()));
    }
    return new PermissionRequest(ids.stream().distinct().toList());
  }
}
