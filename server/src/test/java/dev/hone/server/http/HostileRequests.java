package dev.hone.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Requests that no client of good will sends.
///
/// @param key that a server takes
/// @param bodyBytes that a server takes
/// @param own ids of another tenant: a file, a job, an upload
record HostileRequests(String key, int bodyBytes, List<String> own) {
  /// How a server must answer.
  enum Expected {
    /// It is HTTP: refused with an error object.
    REFUSED,
    /// It is not: refused, or hung up on.
    CLOSED,
    /// It is odd and not wrong: anything but a failure of ours.
    ANSWERED
  }

  /// @param bytes as they go over the wire
  record Hostile(String name, byte[] bytes, Expected expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String CHAT = "/v1/chat/completions";
  private static final String EMPTY = "{\"role\": \"user\", \"content\": \"\"},";
  private static final String LONG =
      "{\"type\": \"array\", \"minItems\": 3000, \"maxItems\": 3001, \"items\": {\"type\":"
          + " \"boolean\"}}";
  private static final String FILES = "/v1/files";

  List<Hostile> all() {
    var all = new ArrayList<Hostile>();
    bodies((name, body) -> all.add(new Hostile(name, json(CHAT, body), Expected.REFUSED)));
    schemas((name, schema) -> {
      all.add(new Hostile("format: " + name, json(CHAT, format(schema)), Expected.REFUSED));
      all.add(new Hostile("tool: " + name, json(CHAT, tool(schema)), Expected.REFUSED));
    });
    harmless((name, body) -> all.add(new Hostile(name, json(CHAT, body), Expected.ANSWERED)));
    for (var line : List.of("get /v1/models", "GET http://127.0.0.1:1/v1/models")) {
      all.add(new Hostile(line, get(line), Expected.ANSWERED));
    }
    lines(line -> all.add(new Hostile(shortened(line), get(line), Expected.REFUSED)));
    forms((name, bytes) -> all.add(new Hostile("form: " + name, bytes, Expected.REFUSED)));
    permissions((name, bytes) -> all.add(new Hostile(name, bytes, Expected.REFUSED)));
    graders((name, bytes) -> all.add(new Hostile(name, bytes, Expected.REFUSED)));
    keys((name, header) -> all.add(new Hostile(name, unkeyed(header), Expected.REFUSED)));
    others(all);
    protocol(all);
    return all;
  }

  /// Takes a request's name and what makes it hostile.
  @FunctionalInterface
  private interface Sink<T> {
    void add(String name, T content);
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "… of " + text.length();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private byte[] get(String line) {
    return ascii(line + " HTTP/1.1\r\nHost: x\r\n" + authorization() + "Content-Length: 0\r\n\r\n");
  }

  private String authorization() {
    return "Authorization: Bearer " + key + "\r\n";
  }

  private static byte[] unkeyed(String header) {
    return ascii("GET /v1/models HTTP/1.1\r\nHost: x\r\n" + header + "\r\n");
  }

  private byte[] json(String path, String body) {
    return post(path, "application/json", ascii(body));
  }

  private byte[] post(String path, String type, byte[] body) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(
        ascii(
            "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(path, authorization(), type, body.length)));
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static String chat(String content) {
    return "{\"model\": \"tiny\", \"max_tokens\": 2, \"messages\": [{\"role\": \"user\", \"content\": \"%s\"}]}"
        .formatted(content);
  }

  private static String with(String field) {
    var chat = chat("x");
    return chat.substring(0, chat.length() - 1) + ", " + field + "}";
  }

  private void bodies(Sink<String> sink) {
    sink.add("huge body", chat("x".repeat(bodyBytes)));
    sink.add("deep arrays", "[".repeat(20_000) + "]".repeat(20_000));
    sink.add("deep objects", "{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000));
    sink.add(
        "deep arrays in a field", with("\"metadata\": " + "[".repeat(5_000) + "]".repeat(5_000)));
    sink.add("key twice", with("\"model\": \"tiny\""));
    sink.add("key twice within", with("\"metadata\": {\"a\": 1, \"a\": 2}"));
    sink.add("two values", chat("x") + chat("x"));
    sink.add("no end", "{\"model\": \"tiny\"");
    sink.add("no value", " ");
    sink.add("NaN", with("\"temperature\": NaN"));
    sink.add("Infinity", with("\"temperature\": -Infinity"));
    sink.add("1e999", with("\"temperature\": 1e999"));
    sink.add("1e999 tokens", with("\"max_completion_tokens\": 1e999"));
    sink.add("1e999999999 as a seed", with("\"seed\": 1e999999999"));
    sink.add("negative tokens", with("\"max_completion_tokens\": -5"));
    sink.add("tokens beyond any integer", with("\"max_completion_tokens\": " + "9".repeat(90)));
    sink.add("a number of 50,000 digits", with("\"seed\": " + "9".repeat(50_000)));
    sink.add("a million answers", with("\"n\": 1000000"));
    sink.add("a thousand stops", with("\"stop\": [" + "\"a\",".repeat(1_000) + "\"b\"]"));
    sink.add("bias of no token", with("\"logit_bias\": {\"99999999999\": 1}"));
    sink.add("bias of a token beyond", with("\"logit_bias\": {\"999999\": 1}"));
    sink.add("bias of 1e999", with("\"logit_bias\": {\"1\": 1e999}"));
    sink.add("a name of 50,000 letters", with("\"" + "n".repeat(50_000) + "\": 1"));
    sink.add("bytes that are not UTF-8", chat("\u00ff\u00fe"));
    sink.add("UTF-8 that is too long", chat("\u00c0\u00af"));
    sink.add("half a character of UTF-8", chat("\u00e2\u0082"));
    sink.add("UTF-16", "{\0}\0");
    sink.add("line end in a text", chat("\n"));
    sink.add("model that is a path", chat("x").replace("tiny", "../../etc/passwd"));
    sink.add("model with NUL", chat("x").replace("tiny", "tiny\\u0000"));
    sink.add("model of 50,000 letters", chat("x").replace("tiny", "t".repeat(50_000)));
    sink.add("model of SQL", chat("x").replace("tiny", "' or 1=1 --"));
    sink.add(
        "10,000 messages", "{\"model\": \"tiny\", \"messages\": [" + "{},".repeat(9_999) + "{}]}");
    sink.add("more than the context", chat("x ".repeat(5_000)));
    sink.add(
        "arguments that nest deeply",
        chat("x")
            .replace(
                "\"content\"",
                "\"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\": \""
                    + "[".repeat(9_000)
                    + "\"}}], \"content\"")
            .replace("user", "assistant"));
    sink.add("a form that there is no room for", format(LONG));
    var streamed = format(LONG).replace("\"max_tokens\"", "\"stream\": true, \"max_tokens\"");
    sink.add("a form that there is no room for, streamed", streamed);
    sink.add("130 tools", with("\"tools\": [" + "{},".repeat(129) + "{}]"));
  }

  private static String format(String schema) {
    return with(
        "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"s\", \"schema\": %s}}"
            .formatted(schema));
  }

  private static String tool(String schema) {
    return with(
        "\"tool_choice\": \"required\", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": %s}}]"
            .formatted(schema));
  }

  private static void schemas(Sink<String> sink) {
    sink.add("reference to itself", "{\"$ref\": \"#\"}");
    sink.add(
        "endless recursion",
        "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\":"
            + " [\"a\"]}");
    sink.add(
        "references in a ring",
        "{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"$ref\": \"#/$defs/b\"}, \"b\": {\"$ref\":"
            + " \"#/$defs/a\"}}}");
    sink.add("reference to the network", "{\"$ref\": \"http://127.0.0.1:1/x\"}");
    sink.add("reference to a file", "{\"$ref\": \"file:///etc/passwd\"}");
    sink.add("a billion items", "{\"type\": \"array\", \"minItems\": 1000000000}");
    sink.add(
        "items up to a billion",
        "{\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"maxItems\": 1000000000}");
    sink.add("a billion letters", "{\"type\": \"string\", \"minLength\": 1000000000}");
    sink.add("letters beyond any integer", "{\"type\": \"string\", \"minLength\": 1e400}");
    sink.add("a pattern that explodes", "{\"type\": \"string\", \"pattern\": \"(a+)+$\"}");
    sink.add("no object", "[]");
    sink.add("nested 95 deep", nested(95));
    sink.add("a type that is none", "{\"type\": \"\\u0000\"}");
  }

  /// What costs a careless server its time or its stack.
  private static void harmless(Sink<String> sink) {
    sink.add("half a character", chat("\\ud800"));
    sink.add("NUL in a message", chat("\\u0000"));
    sink.add("format: wide enum", format(wideEnum()));
    sink.add("format: nested 40 deep", format(nested(40)));
    sink.add("format: a billion laughs", format(laughs()));
    sink.add("format: 2,000 fields that may be left out", format(fields(2_000)));
    sink.add("format: arrays of arrays of arrays", format(arrays(1_000)));
    sink.add(
        "format: a wide range",
        format("{\"type\": \"integer\", \"minimum\": -999999999999, \"maximum\": 999999999999}"));
    sink.add("tool: nested 80 deep", tool(nested(80)).replace("required", "auto"));
    sink.add("tool: 2,000 fields", tool(fields(2_000)).replace("required", "auto"));
    sink.add("a stop of 50,000 letters", with("\"stop\": \"" + "s".repeat(50_000) + "\""));
    sink.add("a user of 50,000 letters", with("\"user\": \"" + "u".repeat(50_000) + "\""));
    sink.add("2,000 messages", with("\"n\": 1").replace("[{", "[" + EMPTY.repeat(2_000) + "{"));
  }

  /// Each definition is twice the next one.
  private static String laughs() {
    var text = new StringBuilder("{\"$ref\": \"#/$defs/d0\", \"$defs\": {");
    for (int i = 0; i < 40; i++) {
      text.append(
          "\"d%d\": {\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#/$defs/d%d\"}, \"b\": {\"$ref\": \"#/$defs/d%d\"}}},"
              .formatted(i, i + 1, i + 1));
    }
    return text + "\"d40\": {\"type\": \"null\"}}}";
  }

  private static String fields(int count) {
    var text = new StringBuilder("{\"type\": \"object\", \"properties\": {\"f\": {}");
    for (int i = 0; i < count; i++) {
      text.append(", \"f%d\": {\"type\": \"null\"}".formatted(i));
    }
    return text + "}}";
  }

  private static String arrays(int most) {
    var array = "{\"type\": \"array\", \"maxItems\": %d, \"items\": %s}";
    return array.formatted(
        most, array.formatted(most, array.formatted(most, "{\"type\": \"null\"}")));
  }

  private static String nested(int levels) {
    return "{\"type\":\"array\",\"items\":".repeat(levels)
        + "{\"type\":\"null\"}"
        + "}".repeat(levels);
  }

  private static String wideEnum() {
    var values = new StringBuilder("{\"enum\": [\"v\"");
    for (int i = 0; i < 5_000; i++) {
      values.append(",\"v").append(i).append('"');
    }
    return values + "]}";
  }

  private static void lines(Consumer<String> sink) {
    for (var path :
        List.of(
            "/v1/files/../../../etc/passwd",
            "/v1/files/..%2f..%2fetc%2fpasswd/content",
            "/v1/files/%2e%2e/%2e%2e/hone.db",
            "/v1/files/file-%00",
            "/v1/files/%ff%fe",
            "/v1/files/%zz",
            "/v1/files/a%0d%0aSet-Cookie:%20x",
            "/v1/files/" + "a".repeat(7_000),
            "/v1/files/" + "a".repeat(12_000),
            "/v1/models/..%5c..%5cwindows",
            "/v1/models/ft:tiny:acme::'%20or%20'1'='1",
            "/v1/fine_tuning/jobs/ftjob-%27%3b%20drop%20table%20hone_job",
            "/v1/fine_tuning/jobs/..%2f..%2f/events",
            "/v1/fine_tuning/jobs/x;jsessionid=1/checkpoints",
            "/v1/files?limit=99999999999999999999",
            "/v1/files?limit=-1",
            "/v1/files?limit=NaN",
            "/v1/files?limit=%zz",
            "/v1/files?after=%27%20or%201=1",
            "/v1/files?after=%00",
            "/v1/files?order=asc;drop",
            "/v1/fine_tuning/checkpoints/..%2f..%2f..%2fetc/permissions",
            "/v1/fine_tuning/checkpoints/tiny/permissions",
            "/v1/fine_tuning/checkpoints/ft:tiny:other::x'%20or%20'1'='1/permissions",
            "/v1/fine_tuning/checkpoints/x/permissions?order=asc",
            "/v1/fine_tuning/checkpoints/x/permissions?project=x",
            "/v1/fine_tuning/jobs?metadata=x",
            "/v1/fine_tuning/jobs?" + "metadata[a]=1&".repeat(400),
            "/v2/models",
            "//v1//models//")) {
      sink.accept("GET " + path);
    }
    for (var line :
        List.of(
            "DELETE /v1/models/tiny",
            "DELETE /v1/models/..%2f..",
            "DELETE /v1/fine_tuning/checkpoints/..%2f../permissions/..%2fx",
            "DELETE /v1/fine_tuning/checkpoints/x/permissions/'%20or%201=1",
            "POST /v1/fine_tuning/jobs/..%2f/cancel",
            "BREW /v1/models",
            "TRACE /v1/models",
            "PATCH /v1/files",
            "OPTIONS /v1/files",
            "PROPFIND /v1/files",
            "M".repeat(3_000) + " /v1/models")) {
      sink.accept(line);
    }
  }

  private static String part(String disposition, String content) {
    return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
  }

  private static String purpose() {
    return part("name=\"purpose\"", "fine-tune");
  }

  private byte[] form(String type, String body) {
    return post(FILES, type, ascii(body));
  }

  private void forms(Sink<byte[]> sink) {
    var type = "multipart/form-data; boundary=b";
    var end = "--b--\r\n";
    var file = part("name=\"file\"; filename=\"a.jsonl\"", "{}");
    sink.add("no boundary", form("multipart/form-data", purpose() + file + end));
    sink.add("empty boundary", form("multipart/form-data; boundary=", purpose() + file + end));
    sink.add("wrong boundary", form("multipart/form-data; boundary=c", purpose() + file + end));
    sink.add(
        "boundary of 5,000 letters",
        form("multipart/form-data; boundary=" + "b".repeat(5_000), end));
    sink.add("no end", form(type, purpose() + file));
    sink.add(
        "no end of a part",
        form(
            type,
            purpose()
                + "--b\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n"
                + "{"));
    sink.add("nothing", form(type, ""));
    sink.add("no parts", form(type, end));
    sink.add("not a form", form("text/plain", "x"));
    sink.add("mixed", form("multipart/mixed; boundary=b", purpose() + file + end));
    sink.add("JSON", form("application/json", "{}"));
    sink.add(
        "giant part headers",
        form(type, "--b\r\nX-A: " + "a".repeat(30_000) + "\r\n\r\nx\r\n" + end));
    sink.add("part headers without end", form(type, "--b\r\nX-A: a"));
    sink.add("500 parts", form(type, part("name=\"x\"", "y").repeat(500) + end));
    sink.add("a part without a name", form(type, part("filename=\"a.jsonl\"", "{}") + end));
    sink.add("purpose twice", form(type, purpose() + purpose() + file + end));
    sink.add("file twice", form(type, purpose() + file + file + end));
    sink.add("no purpose", form(type, file + end));
    sink.add("no file", form(type, purpose() + end));
    sink.add("unknown field", form(type, purpose() + part("name=\"../x\"", "y") + file + end));
    sink.add(
        "purpose of a megabyte",
        form(type, part("name=\"purpose\"", "x".repeat(1 << 20)) + file + end));
    sink.add("purpose that is none", form(type, part("name=\"purpose\"", "\0") + file + end));
    sink.add(
        "absurd expiry",
        form(type, part("name=\"expires_after[seconds]\"", "1e999") + purpose() + file + end));
    sink.add(
        "expiry beyond time",
        form(
            type,
            part("name=\"expires_after[seconds]\"", "9223372036854775807")
                + purpose()
                + file
                + end));
    for (var name :
        List.of(
            "../../a.jsonl",
            "/etc/a.jsonl",
            "..\\a.jsonl",
            "a\0.jsonl",
            "a\1.jsonl",
            "",
            "..",
            "a".repeat(2_000) + ".jsonl",
            "a.exe")) {
      var named = part("name=\"file\"; filename=\"" + name + "\"", "{}");
      sink.add(
          "file named " + shortened(name.replace('\0', '0').replace('\1', '1')),
          form(type, purpose() + named + end));
      sink.add(
          "purpose behind file named " + shortened(name.replace('\0', '0').replace('\1', '1')),
          form(type, named + purpose() + end));
    }
    sink.add(
        "file name with a line end",
        form(type, purpose() + part("name=\"file\"; filename*=UTF-8''a%0d%0ab.jsonl", "{}") + end));
    sink.add(
        "upload of 1e300 bytes",
        json(
            "/v1/uploads",
            "{\"filename\": \"a.jsonl\", \"purpose\": \"fine-tune\", \"mime_type\": \"text/plain\","
                + " \"bytes\": 1e300}"));
    sink.add(
        "upload named as a path",
        json(
            "/v1/uploads",
            "{\"filename\": \"../a.jsonl\", \"purpose\": \"fine-tune\", \"mime_type\":"
                + " \"text/plain\", \"bytes\": 3}"));
    sink.add(
        "job on a path",
        json(
            "/v1/fine_tuning/jobs",
            "{\"model\": \"tiny\", \"training_file\": \"../../etc/passwd\"}"));
    sink.add(
        "job named as a path",
        json(
            "/v1/fine_tuning/jobs",
            "{\"model\": \"tiny\", \"training_file\": \"x\", \"suffix\": \"../..\"}"));
    sink.add(
        "job for 1e9 epochs",
        json(
            "/v1/fine_tuning/jobs",
            "{\"model\": \"tiny\", \"training_file\": \"x\", \"method\": {\"type\": \"supervised\","
                + " \"supervised\": {\"hyperparameters\": {\"n_epochs\": 1000000000}}}}"));
    sink.add(
        "job with a method of another kind",
        json(
            "/v1/fine_tuning/jobs",
            "{\"model\": \"tiny\", \"training_file\": \"x\", \"method\": [1]}"));
    sink.add(
        "job with metadata of 1e999",
        json(
            "/v1/fine_tuning/jobs",
            "{\"model\": \"tiny\", \"training_file\": \"x\", \"metadata\": {\"a\": 1e999}}"));
  }

  private void permissions(Sink<byte[]> sink) {
    var path = "/v1/fine_tuning/checkpoints/tiny/permissions";
    for (var ids :
        List.of(
            "[]",
            "{}",
            "\"other\"",
            "[3]",
            "[null]",
            "[\"\"]",
            "[\"../other\"]",
            "[" + "\"a\",".repeat(1_000) + "\"b\"]",
            "[\"" + "p".repeat(50_000) + "\"]")) {
      sink.add("permission for " + shortened(ids), json(path, "{\"project_ids\": " + ids + "}"));
    }
    sink.add("permission for nobody", json(path, "{}"));
    sink.add("permission with more", json(path, "{\"project_ids\": [\"a\"], \"role\": 1}"));
  }

  private void graders(Sink<byte[]> sink) {
    var open =
        "{\"type\": \"string_check\", \"name\": \"a\", \"operation\": \"eq\", \"reference\": \"b\","
            + " \"input\": \"";
    var multi =
        "{\"type\": \"multi\", \"name\": \"m\", \"graders\": {\"a\": %s\"}}, \"calculate_output\":"
            + " \"%s\"}";
    for (var grader :
        List.of(
            "[]",
            "{}",
            "{\"type\": \"python\", \"name\": \"p\", \"source\": \"import os\"}",
            open + "{{ item.x" + ".x".repeat(40_000) + " }}\"}",
            open + "{{ ".repeat(20_000) + "}}\"}",
            open + "{{ item.x }}".repeat(9_000) + "\"}",
            multi.formatted(open, "(".repeat(100_000)),
            multi.formatted(open, "T(java.lang.Runtime).getRuntime()"))) {
      var item = "{\"x\": \"" + "x".repeat(1_000) + "\"}";
      var body = "{\"grader\": %s, \"item\": %s, \"model_sample\": \"\"}".formatted(grader, item);
      sink.add("grader " + shortened(grader), json("/v1/fine_tuning/alpha/graders/run", body));
    }
  }

  private static void keys(Sink<String> sink) {
    sink.add("no key", "");
    sink.add("empty header", "Authorization:\r\n");
    sink.add("empty key", "Authorization: Bearer \r\n");
    sink.add("key of another kind", "Authorization: Basic YTpi\r\n");
    sink.add("wrong key", "Authorization: Bearer sk-hone-aaaaaaaaaaaa-" + "b".repeat(43) + "\r\n");
    sink.add(
        "key of 12,000 letters", "Authorization: Bearer sk-hone-" + "a".repeat(12_000) + "\r\n");
    sink.add("key of SQL", "Authorization: Bearer sk-hone-' or 1=1 --'-x\r\n");
    sink.add("key that is not ASCII", "Authorization: Bearer sk-hone-\u00ff\u00fe\u00ff\r\n");
  }

  /// What another tenant has is not there.
  private void others(List<Hostile> all) {
    for (var line :
        List.of(
            "GET /v1/files/" + own.get(0),
            "DELETE /v1/files/" + own.get(0),
            "GET /v1/files/" + own.get(0) + "/content",
            "GET /v1/files?after=" + own.get(0),
            "GET /v1/fine_tuning/jobs/" + own.get(1),
            "POST /v1/fine_tuning/jobs/" + own.get(1) + "/cancel",
            "POST /v1/fine_tuning/jobs/" + own.get(1) + "/pause",
            "GET /v1/fine_tuning/jobs/" + own.get(1) + "/events",
            "GET /v1/fine_tuning/jobs/" + own.get(1) + "/checkpoints",
            "GET /v1/fine_tuning/jobs?after=" + own.get(1),
            "POST /v1/uploads/" + own.get(2) + "/cancel")) {
      all.add(new Hostile("another's: " + line, get(line), Expected.REFUSED));
    }
    var job = "{\"model\": \"tiny\", \"training_file\": \"%s\"}".formatted(own.get(0));
    all.add(new Hostile("another's rows", json("/v1/fine_tuning/jobs", job), Expected.REFUSED));
    var whole = json("/v1/uploads/" + own.get(2) + "/complete", "{\"part_ids\": []}");
    all.add(new Hostile("another's upload", whole, Expected.REFUSED));
  }

  private void protocol(List<Hostile> all) {
    var chunked = "Transfer-Encoding: chunked\r\n";
    var smuggled = "0\r\n\r\nGET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n";
    wire(all, "both lengths", "Content-Length: 4\r\n" + chunked, smuggled, Expected.REFUSED);
    wire(
        all,
        "both lengths, the other way",
        chunked + "Content-Length: 4\r\n",
        smuggled,
        Expected.REFUSED);
    wire(
        all, "two lengths", "Content-Length: 2\r\nContent-Length: 4\r\n", "{}{}", Expected.REFUSED);
    wire(all, "a list of lengths", "Content-Length: 2, 4\r\n", "{}{}", Expected.REFUSED);
    wire(all, "negative length", "Content-Length: -1\r\n", "{}", Expected.REFUSED);
    wire(all, "length of letters", "Content-Length: abc\r\n", "{}", Expected.REFUSED);
    wire(all, "length with a sign", "Content-Length: +2\r\n", "{}", Expected.REFUSED);
    wire(
        all,
        "length beyond any integer",
        "Content-Length: 99999999999999999999\r\n",
        "{}",
        Expected.REFUSED);
    wire(
        all,
        "length of 10 GB, and little of it",
        "Content-Length: 10000000000\r\n",
        "{",
        Expected.REFUSED);
    wire(
        all,
        "unknown encoding",
        "Transfer-Encoding: xchunked\r\n",
        "2\r\n{}\r\n0\r\n\r\n",
        Expected.REFUSED);
    wire(
        all,
        "two encodings",
        "Transfer-Encoding: gzip, chunked\r\n",
        "2\r\n{}\r\n0\r\n\r\n",
        Expected.REFUSED);
    wire(
        all,
        "encoding twice",
        chunked + "Transfer-Encoding: identity\r\n",
        "2\r\n{}\r\n0\r\n\r\n",
        Expected.REFUSED);
    wire(all, "chunk size of letters", chunked, "zz\r\n{}\r\n0\r\n\r\n", Expected.REFUSED);
    wire(all, "negative chunk size", chunked, "-2\r\n{}\r\n0\r\n\r\n", Expected.REFUSED);
    wire(
        all,
        "chunk size beyond any integer",
        chunked,
        "FFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        Expected.REFUSED);
    wire(all, "chunk size without end", chunked, "1".repeat(20_000), Expected.REFUSED);
    wire(
        all,
        "huge body in chunks",
        chunked,
        "1000\r\n%s\r\n".formatted("x".repeat(4_096)).repeat(bodyBytes / 4_096 + 2) + "0\r\n\r\n",
        Expected.REFUSED);
    wire(all, "half a chunk", chunked, "10\r\n{", Expected.REFUSED);
    wire(all, "half a body", "Content-Length: 100\r\n", "{\"model\":", Expected.REFUSED);
    wire(
        all,
        "compressed body",
        "Content-Encoding: gzip\r\nContent-Length: 4\r\n",
        "\u001f\u008b\0\0",
        Expected.REFUSED);
    wire(
        all,
        "10,000 headers",
        "X-A: b\r\n".repeat(10_000) + "Content-Length: 0\r\n",
        "",
        Expected.REFUSED);
    wire(
        all,
        "a header of 100,000 letters",
        "X-A: " + "b".repeat(100_000) + "\r\nContent-Length: 0\r\n",
        "",
        Expected.REFUSED);
    wire(all, "space in front of a colon", "Content-Length : 2\r\n", "{}", Expected.REFUSED);
    wire(all, "folded header", "X-A: b\r\n c\r\nContent-Length: 0\r\n", "", Expected.REFUSED);
    wire(all, "NUL in a header", "X-A: \0\r\nContent-Length: 0\r\n", "", Expected.REFUSED);
    wire(all, "a header without a colon", "XA\r\nContent-Length: 0\r\n", "", Expected.REFUSED);
    wire(
        all,
        "expects too much",
        "Expect: 100-continue\r\nContent-Length: 10000000000\r\n",
        "",
        Expected.REFUSED);
    wire(
        all,
        "expects what is not",
        "Expect: a-miracle\r\nContent-Length: 2\r\n",
        "{}",
        Expected.REFUSED);
    bare(all, "no end of the headers", "GET /v1/models HTTP/1.1\r\nHost: x\r\n", Expected.CLOSED);
    bare(all, "half a request line", "GET /v1/mo", Expected.CLOSED);
    bare(
        all, "no host", "GET /v1/models HTTP/1.1\r\n" + authorization() + "\r\n", Expected.REFUSED);
    bare(all, "HTTP/9.9", "GET /v1/models HTTP/9.9\r\nHost: x\r\n\r\n", Expected.CLOSED);
    bare(all, "HTTP/1.0", "GET /v1/models HTTP/1.0\r\nHost: x\r\n\r\n", Expected.CLOSED);
    bare(all, "no version", "GET /v1/models\r\n\r\n", Expected.CLOSED);
    bare(all, "no path", "GET HTTP/1.1\r\nHost: x\r\n\r\n", Expected.CLOSED);
    bare(all, "path without a slash", "GET v1/models HTTP/1.1\r\nHost: x\r\n\r\n", Expected.CLOSED);
    bare(all, "a request line without end", "GET /" + "a".repeat(200_000), Expected.CLOSED);
    bare(
        all,
        "greeting of TLS",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003" + "\u0007".repeat(500),
        Expected.CLOSED);
    bare(all, "HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Expected.CLOSED);
    bare(all, "line ends alone", "\n".repeat(5_000), Expected.CLOSED);
    bare(all, "CONNECT", "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n", Expected.CLOSED);
    bare(all, "OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", Expected.CLOSED);
  }

  private void wire(
      List<Hostile> all, String name, String headers, String body, Expected expected) {
    var request =
        "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/json\r\n%s\r\n%s"
            .formatted(CHAT, authorization(), headers, body);
    all.add(new Hostile(name, ascii(request), expected));
  }

  private static void bare(List<Hostile> all, String name, String bytes, Expected expected) {
    all.add(new Hostile(name, ascii(bytes), expected));
  }
}
