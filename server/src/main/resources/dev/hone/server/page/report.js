import { post } from "./api.js";
import { byId, showError } from "./dom.js";

// The report runs its own scripts, so it stays in a frame that may do nothing else.
try {
  const { path } = await post("/report/tickets");
  byId("report").src = path;
  byId("report").hidden = false;
} catch (error) {
  if (error.status === 404) byId("none").hidden = false;
  else showError(error);
}
