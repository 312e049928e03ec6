package dev.hone.model.text;

/// A renderer whose format is known: how an adapter is stored with it, and how a generator sees
/// that a turn is over.
public sealed interface ChatRenderer extends Renderer permits TemplateRenderer, PlainRenderer {
  /// The ids that end a turn of the assistant, in ascending order; EOS among them.
  int[] stopIds();

  /// What is stored with an adapter.
  RenderFormat format();
}
