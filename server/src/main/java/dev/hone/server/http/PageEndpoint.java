package dev.hone.server.http;

import dev.hone.server.page.PageFiles;
import io.helidon.http.HeaderNames;

/// The page of the server. It needs no key; what it shows is fetched by its scripts, with one.
record PageEndpoint(PageFiles files) {
  void addTo(Routes routes) {
    files
        .byPath()
        .forEach((path, file) ->
            routes.get(
                path,
                (request, response) -> {
                  response.header(HeaderNames.CONTENT_TYPE, file.contentType());
                  response.send(file.text());
                }));
  }
}
