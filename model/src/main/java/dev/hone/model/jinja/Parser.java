package dev.hone.model.jinja;

import dev.hone.model.jinja.Node.Target;
import dev.hone.model.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parses statements: the tags of a template and the text between them.
final class Parser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loopDepth;

  private Parser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Node> parse(String template) {
    var parser = new Parser(new TokenStream(Lexer.tokens(template)));
    var nodes = parser.bodyUpTo();
    if (!parser.tokens.isNext(Kind.END))
      throw parser.tokens.error("unexpected tag " + parser.tokens.peek().described());
    return nodes;
  }

  /// Everything up to a tag of one of these names, whose `{%` is taken and whose name is not. With
  /// no names: up to the end.
  private List<Node> bodyUpTo(String... endTags) {
    var body = new ArrayList<Node>();
    while (true) {
      var token = tokens.take();
      switch (token.kind()) {
        case DATA -> body.add(new Node.Text(token.line(), token.text()));
        case PRINT_BEGIN -> {
          body.add(new Node.Print(token.line(), expressions.expressionOrTuple()));
          tokens.expect(Kind.PRINT_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          for (var tag : endTags) {
            if (tokens.peek().isName(tag)) return body;
          }
          body.add(statement());
        }
        case END -> {
          if (endTags.length == 0) return body;
          throw tokens.error(
              "the template ends before '%s'".formatted(String.join("' or '", endTags)));
        }
        case BLOCK_END, PRINT_END, NAME, STRING, INTEGER, FLOAT, OPERATOR ->
            throw new SyntaxError("unexpected " + token.described(), token.line());
      }
    }
  }

  private Node statement() {
    var tag = tokens.expect(Kind.NAME, "the name of a tag");
    return switch (tag.text()) {
      case "set" -> set(tag.line());
      case "if" -> conditional(tag.line());
      case "for" -> loop(tag.line());
      case "macro" -> macro(tag.line());
      case "generation" -> generation(tag.line());
      case "break" -> leaveLoop(tag, new Node.Break(tag.line()));
      case "continue" -> leaveLoop(tag, new Node.Continue(tag.line()));
      default ->
          throw new SyntaxError("the tag '" + tag.text() + "' is not supported here", tag.line());
    };
  }

  private void endTag() {
    tokens.expect(Kind.BLOCK_END, "'%}'");
  }

  private List<Node> blockUpTo(String endTag) {
    var body = bodyUpTo(endTag);
    tokens.take();
    return body;
  }

  private Node set(int line) {
    var target = target(true);
    if (tokens.takeOperator("=")) {
      var value = expressions.expressionOrTuple();
      endTag();
      return new Node.Set(line, target, value);
    }
    Expr value = new Expr.Name(Node.SetBlock.BODY);
    while (tokens.takeOperator("|")) value = expressions.filter(value);
    endTag();
    var body = blockUpTo("endset");
    endTag();
    return new Node.SetBlock(line, target, value, body);
  }

  private Target target(boolean withAttribute) {
    var targets = new ArrayList<Target>();
    boolean hasComma = false;
    do {
      if (!targets.isEmpty() && !tokens.isNext(Kind.NAME) && !tokens.peek().isOperator("(")) break;
      targets.add(oneTarget(withAttribute));
      hasComma |= tokens.peek().isOperator(",");
    } while (tokens.takeOperator(","));
    return hasComma ? new Target.Unpack(targets) : targets.getFirst();
  }

  private Target oneTarget(boolean withAttribute) {
    if (tokens.takeOperator("(")) {
      var inner = target(withAttribute);
      tokens.expectOperator(")");
      return inner;
    }
    var name = tokens.expect(Kind.NAME, "a name to assign to").text();
    if (withAttribute && tokens.takeOperator(".")) {
      return new Target.Attribute(
          name, tokens.expect(Kind.NAME, "the name of an attribute").text());
    }
    return new Target.Name(name);
  }

  private Node conditional(int line) {
    var branches = new ArrayList<Node.Branch>();
    List<Node> otherwise = List.of();
    do {
      var test = expressions.unconditional();
      endTag();
      branches.add(new Node.Branch(test, bodyUpTo("elif", "else", "endif")));
    } while (tokens.takeName("elif"));
    if (tokens.takeName("else")) {
      endTag();
      otherwise = bodyUpTo("endif");
    }
    tokens.take();
    endTag();
    return new Node.If(line, branches, otherwise);
  }

  private Node loop(int line) {
    var target = target(false);
    if (!tokens.takeName("in")) throw tokens.unexpected("'in'");
    var items = expressions.unconditional();
    var filter =
        tokens.takeName("if") ? Optional.of(expressions.expression()) : Optional.<Expr>empty();
    if (tokens.peek().isName("recursive"))
      throw tokens.error("a 'recursive' loop is not supported");
    endTag();
    loopDepth++;
    var body = bodyUpTo("else", "endfor");
    loopDepth--;
    List<Node> otherwise = List.of();
    if (tokens.takeName("else")) {
      endTag();
      otherwise = bodyUpTo("endfor");
    }
    tokens.take();
    endTag();
    return new Node.For(line, target, items, filter, body, otherwise);
  }

  private Node leaveLoop(Token tag, Node node) {
    if (loopDepth == 0) throw new SyntaxError("'" + tag.text() + "' outside a loop", tag.line());
    endTag();
    return node;
  }

  private Node macro(int line) {
    var name = tokens.expect(Kind.NAME, "the name of the macro").text();
    var parameters = new ArrayList<String>();
    var defaults = new ArrayList<Expr>();
    tokens.expectOperator("(");
    while (!tokens.takeOperator(")")) {
      if (!parameters.isEmpty()) tokens.expectOperator(",");
      parameters.add(tokens.expect(Kind.NAME, "the name of a parameter").text());
      if (tokens.takeOperator("=")) defaults.add(expressions.expression());
      else if (!defaults.isEmpty())
        throw tokens.error("a parameter without a default follows one with a default");
    }
    endTag();
    var body = outsideLoops("endmacro");
    return new Node.Macro(line, name, parameters, defaults, body);
  }

  private Node generation(int line) {
    endTag();
    return new Node.Generation(line, outsideLoops("endgeneration"));
  }

  /// A body that `break` cannot leave.
  private List<Node> outsideLoops(String endTag) {
    int outer = loopDepth;
    loopDepth = 0;
    var body = blockUpTo(endTag);
    loopDepth = outer;
    endTag();
    return body;
  }
}
