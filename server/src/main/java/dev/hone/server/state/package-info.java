/// What the server keeps: rows in SQLite or PostgreSQL, and file contents in its data directory.
///
/// Every row belongs to a tenant, and every reading for a request names one: of another tenant's
/// rows nothing is told, not even that they are there. A content is on disk before its row is, and
/// gone after it; what a crash leaves between the two is removed at the next start.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.rag.store, dev.hone.server.api,
/// dev.hone.tensor
package dev.hone.server.state;
