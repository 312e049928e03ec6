package dev.hone.rag.update;

import dev.hone.rag.document.Documents;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The files of a folder, or a single file.
///
/// @param files that there is a reader for, by source
/// @param ignored others, counted by the end of their name
/// @param failures links that lead out of the folder, and what cannot be visited
record Folder(
    SortedMap<String, Path> files,
    SortedMap<String, Integer> ignored,
    List<UpdateReport.Failure> failures) {

  /// Walks `root`. What begins with a dot is passed over.
  static Folder scan(Path root) throws IOException {
    var folder = new Folder(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    if (Files.isRegularFile(root)) {
      folder.add(root.getFileName().toString(), root);
    } else {
      var real = root.toRealPath();
      Files.walkFileTree(real, Set.of(), Integer.MAX_VALUE, folder.new Visitor(real));
    }
    return folder;
  }

  private void add(String source, Path file) {
    if (Documents.isKnown(file)) {
      files.put(source, file);
    } else {
      ignored.merge(Documents.extension(file), 1, Integer::sum);
    }
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;

    Visitor(Path root) {
      this.root = root;
    }

    private String source(Path file) {
      return root.relativize(file).toString().replace('\\', '/');
    }

    private boolean isHidden(Path path) {
      return !path.equals(root) && path.getFileName().toString().startsWith(".");
    }

    @Override
    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
      return isHidden(dir) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isSymbolicLink()) {
        link(file);
      } else if (attributes.isRegularFile() && !isHidden(file)) {
        add(source(file), file);
      }
      return FileVisitResult.CONTINUE;
    }

    /// A link to a file inside the folder is that file; nothing outside is read.
    private void link(Path file) throws IOException {
      if (Files.isRegularFile(file) && file.toRealPath().startsWith(root)) {
        add(source(file), file);
      } else {
        failures.add(
            new UpdateReport.Failure(source(file), "is a link to a place outside the folder"));
      }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      failures.add(new UpdateReport.Failure(source(file), "cannot be read: " + failure));
      return FileVisitResult.CONTINUE;
    }
  }
}
