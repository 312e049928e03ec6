package example.teashop;

import dev.hone.langchain4j.HoneBase;
import dev.hone.langchain4j.HoneChatModel;
import dev.hone.langchain4j.HoneContentRetriever;
import dev.hone.langchain4j.HoneEmbeddingModel;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.document.Limits;
import dev.hone.rag.update.UpdateListener;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Hone's models. Spring closes them in the end.
@Configuration(proxyBeanMethods = false)
class Models {
  private static final Logger LOG = LoggerFactory.getLogger(Models.class);

  /// The weights, in memory once however many models are made of them.
  @Bean
  HoneBase base(Settings settings) {
    var base = HoneBase.builder();
    settings.base().ifPresent(base::directory);
    return base.open();
  }

  @Bean
  HoneChatModel chatModel(HoneBase base, Settings settings) {
    var model = HoneChatModel.builder().base(base).temperature(0).maxOutputTokens(80);
    settings.adapter().ifPresent(model::adapter);
    return model.build();
  }

  @Bean
  HoneEmbeddingModel embeddingModel() {
    return HoneEmbeddingModel.open();
  }

  /// Brings the index in step with the documents first; only what has changed is read.
  @Bean
  HoneContentRetriever retriever(HoneEmbeddingModel model, Settings settings) throws IOException {
    var options = new DocumentIndex.Options(Optional.empty(), false, Optional.empty());
    try (var index = DocumentIndex.open(settings.index(), model.embedder(), options)) {
      index.update(settings.documents(), Limits.DEFAULT, Optional.empty(), new Told());
    }
    return HoneContentRetriever.builder(settings.index(), model).maxResults(1).build();
  }

  private static final class Told implements UpdateListener {
    @Override
    public void progressed(long done, long total) {
      LOG.info("indexed {} of {} bytes", done, total);
    }

    @Override
    public void failed(String source, String reason) {
      LOG.warn("{} is left out: {}", source, reason);
    }
  }
}
