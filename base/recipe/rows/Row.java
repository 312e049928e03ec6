import java.util.LinkedHashMap;

/// A finished row, its kind, and which variant of the kind it is.
record Row(String kind, String variant, Chat chat) {
  String json() {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("kind", kind);
    metadata.put("variant", variant);
    return chat.row(metadata);
  }
}
