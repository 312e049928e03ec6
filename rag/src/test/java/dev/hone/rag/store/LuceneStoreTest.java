package dev.hone.rag.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LuceneStoreTest extends PassageStoreContract {
  @TempDir private Path dir;

  @Override
  PassageStore open() throws IOException {
    return LuceneStore.open(dir);
  }

  @Override
  PassageView read() throws IOException {
    return LuceneStore.read(dir);
  }
}
