package example.teashop;

import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What `application.properties` may set.
///
/// @param base a model's directory; by default the model that comes with Hone
/// @param adapter an adapter's directory, as `hone tune` makes it; by default none
/// @param documents what questions are answered from
/// @param index where the documents' index is kept
@ConfigurationProperties("teashop")
record Settings(
    Optional<Path> base,
    Optional<Path> adapter,
    @DefaultValue("documents") Path documents,
    @DefaultValue("target/documents.index") Path index) {}
