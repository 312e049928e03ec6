/// The models that a server answers with: one base, its adapters, and which name means which.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.language,
/// dev.hone.model.serve, dev.hone.model.text, dev.hone.tensor, dev.hone.server.api,
/// dev.hone.server.state
package dev.hone.server.model;
