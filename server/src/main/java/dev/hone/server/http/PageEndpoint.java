package dev.hone.server.http;

import dev.hone.server.page.PageFiles;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

/// The page of the server. It needs no key; what it shows is fetched by its scripts, with one.
record PageEndpoint(PageFiles files) implements HttpService {
  @Override
  public void routing(HttpRules rules) {
    files
        .byPath()
        .forEach((path, file) ->
            rules.get(
                path,
                (request, response) -> {
                  response.header(HeaderNames.CONTENT_TYPE, file.contentType());
                  response.send(file.text());
                }));
  }
}
