package dev.hone.model.jinja;

/// A template that cannot be compiled, cannot be rendered with these variables, or refused them
/// itself (`raise_exception`). Its message is one line, whatever the template's texts are.
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean raisedByTemplate;

  private TemplateException(String message, boolean raisedByTemplate, Throwable cause) {
    super(message.replaceAll("\\p{Cntrl}+", " "), cause);
    this.raisedByTemplate = raisedByTemplate;
  }

  /// What went wrong, before anybody knows where.
  TemplateException(String message) {
    this(message, false, null);
  }

  /// The template called `raise_exception(message)`.
  static TemplateException raised(String message) {
    return new TemplateException(message, true, null);
  }

  /// The same, with the place in front: `chat_template.jinja line 3: …`.
  TemplateException at(String template, int line) {
    return new TemplateException(
        "%s line %d: %s".formatted(template, line, getMessage()), raisedByTemplate, this);
  }

  /// Whether the template itself refused its input, by `raise_exception`.
  public boolean isRaisedByTemplate() {
    return raisedByTemplate;
  }
}
