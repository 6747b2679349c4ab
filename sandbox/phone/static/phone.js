// The phone page: which chat is open, who writes in it, and asking the sandbox what is new.
import { Away, ask, post, query } from "./api.js";
import { Bubbles } from "./bubbles.js";
import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { Crm } from "./crm.js";
import { byId } from "./dom.js";
import { HandOver } from "./handover.js";
import { Model } from "./model.js";
import { People } from "./people.js";
import { Rows } from "./rows.js";
import { Dialogue, Sale } from "./sale.js";
import { Tabs } from "./tabs.js";
import { Templates } from "./templates.js";
import { Voice } from "./voice.js";

const POLL_MILLISECONDS = 900;
const AT_END_PIXELS = 80;
// Tabs that show rows of Majlis' database; the others show what the sandbox itself keeps.
const OF_THE_DATABASE = new Set(["sale", "dialogue", "model", "rows"]);

const columns = byId("columns");
const scroll = byId("scroll");
let version = null;

function tell(words) {
  if (byId("problem").textContent !== words) byId("problem").textContent = words;
  byId("problem").hidden = words === "";
}

const people = new People(open);
const composer = new Composer(people, { onSent: refresh, onProblem: tell });
const bubbles = new Bubbles(byId("bubbles"), (message, button) => composer.tap(message, button));
const clock = new Clock(people, { onJump: () => poll(), onProblem: tell });
const handOver = new HandOver(people, composer, {
  command: (text) => composer.queue(() => post("/phone/messages", { chat_id: people.managerChat, text })),
});
const parts = {
  sale: new Sale(byId("panel-sale"), (conversation, sale) => handOver.show(conversation, sale)),
  crm: new Crm(byId("panel-crm"), people, tell),
  dialogue: new Dialogue(byId("panel-dialogue")),
  model: new Model(byId("panel-model")),
  templates: new Templates(byId("panel-templates"), tell),
  rows: new Rows(byId("panel-rows")),
};
new Voice(composer, tell);
const tabs = new Tabs(byId("tabs"), (shown) => {
  byId("rows-message").hidden = !OF_THE_DATABASE.has(shown);
  refreshBehind().catch(lost);
});

// --- the newest message stays in sight, unless somebody reads further up ---

let isAtEnd = true;
function stayAtEnd() {
  if (isAtEnd) scroll.scrollTop = scroll.scrollHeight;
}
scroll.addEventListener("scroll", () => {
  isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < AT_END_PIXELS;
});
// What is around it grows and shrinks, and pictures come after their bubbles.
const sizes = new ResizeObserver(stayAtEnd);
sizes.observe(scroll);
sizes.observe(byId("bubbles"));

// --- which part of a narrow window is seen ---

function look(view) {
  columns.dataset.view = view;
  for (const button of document.querySelectorAll(".views button")) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}
for (const button of document.querySelectorAll(".views button")) {
  button.addEventListener("click", () => look(button.dataset.view));
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && columns.dataset.view !== "chat") {
    look("chat");
    byId("text").focus();
  }
});

// --- which chat is open ---

function open() {
  version = null;
  isAtEnd = true;
  // The history of another chat is no news to read out.
  byId("bubbles").setAttribute("aria-busy", "true");
  bubbles.clear();
  for (const part of Object.values(parts)) part.clear();
  byId("rows-message").textContent = "";
  composer.setWriter("customer");
  tell("");
  look("chat");
  // The clock first: it says in which zone the times of the bubbles are told.
  clock.refresh().then(refresh).then(refreshBehind).catch(lost);
}

// --- what is new ---

async function refresh() {
  const asked = people.open;
  const answer = await ask(query("/phone/messages", { chat_id: asked, version }));
  if (answer === null || asked !== people.open) return;
  version = answer.version;
  bubbles.show(answer.messages);
  byId("bubbles").removeAttribute("aria-busy");
  byId("empty").hidden = answer.messages.length > 0;
  stayAtEnd();
  people.take(await ask("/phone/chats"));
  composer.showPlace();
}

async function refreshBehind() {
  const asked = people.open;
  const { rows, message } = await ask(query("/phone/rows", { chat_id: asked }));
  if (asked !== people.open) return;
  if (byId("rows-message").textContent !== (message ?? "")) byId("rows-message").textContent = message ?? "";
  for (const part of [parts.sale, parts.dialogue, parts.model, parts.rows]) {
    if (rows) part.show(rows);
    else part.clear();
  }
  if (!OF_THE_DATABASE.has(tabs.shown)) await parts[tabs.shown].refresh();
}

function lost(error) {
  if (!(error instanceof Away)) throw error;
  byId("problem").dataset.lost = "yes";
  tell(error.message);
}

async function poll() {
  await clock.refresh();
  await Promise.all([refresh(), refreshBehind()]);
  if (!byId("problem").dataset.lost) return;
  delete byId("problem").dataset.lost;
  tell("");
}

async function keepPolling() {
  try {
    await poll();
  } catch (error) {
    byId("problem").dataset.lost = "yes";
    tell(error.message);
  }
  setTimeout(keepPolling, POLL_MILLISECONDS);
}

open();
keepPolling();
