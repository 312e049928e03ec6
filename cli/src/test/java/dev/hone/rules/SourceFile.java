package dev.hone.rules;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// One Java source as the JDK's own parser sees it, so that comments and strings are never taken
/// for code.
///
/// @param path from the project's root, e.g. `model/src/main/java/dev/hone/model/text/Message.java`
/// @param packageName empty for the unnamed package
/// @param qualifiedNames every dotted name in imports and code
/// @param annotations simple names
/// @param calls simple names of the methods called
/// @param types simple names of the types declared
record SourceFile(
    String path,
    String text,
    String packageName,
    List<Use> qualifiedNames,
    List<Use> annotations,
    List<Use> calls,
    List<Use> types) {

  /// A name and the line that it stands on.
  record Use(String name, long line) {}

  /// Parses files together: to set the compiler up takes longer than to parse one.
  static List<SourceFile> read(Path root, List<Path> files) throws IOException {
    var sources = new ArrayList<InMemory>();
    for (var file : files) {
      var path = root.relativize(file).toString().replace('\\', '/');
      sources.add(new InMemory(path, Files.readString(file)));
    }
    return parse(sources);
  }

  static SourceFile parse(String path, String text) {
    return parse(List.of(new InMemory(path, text))).getFirst();
  }

  private static List<SourceFile> parse(List<InMemory> sources) {
    try {
      var compiler = ToolProvider.getSystemJavaCompiler();
      var task = (JavacTask) compiler.getTask(null, null, null, null, null, sources);
      var trees = Trees.instance(task);
      var parsed = new ArrayList<SourceFile>();
      for (var unit : task.parse()) { // in the order of the sources
        var source = sources.get(parsed.size());
        var uses = new Uses(unit, trees);
        uses.scan(unit, null);
        var name = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
        parsed.add(
            new SourceFile(
                source.path,
                source.text,
                name,
                uses.qualifiedNames,
                uses.annotations,
                uses.calls,
                uses.types));
      }
      return parsed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String module() {
    return path.substring(0, path.indexOf('/'));
  }

  boolean isMain() {
    return path.contains("/src/main/");
  }

  boolean isPackageInfo() {
    return path.endsWith("/package-info.java");
  }

  private static final class InMemory extends SimpleJavaFileObject {
    private final String path;
    private final String text;

    InMemory(String path, String text) {
      super(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE);
      this.path = path;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /// Collects the uses of one compilation unit.
  private static final class Uses extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final Trees trees;
    final List<Use> qualifiedNames = new ArrayList<>();
    final List<Use> annotations = new ArrayList<>();
    final List<Use> calls = new ArrayList<>();
    final List<Use> types = new ArrayList<>();

    Uses(CompilationUnitTree unit, Trees trees) {
      this.unit = unit;
      this.trees = trees;
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree node, Void unused) {
      if (isName(node)) qualifiedNames.add(use(node.toString(), node));
      return super.visitMemberSelect(node, unused);
    }

    @Override
    public Void visitAnnotation(AnnotationTree node, Void unused) {
      annotations.add(use(lastSegment(node.getAnnotationType().toString()), node));
      return super.visitAnnotation(node, unused);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree node, Void unused) {
      calls.add(use(lastSegment(node.getMethodSelect().toString()), node));
      return super.visitMethodInvocation(node, unused);
    }

    @Override
    public Void visitClass(ClassTree node, Void unused) {
      types.add(use(node.getSimpleName().toString(), node));
      return super.visitClass(node, unused);
    }

    /// True of `a.b.C`, false of `f().c`.
    private static boolean isName(Tree node) {
      return node instanceof IdentifierTree
          || (node instanceof MemberSelectTree select && isName(select.getExpression()));
    }

    private static String lastSegment(String name) {
      return name.substring(name.lastIndexOf('.') + 1);
    }

    private Use use(String name, Tree node) {
      var start = trees.getSourcePositions().getStartPosition(unit, node);
      return new Use(name, unit.getLineMap().getLineNumber(start));
    }
  }
}
