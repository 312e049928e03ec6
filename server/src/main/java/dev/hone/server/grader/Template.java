package dev.hone.server.grader;

import dev.hone.server.api.ApiException;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A text with variables in it: `{{ item.answer }}`, `{{ sample.output_json.names[0] }}`. What they
/// stand for is put in as it is, a string without quotes and anything else as JSON; no variable is
/// looked for in it.
///
/// @param path where the text stands in the request
record Template(String text, String path) {
  private static final int MOST_LETTERS = 100_000;
  private static final int LONGEST_VARIABLE = 300;
  private static final Pattern VARIABLE =
      Pattern.compile("(item|sample)(\\.[^.\\[\\]{}\\s]+|\\[\\d+])+");
  private static final String OUTPUT_JSON = "/sample/output_json";

  /// @throws ApiException where something in braces is no variable
  static Template read(String text, String path) {
    var template = new Template(text, path);
    template.filled(variable -> "");
    return template;
  }

  /// @param variables an object of `item` and `sample`
  /// @throws GradingException where a variable is not there
  String fill(JsonNode variables) {
    return filled(variable -> value(variables, variable));
  }

  private String filled(UnaryOperator<String> values) {
    var out = new StringBuilder();
    int at = 0;
    for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
      int close = text.indexOf("}}", open);
      if (close < 0) {
        break;
      }
      out.append(text, at, open);
      out.append(values.apply(requireVariable(text.substring(open + 2, close).strip())));
      requireLength(out.length());
      at = close + 2;
    }
    requireLength(out.length() + text.length() - at);
    return out.append(text, at, text.length()).toString();
  }

  private void requireLength(int length) {
    if (length > MOST_LETTERS) {
      throw tooLong(path, MOST_LETTERS);
    }
  }

  static ApiException tooLong(String path, int most) {
    return ApiException.invalid(
        path,
        "string_above_max_length",
        "Invalid '%s': string too long, with what its variables stand for. Expected a string with maximum length %d."
            .formatted(path, most));
  }

  private String requireVariable(String variable) {
    if (variable.length() > LONGEST_VARIABLE || !VARIABLE.matcher(variable).matches()) {
      throw ApiException.invalid(
          path,
          "invalid_value",
          "Invalid '%s': what stands in {{ }} must be a variable, as in {{ item.answer }} or {{ sample.output_text }}."
              .formatted(path));
    }
    return variable;
  }

  private static String value(JsonNode variables, String variable) {
    var pointer =
        "/"
            + variable
                .replace("~", "~0")
                .replace("/", "~1")
                .replace("]", "")
                .replace('[', '/')
                .replace('.', '/');
    var value = variables.at(pointer);
    if (!value.isMissingNode()) {
      return value.isString() ? value.asString() : value.toString();
    }
    boolean isNoJson = pointer.startsWith(OUTPUT_JSON) && variables.at(OUTPUT_JSON).isMissingNode();
    throw new GradingException(
        isNoJson ? GradingError.SAMPLE_PARSE : GradingError.INVALID_VARIABLE,
        "there is no " + variable);
  }
}
